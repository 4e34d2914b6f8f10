"""The "[x] associations" pop-up: which records an activity is on (ASC-28 to ASC-32)."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.activities import queries
from crm.activities.operations import link
from crm.activities.queries import links_of
from crm.db import db, end_read, unit_of_work
from crm.permissions.scopes import guarded
from crm.permissions.viewer import Viewer
from tests.factories import make_company, make_contact, make_deal, make_note, make_ticket
from tests.support.html import Element, read
from tests.support.queries import count_queries


@pytest.fixture
def contact(bob: Viewer) -> int:
    """A contact of bob."""
    return make_contact(bob, "Ada Berg")


@pytest.fixture
def company(bob: Viewer) -> int:
    """A company of bob."""
    return make_company(bob, "Orange Inc")


@pytest.fixture
def note(bob: Viewer, contact: int, company: int) -> int:
    """A note on both."""
    return make_note(bob, contact, also_on=[company])


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    """Bob's browser."""
    return client_of(bob)


def popup(browser: FlaskClient, note: int, **query: str) -> Element:
    answer = browser.get(f"/activities/{note}/associations", query_string=query, fragment=True)
    assert answer.status_code == 200
    return read(answer.text)


def rows(page: Element) -> list[tuple[str, bool]]:
    """The records in the list, and whether they are ticked."""
    return [
        (form.one("span", css="pick-name").text, "checked" in form.one("input", type_="checkbox"))
        for form in page.all("form", css="pick")
    ]


def tick(browser: FlaskClient, page: Element, name: str) -> Element:
    """Click on the box before a name."""
    form = next(one for one in page.all("form", css="pick") if one.one("span", css="pick-name").text == name)
    answer = browser.post(form["hx-post"], data=form.fields(), fragment=True)
    assert answer.status_code == 200
    assert answer.headers["HX-Trigger"].startswith("activity-associations-changed")
    return read(answer.text)


def on_timeline(browser: FlaskClient, record_id: int) -> bool:
    return "They like the samples." in browser.get(f"/records/{record_id}/timeline").text


def test_asc_28_the_number_is_that_of_the_links(browser: FlaskClient, note: int) -> None:
    assert popup(browser, note).one(id="dialog-title").text == "Associated with 2 records"


def test_asc_29_the_first_tab_lists_all_records(browser: FlaskClient, note: int) -> None:
    assert rows(popup(browser, note)) == [("Ada Berg", True), ("Orange Inc", True)]


def test_asc_30_the_tab_of_an_object_lists_that_object_only(browser: FlaskClient, bob: Viewer, note: int) -> None:
    deal = make_deal(bob, "Tons")
    with unit_of_work():
        link(bob, note, deal)
    assert rows(popup(browser, note, object="companies")) == [("Orange Inc", True)]
    assert rows(popup(browser, note, object="deals")) == [("Tons", True)]


def test_asc_30_the_tabs_carry_their_counts(browser: FlaskClient, note: int) -> None:
    tabs = [one.text for one in popup(browser, note).one("nav").all("a")]
    assert tabs == ["Associations 2", "Contacts 1", "Companies 1", "Deals", "Tickets", "Leads"]


def test_asc_31_a_record_that_is_found_and_ticked_shows_the_activity(
    browser: FlaskClient, bob: Viewer, note: int
) -> None:
    deal = make_deal(bob, "Ten tons of oranges")
    found = popup(browser, note, object="deals", q="tons")
    assert rows(found) == [("Ten tons of oranges", False)]
    after = tick(browser, found, "Ten tons of oranges")
    assert rows(after) == [("Ten tons of oranges", True)]
    assert after.one("a", hx_swap_oob=f"innerHTML:[data-associations='{note}']").text == "3 associations"
    assert on_timeline(browser, deal)


def test_asc_32_unticking_takes_it_off_that_timeline_only(
    browser: FlaskClient, note: int, contact: int, company: int
) -> None:
    after = tick(browser, popup(browser, note), "Orange Inc")
    assert rows(after) == [("Ada Berg", True)]
    assert not on_timeline(browser, company)
    assert on_timeline(browser, contact)


def test_the_last_record_is_locked(browser: FlaskClient, note: int) -> None:
    after = tick(browser, popup(browser, note), "Orange Inc")
    assert "disabled" in after.one("form", css="pick").one("input", type_="checkbox")


def test_the_last_record_is_refused_with_a_reason(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    note = make_note(bob, contact)
    for fragment in (False, True):
        form = {"record_id": str(contact), "on": "0"}
        answer = browser.post(f"/activities/{note}/associations", data=form, fragment=fragment)
        assert answer.status_code == 422
        assert "Delete it instead" in answer.text
        assert rows(read(answer.text)) == [("Ada Berg", True)]


def test_without_htmx_the_pop_up_is_a_page_that_works(browser: FlaskClient, bob: Viewer, note: int) -> None:
    deal = make_deal(bob, "Ten tons")
    page = read(browser.get(f"/activities/{note}/associations?object=deals&q=tons").text)
    form = page.one("main").one("form", css="pick")
    answer = browser.post(form["action"], data=form.fields())
    assert (answer.status_code, answer.location) == (303, f"/activities/{note}/associations?object=deals")
    end_read()
    assert on_timeline(browser, deal)


def test_who_may_not_edit_sees_the_list_but_changes_nothing(
    client_of: Callable[[Viewer], FlaskClient], dana: Viewer, note: int
) -> None:
    page = popup(client_of(dana), note)
    assert all("disabled" in one for one in page.all("input", type_="checkbox"))


@pytest.mark.parametrize("name", ["notes", "spaceships", "contact"])
def test_an_object_that_is_none_is_not_found(browser: FlaskClient, note: int, name: str) -> None:
    assert browser.get(f"/activities/{note}/associations?object={name}").status_code == 404


def test_nothing_found_says_so(browser: FlaskClient, note: int) -> None:
    assert "Nothing matches “xyzzy”" in popup(browser, note, object="deals", q="xyzzy").text


def test_each_row_says_why_the_activity_is_there_who_did_so_and_when(
    browser: FlaskClient, bob: Viewer, note: int, contact: int, company: int
) -> None:
    page = popup(browser, note)
    assert page.one(id=f"why-{contact}").text.startswith("Contact · Logged on this record · Bob Stone · ")
    assert page.one(id=f"why-{company}").text.startswith("Company · Chosen by hand · Bob Stone · ")


def test_asc_32_what_was_taken_off_comes_back_as_it_was(browser: FlaskClient, bob: Viewer, note: int) -> None:
    after = tick(browser, popup(browser, note), "Ada Berg")
    said = after.one(id="associations-said")
    assert "Taken off Ada Berg." in said.text
    back = browser.post(said.one("form")["hx-post"], data=said.one("form").fields(), fragment=True)
    assert rows(read(back.text)) == [("Ada Berg", True), ("Orange Inc", True)]
    end_read()
    reasons = {one.display_name: one.source for one in links_of(bob, note)}
    assert reasons == {"Ada Berg": "origin", "Orange Inc": "person"}


def test_asc_29_many_records_are_paged_by_name_in_as_many_queries_as_few(
    browser: FlaskClient, bob: Viewer, contact: int
) -> None:
    few = make_note(bob, contact, also_on=[make_deal(bob, f"Some {number}") for number in range(4)])
    deals = [make_deal(bob, f"Deal {number:03}") for number in range(110)]
    many = make_note(bob, contact, also_on=deals)
    popup(browser, few)
    amounts = []
    for note in (few, many):
        with count_queries() as queries:
            page = popup(browser, note)
        amounts.append(len(queries))
    assert amounts[0] == amounts[1]
    names = [name for name, _ticked in rows(page)]
    while following := page.all("a", id="page-linksnext"):
        page = read(browser.get(following[0]["href"], fragment=True).text)
        names += [name for name, _ticked in rows(page)]
    assert names == ["Ada Berg", *(f"Deal {number:03}" for number in range(110))]
    assert browser.get(f"/activities/{many}/associations?page-key=nonsense").status_code == 400


@pytest.mark.parametrize("words", ["lanterns.example", "ada@lanterns.example", "+1 212 555 0199", "berg"])
def test_asc_31_records_are_found_by_name_email_domain_and_phone(
    browser: FlaskClient, bob: Viewer, company: int, words: str
) -> None:
    make_contact(bob, "Ada Lanternberg Berg", email="ada@lanterns.example", phone="+12125550199")
    note = make_note(bob, company)
    assert rows(popup(browser, note, object="contacts", q=words)) == [("Ada Lanternberg Berg", False)]


def test_db_32_an_activity_is_put_on_a_ticket_by_hand(browser: FlaskClient, bob: Viewer, note: int) -> None:
    ticket = make_ticket(bob, "Crates arrive wet")
    tick(browser, popup(browser, note, object="tickets", q="crates"), "Crates arrive wet")
    assert on_timeline(browser, ticket)


def test_hidden_records_are_neither_listed_nor_counted(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, alice: Viewer, charlie: Viewer, note: int
) -> None:
    theirs = make_deal(charlie, "Their deal")
    end_read()
    with unit_of_work():
        link(alice, note, theirs)
    page = popup(client_of(bob), note)
    assert rows(page) == [("Ada Berg", True), ("Orange Inc", True)]
    assert page.one(id="dialog-title").text == "Associated with 2 records"
    of_alice = popup(client_of(alice), note)
    assert of_alice.one("a", hx_swap_oob=f"innerHTML:[data-associations='{note}']").text == "3 associations"


def test_asc_31_all_that_a_search_finds_are_put_on_at_once_and_taken_off_again(
    browser: FlaskClient, bob: Viewer, note: int, work: Callable[[], None]
) -> None:
    for number in range(3):
        make_deal(bob, f"Harbour {number}")
    found = popup(browser, note, object="deals", q="harbour")
    form = found.one("form", css="picker-all")
    assert form.text == "Associate all 3 that match"
    after = read(browser.post(form["hx-post"], data=form.fields(), fragment=True).text)
    assert after.one(id="dialog-title").text == "Associated with 5 records"
    again = read(browser.post(form["hx-post"], data=form.fields(), fragment=True).text)
    assert again.one(id="dialog-title").text == "Associated with 5 records", "the form counts once"
    assert "3 records were added at once" in after.one(id="associations-run").text
    undo = after.one(id="associations-run").one("form")
    back = read(browser.post(undo["hx-post"], data=undo.fields(), fragment=True).text)
    assert back.one(id="dialog-title").text == "Associated with 2 records"
    assert "Undone." in back.one(id="associations-run").text


def test_asc_05_more_than_an_activity_may_be_on_are_refused_with_their_number(
    browser: FlaskClient, bob: Viewer, note: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.search.associating_all.MOST_LINKS", 4)
    for number in range(3):
        make_deal(bob, f"Harbour {number}")
    form = popup(browser, note, object="deals", q="harbour").one("form", css="picker-all")
    for fragment in (True, False):
        answer = browser.post(form["action"], data=form.fields(), fragment=fragment)
        assert answer.status_code == 422
        page = read(answer.text)
        refusal = page.one(css="picker-said", role="alert").text
        assert refusal.startswith("That would add 3 deals. An activity can be on at most 4")
        assert page.one(id="dialog-title").text == "Associated with 2 records"


def test_who_may_not_edit_is_offered_nothing_and_refused(
    client_of: Callable[[Viewer], FlaskClient], dana: Viewer, bob: Viewer, note: int
) -> None:
    make_deal(bob, "Harbour")
    browser = client_of(dana)
    assert not popup(browser, note, object="deals").all("form", css="picker-all")
    assert browser.post(f"/activities/{note}/associations/all", data={"object": "deals"}).status_code == 403


def test_where_many_activities_are_shown_no_more_than_a_thousand_records_of_one_are_counted(
    bob: Viewer, contact: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = make_note(bob, contact, also_on=[make_deal(bob, f"Deal {number}") for number in range(4)])
    monkeypatch.setattr(queries, "COUNT_LIMIT", 2)
    _comments, links = queries.counted(bob, sa.literal(note))
    assert db.session.scalar(guarded(sa.select(links), bob)) == 3
