"""/settings/associations: labels and limits of links between two objects (SPEC 6.3)."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.activities.changing_rules import set_rule
from crm.activities.rule import Rule, Scope
from crm.associations.labels import create_label, labels_between, labels_of, set_labels
from crm.associations.link_types import association_types
from crm.audit.models import AuditEntry
from crm.db import db, end_read, unit_of_work
from crm.layouts.uses import layouts_showing
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.settings.associations import pair_called
from tests.derived.conftest import define
from tests.factories import make_company, make_contact, relate
from tests.factories.layouts import place_card
from tests.support.html import Element, read
from tests.support.queries import count_queries

Sign = Callable[[Viewer], FlaskClient]
LIST = "/settings/associations"
PAIR = "/settings/objects/contacts/associations/companies"


def forms(browser: FlaskClient, path: str) -> list[Element]:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    return read(answer.text).all("form", css="form")


def made(alice: Viewer, text: str, inverse: str = "", pair: tuple[str, str] = ("contact", "company")) -> int:
    end_read()
    with unit_of_work():
        return create_label(alice, *pair, text, inverse)


def limit(from_object: str, to_object: str, type_id: int | None = None) -> int | None:
    end_read()
    types = association_types()
    return types.by_id[type_id or types.between(from_object, to_object) or 0].limit


def actions() -> list[str]:
    return list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))


def test_db_40_a_label_of_two_words_is_made_renamed_and_shown_on_both_sides(client_of: Sign, alice: Viewer) -> None:
    browser = client_of(alice)
    assert PAIR in read(browser.get("/settings/objects/contacts/associations").text).one("main").links()
    new = forms(browser, PAIR)[0]
    sent = new.fields() | {"text": " Employer ", "inverse_text": "Employee"}
    there = browser.post(new["action"], data=sent).location
    assert browser.post(new["action"], data=sent).location == there
    assert [(one.text, one.inverse_text) for one in labels_between("contact", "company")[1:]] == [
        ("Employer", "Employee")
    ]
    backwards = read(browser.get("/settings/objects/companies/associations/contacts").text)
    assert backwards.one("ul", css="settings-rows").one("a").text == "Employee / Employer"
    rename = forms(browser, there)[0]
    assert [rename.fields()[name] for name in ("text", "inverse_text")] == ["Employer", "Employee"]
    done = browser.post(rename["action"], data=rename.fields() | {"text": "Works for"})
    assert done.location == there
    assert "Works for / Employee" in read(browser.get(LIST).text).one("table").text
    assert actions()[-2:] == ["label_created", "label_renamed"]


def test_db_40_one_word_serves_both_sides_of_records_of_one_object(client_of: Sign, alice: Viewer) -> None:
    path = "/settings/objects/contacts/associations/contacts"
    browser = client_of(alice)
    new = forms(browser, path)[0]
    there = browser.post(new["action"], data=new.fields() | {"text": "Colleague"}).location
    assert "back" not in " ".join(forms(browser, there)[1].fields())
    assert read(browser.get(path).text).one("ul", css="settings-rows").one("a").text == "Colleague"
    paired = made(alice, "Manager", "Report", ("contact", "contact"))
    rows = [row.text for row in read(browser.get(path).text).one("ul", css="settings-rows").all("a")]
    assert rows == ["Colleague", "Manager / Report"]
    limits = forms(browser, f"{path}/labels/{paired}")[1]
    wanted = {"limit_there": "one", "limit_back": "number", "number_back": "12"}
    assert browser.post(limits["action"], data=limits.fields() | wanted).status_code == 303
    label = association_types().label(paired)
    assert label is not None
    assert (limit("contact", "contact", paired), limit("contact", "contact", label.inverse_id)) == (1, 12)


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"text": "  "}, "text", "Enter a name"),
        ({"text": "primary"}, "text", "is a label called"),
        ({"text": "x" * 101}, "text", "100"),
        ({"text": "Boss", "inverse_text": "boss"}, "inverse_text", "the same"),
        ({"text": "Boss", "inverse_text": "TAKEN"}, "inverse_text", "is a label called"),
    ],
)
def test_what_cannot_be_a_label_is_told_beside_it_and_stays_typed(
    client_of: Sign, alice: Viewer, typed: dict[str, str], field: str, message: str
) -> None:
    made(alice, "Taken")
    browser = client_of(alice)
    new = forms(browser, PAIR)[0]
    answer = browser.post(new["action"], data=new.fields() | typed)
    page = read(answer.text)
    assert answer.status_code == 422
    assert message.lower() in page.one(id=f"{field}-hint").text.lower()
    assert page.one("input", id="text")["value"] == typed["text"]
    assert len(labels_between("contact", "company")) == 2


@pytest.mark.parametrize("number", ["", "0", "-1", "10001", "many", "9" * 400, "1.5"])
def test_a_limit_is_a_whole_number(client_of: Sign, alice: Viewer, number: str) -> None:
    browser = client_of(alice)
    form = forms(browser, PAIR)[1]
    answer = browser.post(form["action"], data=form.fields() | {"limit_there": "number", "number_there": number})
    assert answer.status_code == 422
    assert "whole number from 1 to 10,000" in read(answer.text).one(id="number_there-hint").text
    assert limit("contact", "company") is None


def test_db_40_limits_of_the_pair_are_set_in_each_direction(client_of: Sign, alice: Viewer) -> None:
    browser = client_of(alice)
    form = forms(browser, PAIR)[1]
    wanted = {"limit_there": "one", "limit_back": "number", "number_back": "10,000"}
    assert browser.post(form["action"], data=form.fields() | wanted).location == f"{PAIR}#limits"
    assert (limit("contact", "company"), limit("company", "contact")) == (1, 10_000)
    assert actions()[-2:] == ["association_limit_changed"] * 2
    row = next(one for one in read(browser.get(LIST).text).all("tr") if "Contacts and companies" in one.text)
    assert "Companies of one contact: one" in row.text
    assert "Contacts of one company: at most 10,000" in row.text
    again = forms(browser, PAIR)[1].fields()
    assert (again["limit_there"], again["limit_back"], again["number_back"]) == ("one", "number", "10000")


def test_two_people_who_change_a_label_are_told_of_each_other(client_of: Sign, alice: Viewer) -> None:
    there = f"{PAIR}/labels/{made(alice, 'Employer', 'Employee')}"
    browser = client_of(alice)
    words, limits = forms(browser, there)[:2]
    first = words.fields() | {"text": "Boss"}
    assert browser.post(there, data=first).status_code == 303
    assert browser.post(there, data=first).status_code == 303  # the same again is no conflict
    late = browser.post(there, data=words.fields() | {"inverse_text": "Staff"})
    assert late.status_code == 409
    page = read(late.text)
    assert "Somebody changed this meanwhile to “Boss” and “Employee”" in page.one(css="notice").text
    mine = page.all("form", css="form")[0]
    assert (mine.fields()["text"], mine.fields()["inverse_text"]) == ("Employer", "Staff")
    assert browser.post(there, data=mine.fields()).status_code == 303
    assert browser.post(limits["action"], data=limits.fields() | {"limit_there": "one"}).status_code == 303
    late = browser.post(limits["action"], data=limits.fields() | {"limit_there": "number", "number_there": "7"})
    assert (late.status_code, "meanwhile to: one" in late.text) == (409, True)
    assert browser.post(f"{there}/removal").location == PAIR
    for path in (there, f"{there}/limits", f"{there}/removal"):
        assert browser.post(path, data=words.fields()).location == PAIR
    assert "deleted the label" in browser.get(PAIR).text
    assert browser.get(there).status_code == 404


def test_db_40_deleting_a_label_says_how_many_links_stay_without_it(
    client_of: Sign, alice: Viewer, work: Callable[[], None]
) -> None:
    colleague, employer = made(alice, "Colleague", pair=("contact", "contact")), made(alice, "Employer", "Employee")
    one, two, three = (make_contact(alice, f"Ada {name}") for name in "ABC")
    company = make_company(alice)
    relate(alice, one, two, three, company)
    with unit_of_work():
        set_labels(alice, one, two, [colleague])
        set_labels(alice, one, three, [colleague])
        set_labels(alice, one, company, [employer])
    browser = client_of(alice)
    there = f"/settings/objects/contacts/associations/contacts/labels/{colleague}"
    assert "2 associations have it. They stay, without the label." in browser.get(there).text
    assert "One association has it. It stays" in browser.get(f"{PAIR}/labels/{employer}").text
    browser.post(f"{there}/removal")
    work()
    end_read()
    assert labels_of(alice, one, [two, three, company]).keys() == {company}
    page = browser.get(f"/records/{one}").text
    assert "Ada B" in page
    assert "Ada C" in page


def test_db_40_the_page_of_a_label_says_what_needs_it(client_of: Sign, alice: Viewer) -> None:
    employer, other = made(alice, "Employer", "Employee"), made(alice, "Supplier")
    place_card("contact", "label_list", "mine", labels=["contact_to_company:employer"])
    place_card("deal", "association_table", "people", object="contact",
               filters=["not_associated.company-employer.city:known"])  # fmt: skip
    end_read()
    with unit_of_work():
        set_rule(alice, Rule("contact", "company", Scope.ALL, label="contact_to_company:employer"), "")
    end_read()
    with unit_of_work():
        settings = {"object": "contact", "association": "company_to_contact:employer", "operation": "count"}
        define(alice, "company", "Staff", "rollup", settings)
    browser = client_of(alice)
    rows = read(browser.get(f"{PAIR}/labels/{employer}").text).one("section", aria_labelledby="uses-title").all("li")
    assert [row.text for row in rows] == [
        "The pages of Contacts: Default view",
        "The pages of Deals: Default view",
        "Associate activities of every kind logged on contacts with all their companies with the label “Employer”",
        "“Staff” of Companies",
    ]
    assert all(browser.get(row.links()[0]).status_code == 200 for row in rows)
    assert "No card, rule or calculation needs it." in browser.get(f"{PAIR}/labels/{other}").text
    city = schema().object_type("company").property("city")
    assert "deal" in {owner.name for owner, _ in layouts_showing(schema().object_type("company"), city)}


def test_it_is_for_super_admins_and_for_objects_that_are_associated(
    client_of: Sign, alice: Viewer, bob: Viewer
) -> None:
    there = f"{PAIR}/labels/{made(alice, 'Employer')}"
    others = client_of(bob)
    for path in (LIST, "/settings/objects/contacts/associations", PAIR, there):
        assert others.get(path).status_code == 403
    for path in (f"{PAIR}/labels", f"{PAIR}/limits", there, f"{there}/limits", f"{there}/removal"):
        assert others.post(path, data={"text": "Mine", "limit_there": "one"}).status_code == 403
    browser = client_of(alice)
    for path in ("contacts/associations/notes", "notes/associations", "contacts/associations/unicorns",
                 "contacts/associations/deals/labels/" + there.rpartition("/")[2]):  # fmt: skip
        assert browser.get(f"/settings/objects/{path}").status_code == 404
    primary = labels_between("contact", "company")[0].type_id
    assert browser.post(f"{PAIR}/labels/{primary}/removal").status_code == 404
    assert [label.text for label in labels_between("contact", "company")] == ["Primary", "Employer"]


def test_the_list_costs_as_much_for_many_labels_as_for_few(client_of: Sign, alice: Viewer) -> None:
    browser, costs = client_of(alice), []
    for count in (2, 48):
        for number in range(count):
            made(alice, f"Label {count} {number}")
        browser.get(LIST)
        with count_queries() as queries:
            browser.get(LIST)
        costs.append(len(queries))
    assert costs[0] == costs[1]
    pair = pair_called("contacts", "companies")
    assert pair.is_full
    assert "as many as there can be" in browser.get(PAIR).text
