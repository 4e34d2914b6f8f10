"""The tick box that makes a task of what follows from a note, call, e-mail or meeting (SPEC 1.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, request

from crm.activities.types.base import ActivityType, in_business_days
from crm.activities.views import blueprint
from crm.clock import now
from crm.messages import N_, Message
from crm.permissions.actions import Verb
from crm.properties.types.cleaning import clean_line
from crm.records.errors import InvalidInput
from crm.records.queries import RecordRow
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.htmx import is_fragment, redirect_to, render

KINDS = frozenset({"note", "call", "email", "meeting"})
DAYS = 3
DAYS_FIELD = "follow_up_days"
TITLE_FIELD = "follow_up_title"
HOUR = 8
LONGEST_TITLE = 1_000
IN_DAYS = N_("The follow-up is due in 1 to 365 business days.")
NO_TITLE = N_("The follow-up needs a title of at most %(limit)s characters.")


@dataclass(frozen=True)
class FollowUp:
    """The task to follow up with as the form shows it; `due` is UTC, None when `days` are no number of days."""

    is_ticked: bool
    title: str
    days: str
    due: datetime | None
    errors: Mapping[str, Message]


@blueprint.get("/activities/follow-up")
@requires(SIGNED_IN)
def follow_up_due() -> Response:
    """When a task is due that follows in `?follow_up_days=`, in the reader's zone."""
    if not is_fragment():
        return redirect_to("/")
    due = _due(request.args.get(DAYS_FIELD, ""))
    return render("activities/_follow_up_due.html", "activities/_follow_up_due.html", due=due)


def offered_follow_up(record: RecordRow, kind: ActivityType, errors: Mapping[str, Message]) -> FollowUp | None:
    """What the composer offers; None where no task can follow."""
    if kind.name not in KINDS or not viewer().may("task", Verb.CREATE) or not record.type.takes("task"):
        return None
    days = request.form.get(DAYS_FIELD, str(DAYS))
    title = request.form.get(TITLE_FIELD, _title(record))
    own = {name: error for name, error in errors.items() if name in (DAYS_FIELD, TITLE_FIELD)}
    return FollowUp(request.form.get("follow_up") == "true", title, days, _due(days), own)


def sent_follow_up(record: RecordRow, kind: ActivityType) -> dict[str, Any] | None:
    """The values of the task that was asked for, None for no task; raises InvalidInput."""
    if kind.name not in KINDS or request.form.get("follow_up") != "true":
        return None
    due = _due(request.form.get(DAYS_FIELD, ""))
    if due is None:
        raise InvalidInput({DAYS_FIELD: Message(IN_DAYS)})
    title = clean_line(request.form.get(TITLE_FIELD, _title(record)))
    if not title or len(title) > LONGEST_TITLE:
        raise InvalidInput({TITLE_FIELD: Message(NO_TITLE, limit=f"{LONGEST_TITLE:,}")})
    return {"title": title, "activity_date": due}


def _title(record: RecordRow) -> str:
    return str(reading_context().translate(Message(N_("Follow up with %(record)s"), record=record.title)))


def _due(text: str) -> datetime | None:
    text = text.strip()
    if not text.isascii() or not text.isdecimal() or len(text) > 3 or not 1 <= int(text) <= 365:
        return None
    return in_business_days(now(), reading_context().time_zone, int(text), HOUR)
