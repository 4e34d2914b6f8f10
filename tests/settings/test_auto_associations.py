"""The rules of automatic association as sentences: changed, tried, taken back and applied to the past (SPEC 6.7)."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.activities.changing_rules import MOST_RULES
from crm.activities.own_rules import rules
from crm.activities.queries import links_of
from crm.activities.rule import DEFAULT_RULES, Rule, Scope
from crm.associations.labels import create_label
from crm.audit.models import AuditEntry
from crm.db import db, end_read, unit_of_work
from crm.permissions.viewer import Viewer
from tests.factories import make_company, make_contact, make_deal, make_note, relate
from tests.factories.objects import make_object
from tests.factories.rules import drop_rules, make_rule
from tests.support.html import Element, read
from tests.support.queries import count_queries

Sign = Callable[[Viewer], FlaskClient]
PAGE = "/settings/auto-associations"
ONE_DEAL = {"kind": "meeting", "target": "deal", "label": "", "scope": "most_recent_open", "count": "1", "is_new": "1"}


def page(browser: FlaskClient) -> Element:
    answer = browser.get(PAGE)
    assert answer.status_code == 200
    return read(answer.text)


def sentences(shown: Element, source: str) -> list[str]:
    rows = shown.one("section", id=f"rules-{source}").all("li", css="settings-row")
    return [one.all("p")[0].text for one in rows]


def audited() -> list[tuple[str, str]]:
    end_read()
    found = db.session.execute(sa.select(AuditEntry.action, AuditEntry.details).order_by(AuditEntry.id.desc()).limit(2))
    return [(row.action, row.details) for row in found]


def test_asc_07_the_page_shows_the_defaults_of_every_object(client_of: Sign, alice: Viewer) -> None:
    make_object(alice)
    shown = page(client_of(alice))
    assert sentences(shown, "contact") == [
        "Associate activities of every kind logged on contacts with their primary company",
        "Associate activities of every kind logged on contacts with their 5 most recent open deals",
    ]
    assert sentences(shown, "company") == [
        "Associate activities of every kind logged on companies with their 5 most recent open deals"
    ]
    assert len(sentences(shown, "deal")) == 2
    assert sentences(shown, "ticket") == [
        "Associate activities of every kind logged on tickets with their primary company"
    ]
    assert sentences(shown, "machine") == []
    assert "an activity stays on the record it is logged on" in shown.one("section", id="rules-machine").text


PATHS = [
    "",
    "/reset",
    "/contacts/preview",
    "/contacts/rule",
    "/contacts/rule/removal",
    "/contacts/rule/preview",
    "/contacts/past",
]


@pytest.mark.parametrize("path", PATHS)
def test_asc_25_only_super_admins_see_and_change_rules(client_of: Sign, bob: Viewer, path: str) -> None:
    browser = client_of(bob)
    assert {browser.get(PAGE + path).status_code, browser.post(PAGE + path, data=ONE_DEAL).status_code} <= {403, 405}
    assert rules().all == DEFAULT_RULES
    assert PAGE not in browser.get("/settings").text


def test_asc_26_a_meeting_on_a_contact_takes_only_its_newest_deal(client_of: Sign, alice: Viewer) -> None:
    jane, first, second = make_contact(alice, "Jane Doe"), make_deal(alice, "First"), make_deal(alice, "Second")
    relate(alice, jane, first)
    relate(alice, jane, second)
    browser = client_of(alice)
    form = read(browser.get(f"{PAGE}/contacts/rule").text).one("form", id="rule-form")
    assert form["action"] == f"{PAGE}/contacts/rule"
    assert browser.post(form["action"], data=form.fields() | ONE_DEAL).location == f"{PAGE}#rules-contact"
    shown = page(browser)
    sentence = "Associate meetings logged on contacts with their 1 most recent open deal"
    assert sentence in sentences(shown, "contact")
    assert "Your own Alice Berg" in shown.one("section", id="rules-contact").text
    assert sentence in audited()[0][1]
    composer = read(browser.get(f"/records/{jane}/activities/new?kind=meeting", fragment=True).text)
    assert {int(one["value"]) for one in composer.all("input", name="offered_ids")} == {jane, second}
    composer = read(browser.get(f"/records/{jane}/activities/new?kind=call", fragment=True).text)
    assert {int(one["value"]) for one in composer.all("input", name="offered_ids")} == {jane, first, second}


@pytest.mark.parametrize(
    ("source", "sent", "field"),
    [
        ("contacts", {"count": "0"}, "count"),
        ("contacts", {"count": "9999"}, "count"),
        ("contacts", {"count": "five"}, "count"),
        ("contacts", {"scope": "some"}, "scope"),
        ("contacts", {"target": "note"}, "target"),
        ("contacts", {"target": "spaceship"}, "target"),
        ("contacts", {"kind": "fax"}, "kind"),
        ("contacts", {"label": "contact_to_deal:gone"}, "form"),
        ("contacts", {"scope": "primary"}, "scope"),
        ("companies", {"scope": "primary", "target": "company"}, "scope"),
        ("contacts", {"target": "company"}, "scope"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_beside_its_field(
    client_of: Sign, alice: Viewer, source: str, sent: dict[str, str], field: str
) -> None:
    answer = client_of(alice).post(f"{PAGE}/{source}/rule", data=ONE_DEAL | sent)
    assert answer.status_code == 422
    shown = read(answer.text)
    assert shown.all(id=f"{field}-hint") or field == "form"
    assert shown.one("form", id="rule-form").fields()["count"] == (ONE_DEAL | sent)["count"]
    assert rules().all == DEFAULT_RULES


def test_a_default_is_changed_and_comes_back(client_of: Sign, alice: Viewer) -> None:
    browser = client_of(alice)
    [change] = [one for one in page(browser).one("section", id="rules-company").links() if "target=deal" in one][1:]
    form = read(browser.get(change).text).one("form", id="rule-form")
    assert browser.post(form["action"], data=form.fields() | {"scope": "none"}).status_code == 303
    assert sentences(page(browser), "company") == [
        "Associate activities of every kind logged on companies with none of their deals"
    ]
    forms = read(browser.get(change).text).all("form")
    [removal] = [one for one in forms if one["action"].endswith("/removal")]
    assert browser.post(removal["action"], data=removal.fields()).status_code == 303
    assert rules().all == DEFAULT_RULES
    assert browser.post(removal["action"], data=removal.fields() | {"seen": ""}).status_code == 404


def test_saving_the_default_again_stores_nothing(client_of: Sign, alice: Viewer) -> None:
    make_rule(alice, Rule("company", "deal", Scope.ALL))
    sent = {"kind": "", "target": "deal", "label": "", "scope": "most_recent_open", "count": "5", "seen": "all:0"}
    assert client_of(alice).post(f"{PAGE}/companies/rule", data=sent).status_code == 303
    assert rules().stored == {}


def test_two_people_who_change_one_rule_are_told(client_of: Sign, alice: Viewer) -> None:
    browser = client_of(alice)
    url = f"{PAGE}/contacts/rule?kind=&target=deal&label="
    form = read(browser.get(url).text).one("form", id="rule-form")
    make_rule(alice, Rule("contact", "deal", Scope.ALL))
    answer = browser.post(form["action"], data=form.fields() | {"count": "3"})
    assert answer.status_code == 409
    shown = read(answer.text)
    assert "Alice Berg changed this rule meanwhile" in shown.one(css="notice").text
    assert "with all their deals" in shown.one(css="notice").text
    again = shown.one("form", id="rule-form")
    assert again.fields()["count"] == "3"
    assert browser.post(again["action"], data=again.fields()).status_code == 303
    assert Rule("contact", "deal", Scope.MOST_RECENT_OPEN, 3) in rules().all


def test_a_rule_that_is_there_is_not_made_twice(client_of: Sign, alice: Viewer) -> None:
    browser = client_of(alice)
    assert browser.post(f"{PAGE}/contacts/rule", data=ONE_DEAL).status_code == 303
    answer = browser.post(f"{PAGE}/contacts/rule", data=ONE_DEAL | {"count": "2"})
    assert answer.status_code == 422
    assert "There is a rule for this already" in answer.text


def test_one_object_or_everything_is_reset(client_of: Sign, alice: Viewer) -> None:
    make_rule(alice, Rule("contact", "deal", Scope.ALL))
    make_rule(alice, Rule("ticket", "contact", Scope.ALL, kind="call"))
    browser = client_of(alice)
    forms = page(browser).one("section", id="rules-contact").all("form")
    assert browser.post(forms[0]["action"], data=forms[0].fields()).location == f"{PAGE}#rules-contact"
    assert [one.rule.source for one in rules().stored.values()] == ["ticket"]
    seen = page(browser).all("form", action=f"{PAGE}/reset")[-1].fields()
    make_rule(alice, Rule("deal", "contact", Scope.ALL))
    assert browser.post(f"{PAGE}/reset", data=seen).status_code == 409
    assert len(rules().stored) == 2
    seen = page(browser).all("form", action=f"{PAGE}/reset")[-1].fields()
    assert browser.post(f"{PAGE}/reset", data=seen).location == PAGE
    assert rules().all == DEFAULT_RULES
    assert audited()[0][0] == "rules_reset"
    assert "with all their contacts" in audited()[0][1]


def test_there_are_at_most_so_many_rules_of_ones_own(alice: Viewer, client_of: Sign, monkeypatch) -> None:
    assert MOST_RULES == 50
    monkeypatch.setattr("crm.activities.changing_rules.MOST_RULES", 1)
    make_rule(alice, Rule("contact", "ticket", Scope.ALL))
    answer = client_of(alice).post(f"{PAGE}/contacts/rule", data=ONE_DEAL)
    assert answer.status_code == 422
    assert "at most 1 rules" in answer.text


def test_a_rule_is_tried_on_a_record_before_and_after_saving(client_of: Sign, alice: Viewer) -> None:
    jane, company, deal = make_contact(alice, "Jane Doe"), make_company(alice, "Acme"), make_deal(alice, "Crates")
    relate(alice, jane, company)
    relate(alice, jane, deal)
    browser = client_of(alice)

    def outcome(text: str) -> list[str]:
        return [one.text for one in read(text).one(css="rule-outcome").all("li")]

    held = browser.get(f"{PAGE}/contacts/preview?kind=meeting&record_q=jane")
    assert outcome(held.text) == [
        "Jane Doe Contact Logged on this record",
        "Acme Company By rule: primary company of Jane Doe",
        "Crates Deal By rule: among the 5 newest open deals of Jane Doe",
    ]
    tried = browser.post(f"{PAGE}/contacts/rule/preview", data=ONE_DEAL | {"scope": "none", "record_q": "jane"})
    assert tried.status_code == 200
    assert [one.split(" By")[0] for one in outcome(tried.text)][1:] == ["Acme Company"]
    assert rules().all == DEFAULT_RULES
    fragment = browser.post(f"{PAGE}/contacts/rule/preview", data=ONE_DEAL | {"record_q": "jane"}, fragment=True)
    assert read(fragment.text).one(id="association-rule")
    assert browser.post(f"{PAGE}/contacts/rule/preview", data=ONE_DEAL | {"count": "x"}).status_code == 422
    assert "Nothing matches" in browser.get(f"{PAGE}/contacts/preview?record_q=nobodyatall").text


def test_a_rule_with_a_label_takes_only_what_has_it(client_of: Sign, alice: Viewer) -> None:
    with unit_of_work():
        create_label(alice, "contact", "deal", "Buyer of", "Buyer")
    browser = client_of(alice)
    form = read(browser.get(f"{PAGE}/contacts/rule").text).one("form", id="rule-form")
    [label] = [one["value"] for one in form.one("select", id="label").all("option") if "Buyer of" in one.text]
    assert browser.post(form["action"], data=form.fields() | ONE_DEAL | {"label": label}).status_code == 303
    assert "Associate meetings logged on contacts with their 1 most recent open deal with the label “Buyer of”" in (
        sentences(page(browser), "contact")
    )


def test_a_rule_is_applied_to_the_past_and_taken_back(client_of: Sign, alice: Viewer) -> None:
    jane, deal = make_contact(alice, "Jane Doe"), make_deal(alice, "Crates")
    note = make_note(alice, jane)
    relate(alice, jane, deal)
    browser = client_of(alice)
    links = page(browser).one("section", id="rules-contact").links()
    [past] = [one for one in links if "/past?" in one and "deal" in one]
    shown = read(browser.get(past).text)
    assert shown.one(id="apply-title").text == "1 activity"
    form = shown.all("form")[-1]
    location = browser.post(form["action"], data=form.fields()).location
    assert browser.post(form["action"], data=form.fields()).location == location
    end_read()
    assert {one.record_id: one.source for one in links_of(alice, note)} == {jane: "origin", deal: "rule"}
    assert browser.post(f"{location}/undo").location == location
    end_read()
    assert [one.record_id for one in links_of(alice, note)] == [jane]
    assert browser.post(form["action"], data=form.fields() | {"days": "7", "key": ""}).status_code == 422
    assert browser.get(f"{PAGE}/contacts/past?target=ticket").status_code == 404


def test_a_rule_that_says_something_else_by_now_is_not_applied_to_the_past(client_of: Sign, alice: Viewer) -> None:
    jane, browser = make_contact(alice), client_of(alice)
    note = make_note(alice, jane)
    relate(alice, jane, make_deal(alice))
    form = read(browser.get(f"{PAGE}/contacts/past?target=deal").text).all("form")[-1]
    make_rule(alice, Rule("contact", "deal", Scope.ALL))
    answer = browser.post(form["action"], data=form.fields())
    assert answer.status_code == 409
    assert "Somebody changed this rule" in answer.text
    end_read()
    assert [one.record_id for one in links_of(alice, note)] == [jane]
    again = read(answer.text).all("form")[-1]
    assert "/bulk/" in browser.post(again["action"], data=again.fields()).location


@pytest.mark.parametrize("path", ["/notes/rule", "/nothing/rule", "/contacts/rule?target=ticket", "/notes/preview"])
def test_what_is_no_object_or_no_rule_is_not_found(client_of: Sign, alice: Viewer, path: str) -> None:
    assert client_of(alice).get(PAGE + path).status_code == 404


def test_the_page_costs_the_same_for_many_rules(client_of: Sign, alice: Viewer) -> None:
    browser, amounts = client_of(alice), []
    for kind in (None, "call", "meeting", "note", "task"):
        make_rule(alice, Rule("contact", "ticket", Scope.ALL, kind=kind))
        with count_queries() as queries:
            page(browser)
        with count_queries() as queries:
            page(browser)
        amounts.append(len(queries))
    assert len(set(amounts)) == 1
    assert drop_rules(alice) == 5
