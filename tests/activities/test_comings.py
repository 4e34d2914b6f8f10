"""The association history of a record tells of activities too (SPEC 1.3, 6.4)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.activities.comings import comings_of
from crm.activities.operations import archive_activity, link, unlink
from crm.activities.views import comings
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from tests.factories import make_call, make_company, make_contact, make_deal, make_note, relate
from tests.support.html import read
from tests.support.queries import count_queries

Sign = Callable[[Viewer], FlaskClient]


def do(act, *args: object) -> None:
    end_read()
    with unit_of_work():
        act(*args)


def lines(browser: FlaskClient, path: str) -> list[str]:
    answer = browser.get(path)
    assert answer.status_code == 200
    rows = read(answer.text).all("li", css="settings-row")
    return [" | ".join(part.text.rpartition(" · ")[0] or part.text for part in row.all("p")) for row in rows]


def test_asc_03_activities_that_came_and_went_are_listed_with_their_reasons(client_of: Sign, alice: Viewer) -> None:
    jane, company, deal = make_contact(alice, "Jane Doe"), make_company(alice), make_deal(alice)
    relate(alice, jane, company)
    call = make_call(alice, jane, title="About crates")
    do(unlink, alice, call, company)
    do(link, alice, call, company)
    gone = make_note(alice, jane)
    do(archive_activity, alice, gone)
    browser = client_of(alice)
    assert lines(browser, f"/records/{company}/activities/history") == [
        "Added About crates Call | Alice Berg · Chosen by hand",
        "Removed About crates Call | Alice Berg",
        "Added About crates Call | Alice Berg · By rule: primary company of Jane Doe",
    ]
    tabs = read(browser.get(f"/records/{company}/associations/history").text).one(id="link-history-tabs")
    assert f"/records/{company}/activities/history" in tabs.links()
    assert lines(browser, f"/records/{deal}/activities/history") == []


def test_it_is_paged_and_shows_nothing_hidden(
    client_of: Sign, alice: Viewer, charlie: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comings, "PAGE_SIZE", 2)
    mine, theirs = make_contact(charlie, "Jane Doe"), make_contact(alice)
    for number in range(3):
        make_note(charlie, mine, body=f"<p>Note {number}</p>")
    secret = make_call(alice, theirs, title="Secret")
    do(link, alice, secret, mine)
    do(unlink, alice, secret, mine)
    browser, path, found = client_of(charlie), f"/records/{mine}/activities/history", []
    while path:
        found += lines(browser, path)
        path = next((one["href"] for one in read(browser.get(path).text).all("a") if one.text == "Older"), "")
    assert [one.split(" | ")[0] for one in found] == ["Added Note 2 Note", "Added Note 1 Note", "Added Note 0 Note"]
    assert browser.get(f"/records/{theirs}/activities/history").status_code == 404
    assert browser.get(f"/records/{mine}/activities/history?page-key=x").status_code == 400


def test_it_costs_the_same_for_few_and_many(alice: Viewer) -> None:
    jane, amounts = make_contact(alice), []
    for _ in range(5):
        make_note(alice, jane)
    for limit in (2, 2, 5):
        with count_queries() as queries:
            assert len(comings_of(alice, jane, limit=limit)) == limit
        amounts.append(len(queries))
    assert amounts[1] == amounts[2] == 2
