"""When people were last seen is written beside the requests."""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from time_machine import Traveller

from crm.accounts import seen
from crm.accounts.models import UserAccount, UserSession
from crm.db import db, end_read
from crm.permissions.viewer import Viewer
from crm.web.seen import SeenWriter
from tests.conftest import NOON
from tests.support.queries import count_queries

Sign = Callable[[Viewer], FlaskClient]


def seen_at(viewer: Viewer) -> tuple[datetime | None, datetime | None]:
    """When the person was last seen, and when in their only session."""
    person = sa.select(UserAccount.last_seen_at).where(UserAccount.id == viewer.user_id)
    session = sa.select(UserSession.last_seen_at).where(UserSession.user_id == viewer.user_id)
    return db.session.execute(person).scalar_one(), db.session.execute(session).scalar_one()


def test_page_that_was_read_is_noted_and_written_later(
    app: Flask, client_of: Sign, bob: Viewer, clock: Traveller
) -> None:
    browser, writer = client_of(bob), SeenWriter(app)
    clock.shift(timedelta(minutes=5))
    with count_queries() as queries:
        browser.get("/settings")
    assert not [one for one in queries if one.startswith(("UPDATE", "INSERT"))]
    assert seen_at(bob) == (NOON, NOON)
    end_read()
    writer.write()
    assert seen_at(bob) == (NOON + timedelta(minutes=5),) * 2
    assert not seen.has_notes()


def test_session_that_ended_meanwhile_is_passed_over(app: Flask, client_of: Sign, bob: Viewer) -> None:
    browser = client_of(bob)
    browser.get("/settings")
    browser.post("/logout")
    end_read()
    SeenWriter(app).write()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(UserSession)) == 0
