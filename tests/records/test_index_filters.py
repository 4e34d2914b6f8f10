"""Filtering an index page: chips, the form, what an address holds, what it refuses (SPEC 5.2)."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient

from crm.accounts.own import change_profile
from crm.db import end_read, unit_of_work
from crm.objects.properties import create_property
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.records.operations import update_record
from tests.factories import make_company, make_contact, make_deal, relate
from tests.records.test_index import names, open_index
from tests.support.html import Element, read
from tests.support.queries import count_queries

CONTACTS = "/objects/contacts"


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    """Bob's browser."""
    return client_of(bob)


def filtered(*texts: str, **more: str) -> str:
    """The address of the contacts with these filters."""
    return f"{CONTACTS}?{urlencode([*more.items(), *(('filter', text) for text in texts)])}"


def chips(page: Element) -> list[str]:
    return [chip.all("button")[0].text.removeprefix("Change filter: ") for chip in page.all("li", css="chip")]


def pressed(browser: FlaskClient, page: Element, button: Element) -> Element:
    """The page after a press on a button that changes the filter, or opens the form of a condition."""
    form = page.one("form", id="filter-state")
    held = [(one["name"], one["value"]) for one in form.all("input")]
    answer = browser.get(form["action"], query_string=[*held, (button["name"], button["value"])], follow_redirects=True)
    assert answer.status_code == 200
    return read(answer.text)


def opened(browser: FlaskClient, page: Element, number: int) -> Element:
    """The form of a condition after a press on its chip."""
    return pressed(browser, page, page.all("button", css="chip-text")[number]).one("form", id="filter-form")


@pytest.fixture
def people(bob: Viewer) -> dict[str, int]:
    cities = {"Ada A": "Berlin", "Ada B": "berlin ", "Ada C": "Rome", "Ada D": None}
    return {name: make_contact(bob, name, city=city) for name, city in cities.items()}


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("texts", "found", "said"),
    [
        (["city:equal_any:BERLIN"], ["Ada B", "Ada A"], ["City is equal to any of BERLIN"]),
        (["city:equal_none:Berlin"], ["Ada D", "Ada C"], ["City is not equal to any of Berlin"]),
        (["city:known", "lastname:equal_any:a|c"], ["Ada C", "Ada A"],
         ["City is known", "Last name is equal to any of a, c"]),
        (["city:unknown", "or", "city:starts:ro"], ["Ada D", "Ada C"],
         ["City is unknown", "City starts with any of ro"]),
        (["hubspot_owner_id:any:me"], ["Ada D", "Ada C", "Ada B", "Ada A"], ["Contact owner is any of Me"]),
        (["createdate:more_ago:90|days"], [], ["Create date is more than 90 days ago"]),
    ],
)  # fmt: skip
def test_db_21_the_table_shows_what_the_filter_holds_for_and_chips_say_it(
    browser: FlaskClient, texts: list[str], found: list[str], said: list[str]
) -> None:
    page = open_index(browser, filtered(*texts))
    assert names(page) == found if found else "Nothing matches this filter" in page.text
    assert chips(page) == said


@pytest.mark.usefixtures("people")
def test_a_chip_taken_away_widens_and_all_are_cleared_at_once(browser: FlaskClient) -> None:
    page = open_index(browser, filtered("city:known", "lastname:equal_any:C", sort="lastname"))
    assert names(page) == ["Ada C"]
    wider = pressed(browser, page, page.all("button", css="chip-remove")[1])
    assert (names(wider), chips(wider)) == (["Ada A", "Ada B", "Ada C"], ["City is known"])
    cleared = open_index(browser, next(link for link in page.all("a") if link.text == "Clear all filters")["href"])
    assert (len(names(cleared)), chips(cleared)) == (4, [])


def test_filter_search_sort_pages_and_association_hold_together(browser: FlaskClient, bob: Viewer) -> None:
    company = make_company(bob)
    for number in range(30):
        contact = make_contact(bob, f"Ada {number:02}", city="Rome" if number % 10 else "Oslo")
        relate(bob, company, contact)
    make_contact(bob, "Ada 99", city="Rome")
    address = filtered("city:equal_any:rome", sort="lastname", q="ada", associated=str(company))
    page = open_index(browser, address)
    second = open_index(browser, page.one("a", id="page-next")["href"])
    assert names(page) + names(second) == [f"Ada {number:02}" for number in range(30) if number % 10]
    assert chips(second) == ["City is equal to any of rome"]
    sent = [(one["name"], one["value"]) for one in page.all("input", form="index-search")]
    assert ("filter", "city:equal_any:rome") in sent
    for link in page.all("a", css="table-sort"):
        assert ("filter", "city:equal_any:rome") in parse_qsl(urlsplit(link["href"]).query)


@pytest.mark.usefixtures("people")
def test_the_form_works_step_by_step_without_script(browser: FlaskClient) -> None:
    page = open_index(browser, f"{CONTACTS}?sort=lastname")
    form = open_index(browser, page.one("a", id="filter-new")["href"]).one("form", id="filter-form")
    chosen = form.fields() | {"filter-property": "city", "filter-apply": "1"}
    second = read(browser.get(CONTACTS, query_string=chosen).text).one("form", id="filter-form")
    chosen = second.fields() | {"filter-value": "berlin\nROME", "filter-apply": "1"}
    answer = browser.get(CONTACTS, query_string=chosen)
    assert answer.status_code == 303
    found = open_index(browser, answer.location)
    assert (names(found), chips(found)) == (["Ada A", "Ada B", "Ada C"], ["City is equal to any of berlin, ROME"])
    changed = opened(browser, found, 0)
    assert changed.fields()["filter-value"] == "berlin\nROME"
    known = changed.fields() | {"filter-operator": "unknown", "filter-apply": "1"}
    answer = browser.get(CONTACTS, query_string=known)
    assert chips(open_index(browser, answer.location)) == ["City is unknown"]


def test_a_comparison_with_another_property_is_offered_where_there_is_one(browser: FlaskClient) -> None:
    group = schema().object_type("contact").property("city").group
    for label, count in (("Born", 0), ("Met", 2)):
        end_read()
        with unit_of_work():
            create_property("contact", label, "date", group, (), {})
        page = open_index(browser, f"{CONTACTS}?filtering=new-0&filter-property=born")
        offered = [one["value"] for one in page.one("select", name="filter-operator").all("option")]
        assert len({"before_property", "after_property"} & {*offered}) == count


@pytest.mark.usefixtures("people")
def test_with_script_the_form_follows_the_choice_and_the_address_follows_the_filter(browser: FlaskClient) -> None:
    state = {"filtering": "new-0", "filter-property": "createdate"}
    form = read(browser.get(CONTACTS, query_string=state, fragment=True).text).one("form", id="filter-form")
    assert form.fields()["filter-shape"] == "createdate:period"
    applied = form.fields() | {"filter-value": "today", "filter-apply": "1"}
    answer = browser.get(CONTACTS, query_string=applied, fragment=True)
    assert answer.status_code == 200
    assert "filter=createdate%3Ais%3Atoday" in answer.headers["HX-Push-Url"]
    assert chips(read(answer.text)) == ["Create date is today"]


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("name", "operator", "shape", "typed", "message"),
    [
        ("city", "equal_any", "texts", "  \n ", "Say what it is compared with."),
        ("createdate", "equal", "day_1", "soon", "“soon” is not a date; write it as 2026-03-12."),
        ("createdate", "more_ago", "distance", "many", "Write a whole number from 1 to 9,999."),
        ("num_associated_deals", "equal", "number_1", "lots", "“lots” is not a number."),
        ("hubspot_owner_id", "any", "people", "nobody", "“nobody” is not one of the choices."),
    ],
)
def test_what_cannot_be_meant_is_said_beside_the_field_and_stays(
    browser: FlaskClient, name: str, operator: str, shape: str, typed: str, message: str
) -> None:
    state = [
        ("filtering", "new-0"), ("filter", "city:known"), ("filter-property", name), ("filter-operator", operator),
        ("filter-shape", f"{name}:{shape}"), ("filter-value", typed), ("filter-apply", "1"),
    ]  # fmt: skip
    answer = browser.get(CONTACTS, query_string=state)
    page = read(answer.text)
    assert answer.status_code == 422
    assert message in page.one("form", id="filter-form").text
    if shape != "people":
        controls = page.one("form", id="filter-form").all(name="filter-value")
        assert typed.strip() == (controls[0].attributes.get("value") or controls[0].text)
    assert (chips(page), len(names(page))) == (["City is known"], 3)


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    "text",
    ["shoe_size:known", "city:greater:3", "city", "city:equal_any", "createdate:is:someday",
     "createdate:equal:2026-13-45", "createdate:equal:0001-01-01", "createdate:between:2026-01-01",
     "createdate:more_ago:-1|days", "x" * 9000,
     "createdate:more_ago:99999|days", "num_associated_deals:equal:1e999999", "num_associated_deals:equal:NaN",
     "num_associated_deals:equal:99999999999999999999", "hubspot_owner_id:any:99999999999999999999",
     "hs_lead_status:any:nonsense", "createdate:before_property:city", "city:known:1", "\x00:\x00:\x00",
     "associated.company", "associated.company-x:has_any", "associated.company:at_least:many",
     "not_associated.deal:has_any", "associated.company.name:is:x",
     "city:equal_any:" + "|".join("abc" for _ in range(101)), "city:equal_any:" + "y" * 501],
)  # fmt: skip
def test_an_address_that_means_nothing_shows_no_record_and_says_why(browser: FlaskClient, text: str) -> None:
    answer = browser.get(filtered("city:known", text))
    page = read(answer.text)
    assert answer.status_code == 422
    assert not page.all("tbody")
    assert len(page.all("li", css="chip", data_wrong="")) == 1
    assert names(pressed(browser, page, page.all("button", css="chip-remove")[1])) == ["Ada C", "Ada B", "Ada A"]


@pytest.mark.usefixtures("people")
def test_texts_with_signs_of_sql_and_of_addresses_mean_themselves(browser: FlaskClient, bob: Viewer) -> None:
    for number, city in enumerate(("100% \\ |a|", "'; DROP TABLE", "_", "x" * 60, "\ud83d\ude00")):
        try:
            make_contact(bob, f"Odd {number}", city=city)
        except UnicodeError:
            continue
    for typed in ("100% \\ |a|", "'; DROP TABLE", "_", "%"):
        state = {"filtering": "new-0", "filter-property": "city", "filter-operator": "contains_any",
                 "filter-shape": "city:texts", "filter-value": typed, "filter-apply": "1"}  # fmt: skip
        found = open_index(browser, browser.get(CONTACTS, query_string=state).location)
        assert len(names(found)) == 1
        assert chips(found) == [f"City contains any of {typed}"]


@pytest.mark.usefixtures("people")
def test_250_conditions_are_taken_and_one_more_is_refused_with_a_line(browser: FlaskClient) -> None:
    many = [f"city:contains_any:{'|'.join(f'b{number}' for number in range(5))}|erl"] * 125
    assert names(open_index(browser, filtered(*many, "or", *many))) == ["Ada B", "Ada A"]
    each = [text for number in range(250) for text in ("or", f"lastname:equal_any:{number}")]
    assert "Nothing matches this filter" in open_index(browser, filtered(*each)).text
    answer = browser.get(filtered(*many, *many, "city:known"))
    assert answer.status_code == 422
    assert "at most 250 conditions; this one has 251" in answer.text


def test_more_values_than_a_statement_takes_are_refused_with_a_line(browser: FlaskClient) -> None:
    values = "|".join(f"b{number}" for number in range(100))
    assert browser.get(filtered(*[f"city:starts:{values}"] * 10)).status_code == 200
    answer = browser.get(filtered(*[f"city:starts:{values}"] * 26))
    assert answer.status_code == 422
    assert "A filter compares with at most 2,500 values; this one has 2,600." in answer.text


@pytest.mark.usefixtures("clock")
def test_a_day_begins_by_the_clock_of_the_reader(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> None:
    made = make_deal(bob, "Late", closedate=datetime(2026, 3, 11, 23, 30, tzinfo=UTC))
    browser = client_of(bob)
    for zone, day in (("UTC", 11), ("Europe/Warsaw", 12), ("Pacific/Honolulu", 11)):
        end_read()
        with unit_of_work():
            change_profile(bob, name=bob.name, time_zone=zone, locale="en", locales=("en",))
        for other in (10, 11, 12, 13):
            page = open_index(browser, f"/objects/deals?filter=closedate:equal:2026-03-{other}")
            assert (f"/records/{made}" in page.one("main").links()) == (other == day), zone


def test_filters_show_nobody_what_they_may_not_see(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, charlie: Viewer
) -> None:
    make_contact(bob, "Ada North", city="Rome")
    make_contact(charlie, "Ada South", city="Rome")
    both = f"hubspot_owner_id:any:{bob.user_id}|{charlie.user_id}"
    for text in ("city:equal_any:Rome", both, "city:contains_none:x"):
        page = open_index(client_of(bob), filtered(text))
        assert names(page) == ["Ada North"]
        assert page.one("footer", css="index-foot").one("p").text == "1 in all"
    assert "Nothing matches" in open_index(client_of(bob), filtered(f"hubspot_owner_id:any:{charlie.user_id}")).text


def test_my_team_is_everybody_in_it(
    client_of: Callable[[Viewer], FlaskClient], alice: Viewer, bob: Viewer, charlie: Viewer
) -> None:
    make_contact(alice, "Ada Alice")
    make_contact(bob, "Ada Bob")
    make_contact(charlie, "Ada Charlie")
    browser = client_of(alice)
    assert names(open_index(browser, filtered("hubspot_owner_id:any:my_team"))) == ["Ada Bob", "Ada Alice"]
    assert names(open_index(browser, filtered("hubspot_owner_id:none:my_team"))) == ["Ada Charlie"]


def test_a_filter_costs_no_query_and_a_page_without_one_no_more_than_its_control(
    browser: FlaskClient, bob: Viewer
) -> None:
    for number in range(5):
        make_contact(bob, f"Ada {number}", city="Rome")
    cost = {}
    texts = ("city:known", "hubspot_owner_id:any:me")
    for address in (f"{CONTACTS}?sort=email", filtered(*texts), filtered(*texts, filtering="0")):
        browser.get(address)
        with count_queries() as queries:
            browser.get(address)
        cost[address] = len(queries)
    assert len(set(cost.values())) == 1, cost
    plain = browser.get(CONTACTS).text
    bar = plain.partition('id="quick-filters"')[2].partition("</form>")[2].partition("</div>")[0]
    assert bar.count("<") <= 7
    assert len(bar) < 600


def test_a_changed_value_changes_what_is_found(browser: FlaskClient, bob: Viewer, people: dict[str, int]) -> None:
    end_read()
    with unit_of_work():
        update_record(bob, people["Ada A"], {"city": "Rome"})
    assert set(names(open_index(browser, filtered("city:equal_any:rome")))) == {"Ada A", "Ada C"}


def test_a_place_of_thousands_of_digits_is_the_last_one(browser: FlaskClient) -> None:
    city = {"filter-property": "city", "filter-operator": "known", "filter-apply": "1"}
    for place in ("9" * 5000, "new-" + "9" * 5000):
        answer = browser.get(filtered("city:unknown", filtering=place, **city))
        assert answer.status_code == 303
        query = parse_qsl(urlsplit(answer.location).query)
        assert [text for name, text in query if name == "filter"] == ["city:unknown", "city:known"]


def test_one_condition_too_many_is_refused_beside_its_form_and_the_others_stay(browser: FlaskClient) -> None:
    city = {"filter-property": "city", "filter-operator": "known", "filter-apply": "1"}
    answer = browser.get(filtered(*["city:unknown"] * 250, filtering="new-0", **city))
    assert answer.status_code == 422
    assert "A filter has at most 250 conditions; this one has 251." in answer.text
    assert len(chips(read(answer.text))) == 250


@pytest.fixture
def linked(bob: Viewer, people: dict[str, int]) -> dict[str, int]:
    """Ada A in Orange Inc, Ada B there and in Red Ltd, the others nowhere."""
    for name, city, members in (("Orange Inc", "Oslo", "AB"), ("Red Ltd", None, "B")):
        company = make_company(bob, name, city=city)
        for letter in members:
            relate(bob, people[f"Ada {letter}"], company)
    return people


@pytest.mark.usefixtures("linked")
def test_db_40_a_filter_by_association_is_put_together_step_by_step_without_script(browser: FlaskClient) -> None:
    form = open_index(browser, f"{CONTACTS}?sort=lastname&filtering=new-0").one("form", id="filter-form")
    chosen = form.fields() | {"filter-property": "associated.company", "filter-apply": "1"}
    second = read(browser.get(CONTACTS, query_string=chosen).text).one("form", id="filter-form")
    names_of = [label.text for label in second.all("label")]
    assert names_of == ["Property", "Label", "What is asked", "Condition"]
    chosen = second.fields() | {"filter-operator": "at_least", "filter-apply": "1"}
    third = read(browser.get(CONTACTS, query_string=chosen).text).one("form", id="filter-form")
    wrong = browser.get(CONTACTS, query_string=third.fields() | {"filter-value": "0", "filter-apply": "1"})
    assert (wrong.status_code, "Write a whole number from 1 to 10,000." in wrong.text) == (422, True)
    done = browser.get(CONTACTS, query_string=third.fields() | {"filter-value": "2", "filter-apply": "1"})
    found = open_index(browser, done.location)
    assert (names(found), chips(found)) == (["Ada B"], ["Associated companies: at least 2"])
    changed = opened(browser, found, 0)
    asked = changed.fields() | {"filter-of": "city", "filter-label": "_primary", "filter-apply": "1"}
    fourth = read(browser.get(CONTACTS, query_string=asked).text).one("form", id="filter-form")
    assert [label.text for label in fourth.all("label")][3:5] == ["It holds for", "Condition"]
    done = browser.get(CONTACTS, query_string=fourth.fields() | {"filter-value": "oslo", "filter-apply": "1"})
    found = open_index(browser, done.location)
    assert chips(found) == ["Associated companies (Primary): one whose City is equal to any of oslo"]
    assert names(found) == ["Ada A", "Ada B"]
    again = opened(browser, found, 0).fields()
    assert (again["filter-of"], again["filter-label"], again["filter-value"]) == ("city", "_primary", "oslo")
    none = again | {"filter-quantity": "not_associated"}
    form = read(browser.get(CONTACTS, query_string=none, fragment=True).text).one("form", id="filter-form").fields()
    assert (form["filter-shape"], form["filter-value"]) == (again["filter-shape"], "oslo")
    done = browser.get(CONTACTS, query_string=none | {"filter-apply": "1"})
    assert names(open_index(browser, done.location)) == ["Ada C", "Ada D"]


@pytest.mark.usefixtures("linked")
def test_asc_04_filters_by_association_count_and_cost_like_any_other(browser: FlaskClient) -> None:
    texts = ("associated.company:at_most:1", "not_associated.company.city:equal_any:Rome", "city:known")
    page = open_index(browser, filtered(*texts, sort="lastname"))
    assert names(page) == ["Ada A", "Ada C"]
    assert page.one("footer", css="index-foot").one("p").text == "2 in all"
    with count_queries() as plain:
        browser.get(filtered("city:known"))
    with count_queries() as queries:
        browser.get(filtered(*texts, "or", *["associated.deal.amount:greater:1"] * 60))
    assert len(queries) == len(plain), queries


def test_db_40_hidden_associated_records_change_no_answer(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, charlie: Viewer, alice: Viewer
) -> None:
    contact = make_contact(bob, "Ada North")
    open_company = make_company(bob, "North Inc", city="Oslo")
    relate(alice, contact, open_company)
    texts = ["associated.company:exactly:1", "not_associated.company.city:equal_any:Rome", "associated.deal:has_none",
             "associated.company-_primary.city:equal_any:Oslo", "associated.company:has_any"]  # fmt: skip
    addresses = [filtered(text) for text in texts] + [filtered("city:unknown", filtering="new-0")]
    browser = client_of(bob)
    before = [_answer(browser, address) for address in addresses]
    hidden = make_company(charlie, "South Ltd", city="Rome")
    relate(alice, contact, hidden)
    relate(alice, contact, make_deal(charlie, "Hidden deal"))
    assert [_answer(browser, address) for address in addresses] == before
    assert all("Ada North" in text for _, text in before[:-1])
    assert names(open_index(client_of(alice), filtered("associated.company:exactly:2"))) == ["Ada North"]


def _answer(browser: FlaskClient, address: str) -> tuple[int, str]:
    answer = browser.get(address)
    return answer.status_code, read(answer.text).one("main").text


def test_db_40_objects_nobody_lets_one_see_are_not_offered(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer
) -> None:
    form = open_index(client_of(bob), f"{CONTACTS}?filtering=new-0").one("form", id="filter-form")
    offered = {option["value"] for option in form.one("select", name="filter-property").all("option")}
    assert {"associated.company", "associated.contact", "associated.deal"} <= offered
    assert not {value for value in offered if value.startswith("associated.note")}


def applied(browser: FlaskClient, form: Element, changes: dict[str, str]) -> Element:
    """The list after a form of a condition was sent, with the conditions there were."""
    before = [(one["name"], one["value"]) for one in form.all("input", name="filter")]
    chosen = {name: value for name, value in form.fields().items() if name != "filter"}
    answer = browser.get(CONTACTS, query_string=[*before, *(chosen | changes | {"filter-apply": "1"}).items()])
    return open_index(browser, answer.location)


@pytest.mark.usefixtures("linked")
def test_two_conditions_are_tied_to_the_same_company_without_script(browser: FlaskClient, bob: Viewer) -> None:
    apart = make_contact(bob, "Ada Apart")
    for name, values in (("Blue Ltd", {"city": "Oslo"}), ("Green Ltd", {"industry": "BANKING"})):
        relate(bob, apart, make_company(bob, name, **values))
    both = make_contact(bob, "Ada Both")
    relate(bob, both, make_company(bob, "Grey Ltd", city="Oslo", industry="BANKING"))
    oslo, banking = "associated.company.city:equal_any:Oslo", "associated.company.industry:any:BANKING"
    assert names(open_index(browser, filtered(oslo, banking))) == ["Ada Both", "Ada Apart"]
    form = open_index(browser, filtered(oslo, banking, filtering="1")).one("form", id="filter-form")
    choices = [option.text for option in form.one("select", name="filter-same").all("option")]
    said = "Associated companies: one whose City is equal to any of Oslo"
    assert choices == ["Any, whichever meets the other conditions", f"The same one as in “{said}”"]
    found = applied(browser, form, {"filter-same": "0", "filter-value": "BANKING"})
    assert (names(found), chips(found)) == (["Ada Both"], [said, "and whose Industry is any of Banking"])
    again = opened(browser, found, 1)
    assert again.fields()["filter-same"] == "0"
    loose = applied(browser, again, {"filter-same": "", "filter-value": "BANKING"})
    assert names(loose) == ["Ada Both", "Ada Apart"]
    # None of them cannot be the same one: that is shown before it is taken.
    none = again.fields() | {"filter-quantity": "not_associated", "filter-apply": "1"}
    form = read(browser.get(CONTACTS, query_string=none).text).one("form", id="filter-form")
    assert not form.all("select", name="filter-same")
    # What the condition is about now is no company: nothing to tie it to.
    other = again.fields() | {"filter-property": "associated.deal"}
    form = read(browser.get(CONTACTS, query_string=other).text).one("form", id="filter-form")
    assert not form.all("select", name="filter-same")


@pytest.mark.usefixtures("people")
def test_a_condition_and_a_group_are_duplicated_and_a_group_is_taken_away(browser: FlaskClient) -> None:
    page = open_index(browser, filtered("city:starts:Ber", "lastname:known", filtering="0"))
    copy = open_index(browser, page.one("a", id="filter-copy")["href"]).one("form", id="filter-form")
    page = applied(browser, copy, {"filter-value": "b"})
    assert chips(page) == ["City starts with any of Ber", "City starts with any of b", "Last name is known"]
    doubled = pressed(browser, page, page.one("button", title="Duplicate group"))
    assert chips(doubled) == chips(page) * 2
    more = pressed(browser, doubled, doubled.one("button", aria_label="And … in group 1")).one("form", id="filter-form")
    wider = applied(browser, more, {"filter-property": "city", "filter-operator": "unknown"})
    assert chips(wider) == [*chips(page), "City is unknown", *chips(page)]
    assert chips(pressed(browser, wider, wider.one("button", aria_label="Remove group 1"))) == chips(page)


def test_an_operator_that_asks_the_history_finds_what_was(
    browser: FlaskClient, bob: Viewer, people: dict[str, int]
) -> None:
    end_read()
    with unit_of_work():
        update_record(bob, people["Ada A"], {"city": "Oslo"})
    assert names(open_index(browser, filtered("city:ever_equal:berlin"))) == ["Ada B", "Ada A"]
    assert names(open_index(browser, filtered("city:never_equal:berlin"))) == ["Ada D", "Ada C"]
    page = open_index(browser, filtered("city:updated:2|days"))
    assert chips(page) == ["City was updated in the last 2 days"]
    assert names(page) == ["Ada C", "Ada B", "Ada A"]
