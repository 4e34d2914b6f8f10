"""Past activity comes along as a record is made (SPEC 3, 6.8)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from crm.bulk.queries import runs_of
from crm.clock import now
from crm.db import end_read
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.timeline.queries import page
from tests.factories import make_company, make_contact, make_note
from tests.support.html import Element, read
from tests.support.links import associated_ids
from tests.support.records import find_by_value

NAMED = {"deals": {"dealname": "Peel"}, "tickets": {"subject": "Peel"}, "contacts": {"lastname": "Peel"}}


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    """Bob's browser."""
    return client_of(bob)


@pytest.fixture
def firm(bob: Viewer) -> int:
    """A company of bob with a note of each of these ages in days."""
    made = make_company(bob, "Orange Inc")
    for days in (1, 29, 31, 80):
        make_note(bob, made, f"<p>{days} days</p>", activity_date=now() - timedelta(days=days), also_on=[])
    return made


def create(browser: FlaskClient, plural: str, **values: Any) -> Any:
    """Send the panel's form with these values."""
    form = read(browser.get(f"/objects/{plural}/new", fragment=True).text).one("form").fields()
    return browser.post(f"/objects/{plural}/new", data=form | NAMED[plural] | values, fragment=True)


def newest(viewer: Viewer, plural: str) -> int:
    end_read()
    return max(find_by_value(viewer, schema().by_plural(plural).name, "hubspot_owner_id", viewer.user_id))


def bodies(viewer: Viewer, record_id: int) -> list[str]:
    """The notes on a timeline, the newest first."""
    end_read()
    found = [one.activity for one in page(viewer, record_id).entries]
    return [one.body for one in found if one is not None]


def toasts(answer: Any) -> list[str]:
    return [one.text for one in read(answer.text).all("p", css="toast-text")]


def shown(answer: Any) -> Element:
    return read(answer.text).one("div", css="carry-over")


@pytest.mark.parametrize(("plural", "label"), [("deals", "deal"), ("tickets", "ticket"), ("contacts", "contact")])
def test_asc_34_and_asc_35_a_tick_brings_the_past_30_days_along(
    browser: FlaskClient, bob: Viewer, firm: int, plural: str, label: str
) -> None:
    found = browser.get(f"/objects/{plural}/new/links?link_q=orange", fragment=True)
    assert f"Add timeline activity from this company to this {label}" in shown(found).text
    assert shown(found).one("select").fields() == {f"carry_period_{firm}": "30"}
    answer = create(browser, plural, associate_with=str(firm), carry_over=str(firm))
    assert toasts(answer) == [f"A new {label} was created.", "2 past activities were added."]
    made = newest(bob, plural)
    assert bodies(bob, made) == ["<p>1 days</p>", "<p>29 days</p>"]
    assert associated_ids(bob, made, schema().by_plural(plural).name, "company") == [firm]
    (run,) = runs_of(bob, record_id=made)
    assert read(answer.text).one("form", action=f"/bulk/{run.id}/undo")
    browser.post(f"/bulk/{run.id}/undo")
    assert bodies(bob, made) == []


def test_asc_36_the_period_of_each_record_is_its_own(browser: FlaskClient, bob: Viewer, firm: int) -> None:
    john = make_contact(bob, "John Doe")
    for days in (10, 50):
        make_note(bob, john, f"<p>John {days}</p>", activity_date=now() - timedelta(days=days), also_on=[])
    both = [str(firm), str(john)]
    create(browser, "deals", associate_with=both, carry_over=both, **{f"carry_period_{firm}": "60"})
    assert bodies(bob, newest(bob, "deals")) == [
        "<p>1 days</p>",
        "<p>John 10</p>",
        "<p>29 days</p>",
        "<p>31 days</p>",
    ]


def test_nothing_comes_from_what_is_not_ticked_or_not_associated(browser: FlaskClient, bob: Viewer, firm: int) -> None:
    assert toasts(create(browser, "deals", associate_with=str(firm))) == ["A new deal was created."]
    answer = create(browser, "deals", carry_over=str(firm))
    assert toasts(answer) == ["A new deal was created."]
    assert bodies(bob, newest(bob, "deals")) == []
    lemon = str(make_company(bob, "Lemon Ltd"))
    answer = create(browser, "deals", associate_with=lemon, carry_over=lemon)
    assert toasts(answer) == ["A new deal was created.", "There was no past activity to add."]


def test_asc_38_without_script_what_was_ticked_stays(browser: FlaskClient, bob: Viewer, firm: int) -> None:
    sent = {"dealname": "Peel", "link_q": "orange", "then": "find"}
    found = browser.post("/objects/deals/new", data=sent)
    assert "checked" not in shown(found).one("input")
    ticked = {"associate_with": str(firm), "carry_over": str(firm), f"carry_period_{firm}": "90"}
    again = browser.post("/objects/deals/new", data=sent | ticked)
    assert "checked" in shown(again).one("input")
    assert shown(again).one("select").fields() == {f"carry_period_{firm}": "90"}
    refused = browser.post("/objects/deals/new", data=ticked)
    assert refused.status_code == 422
    assert "checked" in shown(refused).one("input")
    made = browser.post("/objects/deals/new", data=ticked | {"dealname": "Peel"}, follow_redirects=True)
    assert "4 past activities were added." in made.text


def test_create_new_beside_a_company_takes_its_activity(browser: FlaskClient, bob: Viewer, firm: int) -> None:
    here = f"/records/{firm}/associations/deals/add"
    form = read(browser.get(f"{here}?tab=new", fragment=True).text)
    assert "Add timeline activity from this company to this deal" in form.text
    sent = form.one("form", css="picker-form").fields() | {"dealname": "Peel", "carry_over": str(firm)}
    for _ in range(2):
        answer = browser.post(here, data=sent, fragment=True)
    assert len(runs_of(bob)) == 1
    assert answer.status_code == 200
    assert bodies(bob, newest(bob, "deals")) == ["<p>1 days</p>", "<p>29 days</p>"]


def test_who_gives_the_record_away_is_told_that_nothing_was_added(
    browser: FlaskClient, bob: Viewer, charlie: Viewer, firm: int
) -> None:
    answer = create(
        browser, "deals", associate_with=str(firm), carry_over=str(firm), hubspot_owner_id=str(charlie.user_id)
    )
    assert answer.status_code == 200
    assert toasts(answer)[1] == "No past activity was added, because you may not change the new record."
    assert runs_of(bob) == []


@pytest.mark.parametrize("wrong", ["x", "-1", "9" * 30])
def test_what_is_no_number_makes_nothing(browser: FlaskClient, bob: Viewer, wrong: str) -> None:
    assert create(browser, "deals", carry_over=wrong).status_code in (400, 422)
    assert find_by_value(bob, "deal", "hubspot_owner_id", bob.user_id) == []
