"""The "[x] associations" pop-up: which records an activity is on (ASC-28 to ASC-32)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.activities.operations import link
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from tests.factories import make_company, make_contact, make_deal, make_note
from tests.support.html import Element, read


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
    assert after.one("a", hx_swap_oob="true").text == "3 associations"
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
        assert answer.status_code == 400
        assert "Delete it instead" in answer.text


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
