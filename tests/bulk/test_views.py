"""The pages of work in bulk: how far it is, what was done, and Undo (QUALITY 4)."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from crm.activities.operations import archive_activity
from crm.bulk import views
from crm.bulk.queries import Run, get_run
from crm.bulk.registry import bulk_kinds
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.search.associating_all import ASSOCIATE_ALL, associate_all_matching
from tests.factories import make_contact, make_deal, make_note
from tests.support.html import read
from tests.support.queries import count_queries


@pytest.fixture
def note(bob: Viewer) -> int:
    """A note of bob's."""
    return make_note(bob, make_contact(bob))


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    """Bob's browser."""
    return client_of(bob)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of two and pages of six, so that a few will do."""
    kind = bulk_kinds.get(ASSOCIATE_ALL)
    assert kind is not None
    monkeypatch.setitem(bulk_kinds._kinds, ASSOCIATE_ALL, replace(kind, batch=2))
    monkeypatch.setattr(views, "PAGE_SIZE", 6)


def begun(actor: Viewer, note: int, q: str = "") -> Run:
    end_read()
    with unit_of_work():
        return associate_all_matching(actor, note, "deal", q)


@pytest.mark.usefixtures("small")
def test_the_page_of_a_run_follows_it_to_its_end_and_stops_asking(
    browser: FlaskClient, bob: Viewer, note: int, work: Callable[[], None]
) -> None:
    for number in range(5):
        make_deal(bob, f"Deal {number}")
    run = begun(bob, note)
    assert (run.is_busy, run.done, run.total) == (True, 2, 5)
    page = read(browser.get(f"/bulk/{run.id}", fragment=True).text).one("section", css="run")
    assert page["hx-trigger"] == "every 1s"
    assert "2 of 5" in page.text
    assert page.one("form").text == "Stop and undo"
    whole = read(browser.get(f"/bulk/{run.id}").text)
    assert whole.one("h1").text == "Associating an activity with deals"
    assert whole.one("a", css="when-scriptless").text == "Refresh"
    work()
    page = read(browser.get(f"/bulk/{run.id}", fragment=True).text).one("section", css="run")
    assert "hx-trigger" not in page
    assert "Done." in page.text
    assert browser.get(page.one("a", css="button")["href"]).status_code == 200
    assert "Associating an activity with deals" in browser.get("/bulk").text


def test_undo_without_htmx_leads_back_to_the_page(browser: FlaskClient, bob: Viewer, note: int) -> None:
    make_deal(bob)
    run = begun(bob, note)
    form = read(browser.get("/bulk").text).one(id="runs").one("form")
    answer = browser.post(form["action"], data=form.fields())
    assert (answer.status_code, answer.location) == (303, f"/bulk/{run.id}")
    assert "Undone." in browser.get(f"/bulk/{run.id}").text
    assert not read(browser.get("/bulk").text).one(id="runs").all("form")


def test_undo_that_cannot_be_done_says_so_on_the_page_and_changes_nothing(
    browser: FlaskClient, bob: Viewer, note: int
) -> None:
    make_deal(bob)
    run = begun(bob, note)
    with unit_of_work():
        archive_activity(bob, note)
    answer = browser.post(f"/bulk/{run.id}/undo")
    assert answer.status_code == 422
    assert "Nothing was undone" in read(answer.text).one("p", role="alert").text
    end_read()
    assert get_run(bob, run.id).may_be_undone


def test_what_others_began_does_not_exist_for_anybody_but_super_admins(
    client_of: Callable[[Viewer], FlaskClient], alice: Viewer, bob: Viewer, charlie: Viewer, dana: Viewer, note: int
) -> None:
    make_deal(bob)
    run = begun(bob, note)
    for other in (charlie, dana):
        browser = client_of(other)
        assert browser.get(f"/bulk/{run.id}").status_code == 404
        assert browser.post(f"/bulk/{run.id}/undo").status_code == 404
        assert "Nothing yet" in browser.get("/bulk").text
    assert client_of(alice).get(f"/bulk/{run.id}").status_code == 200


@pytest.mark.usefixtures("small")
def test_the_list_is_paged_and_costs_the_same_however_long(browser: FlaskClient, bob: Viewer, note: int) -> None:
    amounts = []
    for upto in (2, 6):
        for number in range(upto - len(amounts) * 2):
            make_deal(bob, f"Deal {upto} {number}")
            begun(bob, note)
        browser.get("/bulk")
        with count_queries() as queries:
            page = read(browser.get("/bulk").text)
        assert len(page.one(id="runs").all("li")) == upto
        amounts.append(len(queries))
    assert amounts[0] == amounts[1]
    make_deal(bob, "One more")
    begun(bob, note)
    older = read(browser.get("/bulk").text).one("a", id="page-next")
    assert len(read(browser.get(older["href"]).text).one(id="runs").all("li")) == 1
    assert browser.get("/bulk?page-key=x").status_code == 400
