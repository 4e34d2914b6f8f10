"""The history of an activity: its values, the records it was on, deletion and return (SPEC 1.6)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.activities.history import changes_of_activity
from crm.activities.operations import archive_activity, link, restore_activity, unlink, update_activity
from crm.activities.views import history
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from tests.factories import make_call, make_contact, make_deal
from tests.support.html import read


def do(act, *args: object) -> None:
    end_read()
    with unit_of_work():
        act(*args)


def lines(browser: FlaskClient, path: str) -> list[str]:
    answer = browser.get(path)
    assert answer.status_code == 200
    return [one.one("div").all("p")[0].text for one in read(answer.text).all("li", css="history-line")]


@pytest.fixture
def call(bob: Viewer) -> int:
    """A call of bob on his contact Ada, changed, put on a deal, taken off, deleted and brought back."""
    contact, deal = make_contact(bob, "Ada Berg"), make_deal(bob, "Crates")
    made = make_call(bob, contact, title="About crates", body="<p>First</p>", also_on=[])
    do(update_activity, bob, made, {"title": "About lids", "body": "<p>Second</p>"})
    do(link, bob, made, deal)
    do(unlink, bob, made, deal)
    do(archive_activity, bob, made)
    do(restore_activity, bob, made)
    return made


def test_changes_of_values_links_deletion_and_return_are_listed_newest_first(
    bob: Viewer, call: int, client_of: Callable[[Viewer], FlaskClient]
) -> None:
    shown = lines(client_of(bob), f"/activities/{call}/history")
    assert shown[:4] == ["Restored", "Deleted", "Removed Crates Deal", "Added Crates Deal"]
    assert sorted(shown[4:6]) == ["Call notes First became Second", "Call title About crates became About lids"]
    assert shown[6:] == ["Added Ada Berg Contact", "Logged"]


def test_pages_lead_through_it_without_loss_or_repeat(
    bob: Viewer, call: int, client_of: Callable[[Viewer], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "PAGE_SIZE", 2)
    browser, path, found = client_of(bob), f"/activities/{call}/history", []
    while path:
        found += lines(browser, path)
        ways = [one for one in read(browser.get(path).text).all("a") if one.text == "Older"]
        path = ways[0]["href"] if ways else ""
    assert len(found) == len(set(found)) == 8
    assert browser.get(f"/activities/{call}/history?page-key=x").status_code == 400


def test_records_the_reader_may_not_see_are_left_out_and_hidden_activities_are_404(
    alice: Viewer, bob: Viewer, charlie: Viewer, call: int, client_of: Callable[[Viewer], FlaskClient]
) -> None:
    secret = make_deal(charlie, "Secret")
    do(link, alice, call, secret)
    end_read()
    assert [one.other_name for one in changes_of_activity(alice, call, limit=1)] == ["Secret"]
    assert "Secret" not in client_of(bob).get(f"/activities/{call}/history").text
    assert client_of(charlie).get(f"/activities/{make_call(bob, make_contact(bob))}/history").status_code == 404


def test_the_menu_of_an_activity_leads_to_it_in_a_dialog(
    bob: Viewer, call: int, client_of: Callable[[Viewer], FlaskClient]
) -> None:
    browser = client_of(bob)
    menu = read(browser.get(f"/activities/{call}/menu", fragment=True).text)
    [way] = [one for one in menu.all("a", css="menu-item") if one.text == "History"]
    assert read(browser.get(way["hx-get"], fragment=True).text).one("section", id="activity-history")
