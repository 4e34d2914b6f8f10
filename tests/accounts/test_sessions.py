"""Signed-in browsers."""

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from time_machine import Traveller

from crm.accounts import operations
from crm.accounts.managing import UserChange, change_user, deactivate
from crm.accounts.models import UserSession
from crm.accounts.sessions import LIFETIME, end_session, start_session, viewer_of_session
from crm.db import db, stamps, unit_of_work
from crm.permissions.viewer import Viewer
from tests.support.queries import count_queries


def begin(person: Viewer) -> str:
    assert person.user_id
    with unit_of_work():
        return start_session(person.user_id, "a browser", "127.0.0.1")


def test_a_session_brings_the_viewer_and_all_stamps_in_one_query(app: Flask, bob: Viewer) -> None:
    token = begin(bob)
    viewer_of_session(token)
    db.session.rollback()
    with count_queries() as queries:
        assert viewer_of_session(token) == bob
        assert stamps()
    assert len(queries) == 1, queries


def test_the_token_itself_is_not_stored(app: Flask, bob: Viewer) -> None:
    token = begin(bob)
    stored = db.session.execute(sa.select(UserSession.token_hash)).scalars().all()
    assert token not in stored
    assert all(len(value) == 64 for value in stored)


def test_nobody_is_signed_in_with_a_made_up_token(app: Flask, bob: Viewer) -> None:
    assert viewer_of_session("made-up") is None
    assert viewer_of_session("") is None


def test_a_session_ends_after_thirty_days_used_or_not(app: Flask, bob: Viewer, clock: Traveller) -> None:
    token = begin(bob)
    clock.shift(LIFETIME - timedelta(seconds=1))
    assert viewer_of_session(token) is not None
    clock.shift(timedelta(seconds=1))
    assert viewer_of_session(token) is None


def test_signing_out_ends_one_session_only(app: Flask, bob: Viewer) -> None:
    first, second = begin(bob), begin(bob)
    with unit_of_work():
        end_session(first)
    assert viewer_of_session(first) is None
    assert viewer_of_session(second) is not None


def test_a_new_password_ends_all_sessions(app: Flask, bob: Viewer, charlie: Viewer) -> None:
    tokens, other = [begin(bob), begin(bob)], begin(charlie)
    with unit_of_work():
        operations.change_password(bob, bob.user_id or 0, "a hash")
    assert [viewer_of_session(token) for token in tokens] == [None, None]
    assert viewer_of_session(other) is not None


def test_changed_rights_end_all_sessions(app: Flask, alice: Viewer, bob: Viewer) -> None:
    token = begin(bob)
    view_only = operations.permission_set_id(operations.VIEW_ONLY)
    with unit_of_work():
        change_user(alice, bob.user_id or 0, UserChange(bob.name, bob.email, bob.team_id, view_only))
    assert viewer_of_session(token) is None


def test_deactivation_ends_all_sessions(app: Flask, alice: Viewer, bob: Viewer) -> None:
    token = begin(bob)
    with unit_of_work():
        deactivate(alice, bob.user_id or 0)
    assert viewer_of_session(token) is None
