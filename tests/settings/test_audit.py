"""/settings/audit: read, filtered, paged and exported by those who may."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from time_machine import Traveller

from crm.accounts.models import PermissionRight
from crm.accounts.operations import SALES_TEAM, permission_set_id
from crm.accounts.queries import end_change
from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.db import db, unit_of_work
from crm.permissions.actions import AccountRight
from crm.permissions.viewer import Viewer
from crm.settings.views.audit import PAGE_SIZE
from tests.support.html import read
from tests.support.queries import count_queries

Sign = Callable[[Viewer], FlaskClient]
AUDIT = "/settings/audit"


def write(actor: Viewer, *names: str) -> None:
    with unit_of_work():
        for name in names:
            record(actor, Action.TEAM_CREATED, About(Kind.TEAM, 1, name), {"name": name})


def give(*rights: AccountRight) -> None:
    with unit_of_work():
        for right in rights:
            values = {"permission_set_id": permission_set_id(SALES_TEAM), "account_right": right}
            db.session.execute(sa.insert(PermissionRight).values(values))
        end_change()


def lines(text: str) -> list[str]:
    return [one.text for one in read(text).all("li", css="settings-row")]


def test_entries_are_told_newest_first_in_the_time_of_the_reader(
    client_of: Sign, alice: Viewer, clock: Traveller
) -> None:
    browser = client_of(alice)
    browser.post("/settings/profile", data={"name": alice.name, "time_zone": "Asia/Taipei"})
    write(alice, "West")
    newest = lines(browser.get(AUDIT).text)[0]
    assert newest.startswith("Alice Berg Created a team : West")
    assert "20:00" in newest


def test_log_is_filtered_by_person_action_and_day(
    client_of: Sign, alice: Viewer, bob: Viewer, clock: Traveller
) -> None:
    clock.move_to(datetime(2026, 3, 1, 12, tzinfo=UTC))
    write(bob, "First of March")
    clock.move_to(datetime(2026, 3, 2, 12, tzinfo=UTC))
    write(alice, "Second of March")
    with unit_of_work():
        record(alice, Action.USER_CHANGED, About(Kind.USER, bob.user_id or 0, bob.name))
    browser = client_of(alice)
    for query, expected in (
        (f"user={bob.user_id}&from=2026-03-01&to=2026-03-02", ["Changed a user", "First of March"]),
        ("action=team_created&from=2026-03-01&to=2026-03-05", ["Second of March", "First of March"]),
        ("from=2026-03-02&to=2026-03-02", ["Changed a user", "Second of March"]),
        ("action=team_created&from=2026-03-01&to=2026-03-01", ["First of March"]),
    ):
        found = [one for one in lines(browser.get(f"{AUDIT}?{query}").text) if "Signed in" not in one]
        assert len(found) == len(expected), (query, found)
        assert all(words in line for words, line in zip(expected, found, strict=True)), query
    assert "No entry matches" in browser.get(f"{AUDIT}?to=1999-01-01").text
    for nonsense in ("user=x", "action=dancing", "from=yesterday", "page-key=x"):
        assert browser.get(f"{AUDIT}?{nonsense}").status_code == 400, nonsense
    for extreme in ("from=0001-01-01&to=9999-12-31", "to=0001-01-01", "from=9999-12-31"):
        assert browser.get(f"{AUDIT}?{extreme}").status_code == 200, extreme


def test_pages_go_on_where_the_last_one_ended_with_equal_cost(client_of: Sign, alice: Viewer) -> None:
    write(alice, *(f"Team {number:03}" for number in range(PAGE_SIZE + 10)))
    browser = client_of(alice)
    first = browser.get(f"{AUDIT}?action=team_created")
    write(alice, "Written while somebody reads")
    older = read(first.text).one("nav", css="pager").one("a")["href"]
    with count_queries() as queries:
        second = browser.get(older)
    assert len(queries) <= 3, queries
    assert "action=team_created" in older
    shown = [line for text in (first.text, second.text) for line in lines(text) if "Team 0" in line]
    assert len(shown) == len(set(shown)) == PAGE_SIZE + 10


def test_export_holds_what_the_filters_let_through_and_no_formulas(client_of: Sign, alice: Viewer) -> None:
    write(alice, "=1+1", "West")
    browser = client_of(alice)
    answer = browser.post(f"{AUDIT}/export", data={"action": "team_created"})
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[3] for row in rows[1:3]] == ["West", "'=1+1"]
    assert {row[2] for row in rows[1:]} == {"Created a team"}
    assert "Exported the audit log" in lines(browser.get(AUDIT).text)[0]


@pytest.mark.parametrize(
    ("rights", "read_status", "export_status"),
    [
        ((), 403, 403),
        ((AccountRight.EXPORT,), 403, 403),
        ((AccountRight.ACCOUNT_ACCESS,), 200, 403),
        ((AccountRight.ACCOUNT_ACCESS, AccountRight.EXPORT), 200, 200),
    ],
)
def test_reading_and_exporting_are_two_rights(
    app: Flask, client_of: Sign, bob: Viewer, rights: tuple[AccountRight, ...], read_status: int, export_status: int
) -> None:
    give(*rights)
    browser = client_of(bob)
    answer = browser.get(AUDIT)
    assert answer.status_code == read_status
    assert ("Export as CSV" in answer.text) is (export_status == 200)
    assert browser.post(f"{AUDIT}/export").status_code == export_status


def test_sign_in_sign_out_and_failures_are_told(
    client: FlaskClient, client_of: Sign, alice: Viewer, bob: Viewer
) -> None:
    wrong = {"email": bob.email, "password": "a guess at it"}
    client.post("/login", data=wrong, headers={"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"})
    client.post("/login", data={"email": "my-secret-password", "password": bob.email})
    client.post("/login", data={"email": bob.email, "password": "quiet-harbour-lantern-41"})
    client.post("/logout")
    told = lines(client_of(alice).get(AUDIT).text)
    assert told[0].startswith("Bob Stone Signed out")
    assert told[1].startswith("Bob Stone Signed in")
    assert told[2].startswith("Somebody unknown Sign-in failed Address: 127.0.0.1")
    assert told[3].startswith("Somebody unknown Sign-in failed : Bob Stone Address: 127.0.0.1")
    assert not any("secret" in one for one in told)
