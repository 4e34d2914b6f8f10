"""Reminding people of tasks and meetings: each reminder is a job that waits for its moment (SPEC 7.3, 8.2)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.activities.queries import ActivityRow, read_activity
from crm.activities.reminders import PROPERTIES, reminded_users, reminder_moments
from crm.clock import now
from crm.db import db, unit_of_work
from crm.events import ActivityCreated, ActivityRestored, ActivityUpdated
from crm.jobs.queue import enqueue
from crm.notifications.telling import tell
from crm.notifications.topics import Told
from crm.permissions.errors import NotFound
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import SYSTEM
from crm.records.models import Record

REMIND = "remind"
TOPIC = "reminder"


def on_activity_created(event: ActivityCreated) -> None:
    """Have people reminded of what was just made."""
    _plan(event.activity)


def on_activity_updated(event: ActivityUpdated) -> None:
    """Have people reminded at other moments; those planned before find that they are no longer wanted."""
    if PROPERTIES & event.changed:
        _plan(read_activity(event.activity_id))


def on_activity_restored(event: ActivityRestored) -> None:
    """Have people reminded again of what came back."""
    _plan(read_activity(event.activity_id))


def _plan(activity: ActivityRow) -> None:
    for moment in reminder_moments(activity):
        if moment > now():
            key = f"{activity.id}:{moment.isoformat()}"
            payload = {"activity_id": activity.id, "at": moment.isoformat()}
            enqueue(REMIND, payload, run_at=moment, unique_key=key)


def remind(payload: Mapping[str, Any]) -> None:
    """The job: tell whoever is to be reminded, if the activity is still there and still to be reminded of now."""
    moment = datetime.fromisoformat(payload["at"])
    with unit_of_work():
        activity = _live(payload["activity_id"])
        if activity is None or moment not in reminder_moments(activity):
            return
        for user_id in reminded_users(activity):
            tell(TOPIC, SYSTEM, Told(user_id, activity_id=activity.id, data={"kind": activity.kind}))


def _live(activity_id: int) -> ActivityRow | None:
    live = sa.select(Record.id).where(Record.id == activity_id, Record.archived_at.is_(None))
    try:
        found = db.session.scalar(unguarded(live, "those who are told are asked for their rights"))
        return None if found is None else read_activity(activity_id)
    except NotFound:
        return None
