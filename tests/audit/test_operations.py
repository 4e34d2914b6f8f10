"""The audit log takes entries and gives none back."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from time_machine import Traveller

from crm.audit.actions import DETAIL_LABELS, LABELS, Action
from crm.audit.models import AuditEntry
from crm.audit.operations import MOST_FAILED, About, Kind, record, record_failed_sign_in
from crm.db import db, unit_of_work
from crm.permissions.viewer import Viewer


def actions() -> list[str]:
    return list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))


def test_entry_keeps_the_names_of_its_moment(app: Flask, alice: Viewer) -> None:
    with unit_of_work():
        record(alice, Action.TEAM_RENAMED, About(Kind.TEAM, 7, "North"), {"name": "North → Nord", "team": ""})
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.actor_id, entry.actor_name, entry.about_name) == (alice.user_id, alice.name, "North")
    assert entry.details == '{"name": "North → Nord"}'


def test_entry_of_a_unit_that_fails_is_not_kept(app: Flask, alice: Viewer) -> None:
    before = actions()
    with pytest.raises(RuntimeError), unit_of_work():
        record(alice, Action.TEAM_CREATED)
        raise RuntimeError
    assert actions() == before


@pytest.mark.parametrize(
    "change",
    [sa.update(AuditEntry).values(actor_name="Somebody else"), sa.delete(AuditEntry)],
    ids=["update", "delete"],
)
def test_database_refuses_to_change_or_delete_entries(app: Flask, alice: Viewer, change: sa.Executable) -> None:
    with unit_of_work():
        record(alice, Action.TEAM_CREATED)
    before = actions()
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), unit_of_work():
        db.session.execute(change.execution_options(synchronize_session=False))
    assert actions() == before


def test_flood_of_failed_sign_ins_ends_in_one_line_an_hour(app: Flask, clock: Traveller) -> None:
    start = len(actions())
    with unit_of_work():
        for _ in range(MOST_FAILED + 50):
            record_failed_sign_in(None, {"address": "192.0.2.1"})
    assert actions()[start:] == [Action.SIGN_IN_FAILED] * MOST_FAILED + [Action.SIGN_IN_FLOOD]
    clock.shift(timedelta(hours=2))
    with unit_of_work():
        record_failed_sign_in(None, {})
    assert actions()[-1] == Action.SIGN_IN_FAILED


def test_every_action_and_detail_has_words() -> None:
    assert set(LABELS) == set(Action)
    assert all(DETAIL_LABELS.values())
