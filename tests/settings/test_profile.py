"""/settings/profile: one's own name, password and signed-in browsers."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts.models import UserSession
from crm.accounts.operations import change_password
from crm.accounts.queries import viewer_for
from crm.accounts.throttle import PER_ACCOUNT
from crm.audit.models import AuditEntry
from crm.db import db, unit_of_work
from crm.permissions.viewer import Viewer
from crm.settings.devices import device_of
from tests.support import cast
from tests.support.html import read

NEW = "seven-lemons-on-a-barge"
Sign = Callable[[Viewer], FlaskClient]


def typed(**values: str) -> dict[str, str]:
    return {"current_password": cast.PASSWORD, "password": NEW, "password_again": NEW} | values


def sessions_of(viewer: Viewer) -> int:
    count = sa.select(sa.func.count()).select_from(UserSession).where(UserSession.user_id == viewer.user_id)
    return db.session.execute(count).scalar_one()


def last_action() -> str | None:
    return db.session.scalar(sa.select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(1))


def test_name_and_time_zone_are_stored(client_of: Sign, bob: Viewer) -> None:
    browser = client_of(bob)
    answer = browser.post("/settings/profile", data={"name": " Bob  T. Stone ", "time_zone": "Asia/Taipei"})
    assert answer.location == "/settings/profile"
    now = viewer_for(bob.user_id or 0)
    assert (now.name, now.time_zone) == ("Bob T. Stone", "Asia/Taipei")
    told = sa.select(AuditEntry.details).where(AuditEntry.action == "user_changed")
    assert db.session.scalars(told).all() == ['{"name": "Bob Stone → Bob T. Stone"}']


@pytest.mark.parametrize(
    ("field", "value"), [("name", " "), ("name", "x" * 101), ("time_zone", "Mars/Olympus"), ("locale", "tlh")]
)
def test_what_cannot_be_taken_is_kept_and_told(client_of: Sign, bob: Viewer, field: str, value: str) -> None:
    form = {"name": "Robert", "time_zone": "Asia/Taipei"} | {field: value}
    answer = client_of(bob).post("/settings/profile", data=form)
    assert answer.status_code == 422
    assert read(answer.text).all("p", css="notice")
    assert viewer_for(bob.user_id or 0).name == bob.name
    if field == "name":
        page = read(answer.text)
        assert page.one("input", id="name")["value"] == value
        assert page.one(id="name-hint").text


def test_new_password_lets_in_and_ends_all_other_sessions(client: FlaskClient, client_of: Sign, bob: Viewer) -> None:
    browser, other = client_of(bob), client_of(bob)
    assert browser.post("/settings/profile/password", data=typed()).location == "/settings/profile"
    assert browser.get("/settings/profile").status_code == 200
    assert other.get("/settings/profile").status_code == 303
    assert last_action() == "password_changed"
    assert client.post("/login", data={"email": bob.email, "password": cast.PASSWORD}).status_code == 422
    assert client.post("/login", data={"email": bob.email, "password": NEW}).status_code == 303


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("current_password", "not-his-password"),
        ("password", "short"),
        ("password", "password1234"),
        ("password", "bob-stone-bob-stone"),
        ("password_again", "something else"),
    ],
)
def test_password_that_cannot_be_taken_changes_nothing(client_of: Sign, bob: Viewer, field: str, value: str) -> None:
    browser, other = client_of(bob), client_of(bob)
    answer = browser.post("/settings/profile/password", data=typed(**{field: value}))
    assert answer.status_code == 422
    page = read(answer.text)
    assert page.one(id=f"{field}-hint").one("span").text
    assert all(not one.attributes.get("value") for one in page.all("input", type="password"))
    assert other.get("/settings/profile").status_code == 200


def test_guessing_the_current_password_is_slowed_down(client_of: Sign, bob: Viewer) -> None:
    browser = client_of(bob)
    for _ in range(PER_ACCOUNT):
        browser.post("/settings/profile/password", data=typed(current_password="a guess"))
    answer = browser.post("/settings/profile/password", data=typed())
    assert "Too many tries" in answer.text
    assert answer.status_code == 422


def test_browsers_are_listed_and_signed_out_one_by_one_and_all_others(client_of: Sign, bob: Viewer) -> None:
    browser, others = client_of(bob), [client_of(bob), client_of(bob)]
    page = read(browser.get("/settings/profile").text)
    rows = page.all("li", css="settings-row")
    assert len(rows) == 3
    assert "This browser" in rows[0].text
    browser.post(rows[2].one("form")["action"])
    assert sorted(one.get("/settings/profile").status_code for one in others) == [200, 303]
    assert last_action() == "session_ended"
    browser.post("/settings/profile/sessions")
    assert sessions_of(bob) == 1
    assert browser.get("/settings/profile").status_code == 200
    assert "Sign out all other browsers" not in browser.get("/settings/profile").text


def test_nobody_signs_out_the_browsers_of_others(client_of: Sign, alice: Viewer, bob: Viewer) -> None:
    browser, other = client_of(alice), client_of(bob)
    theirs = db.session.scalar(sa.select(UserSession.id).where(UserSession.user_id == bob.user_id))
    assert browser.post(f"/settings/profile/sessions/{theirs}").status_code == 404
    assert other.get("/settings/profile").status_code == 200


def test_whoever_has_no_password_sets_one_without(app: Flask, client_of: Sign, bob: Viewer) -> None:
    with unit_of_work():
        change_password(bob, bob.user_id or 0, None)  # type: ignore[arg-type]
    browser = client_of(bob)
    assert not read(browser.get("/settings/profile").text).all("input", id="current_password")
    assert browser.post("/settings/profile/password", data=typed(current_password="")).status_code == 303


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5.0", "curl"),
        ("", "Unknown device"),
    ],
)
def test_devices_are_named_by_browser_and_system(user_agent: str, words: str) -> None:
    assert str(device_of(user_agent)) == words
