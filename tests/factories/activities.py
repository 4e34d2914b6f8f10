"""Logging activities, with values that are enough for each kind."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from crm.activities.comments import add_comment
from crm.activities.operations import create_activity
from crm.activities.origin import Origin
from crm.clock import now
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer


def sample_values(kind: str) -> dict[str, Any]:
    """Values that make a complete activity of this kind."""
    soon = now() + timedelta(days=1)
    return {
        "note": {"body": "<p>They like the samples.</p>"},
        "email": {"title": "Your offer", "body": "<p>Thank you for the offer.</p>", "direction": "EMAIL"},
        "call": {"title": "First call", "body": "<p>Asked for prices.</p>", "direction": "OUTBOUND"},
        "task": {"title": "Send prices", "activity_date": soon, "status": "NOT_STARTED"},
        "meeting": {"title": "Tasting", "activity_date": soon, "ends_at": soon + timedelta(hours=1)},
        "linkedin_message": {"body": "<p>Nice to meet you.</p>"},
        "sms": {"body": "<p>On my way.</p>"},
        "whatsapp": {"body": "<p>Here is the photo.</p>"},
        "postal_mail": {"body": "<p>Sent the catalogue.</p>"},
    }[kind]


def make_activity(
    actor: Viewer, kind: str, record_id: int, also_on: Collection[int] | None = None, **values: Any
) -> int:
    """An activity on a record and those the rules add; `also_on` chooses the others by hand instead."""
    end_read()
    with unit_of_work():
        return create_activity(actor, kind, sample_values(kind) | values, record_id, Origin(record_ids=also_on))


def make_note(actor: Viewer, record_id: int, body: str = "<p>They like the samples.</p>", **values: Any) -> int:
    """A note."""
    return make_activity(actor, "note", record_id, body=body, **values)


def make_call(actor: Viewer, record_id: int, **values: Any) -> int:
    """A logged call."""
    return make_activity(actor, "call", record_id, **values)


def make_email(actor: Viewer, record_id: int, **values: Any) -> int:
    """A logged e-mail."""
    return make_activity(actor, "email", record_id, **values)


def make_task(actor: Viewer, record_id: int, **values: Any) -> int:
    """An open task, due tomorrow."""
    return make_activity(actor, "task", record_id, **values)


def make_comment(actor: Viewer, activity_id: int, body: str = "Well done") -> int:
    """A comment on an activity."""
    end_read()
    with unit_of_work():
        return add_comment(actor, activity_id, body)
