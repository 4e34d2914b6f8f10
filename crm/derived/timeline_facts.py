"""What a record's timeline says of it, in its own columns: dates and numbers of activities (SPEC 2.7, 0.2).

Every change of an activity sets them at once, in one statement for each object; only what the kind of activity can
change is looked at, and a new activity is added to numbers without counting the others. Without history and without
a new version of the record.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.activities.types import activity_types
from crm.db import db
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.statements import one_of
from crm.timeline.entry_rows import ENTRY
from crm.timeline.queries import NOW, is_upcoming

LAST_ACTIVITY, LAST_CONTACTED = "notes_last_updated", "notes_last_contacted"
NEXT_ACTIVITY = "notes_next_activity_date"
ACTIVITIES, CONTACTED = "num_notes", "num_contacted_notes"

MESSAGES = ("linkedin_message", "sms", "whatsapp")
INCOMING = ("INCOMING_EMAIL", "INBOUND")
NOT_HELD = ("NO_SHOW", "CANCELED")

Value = Callable[[sa.Table], Any]
Added = Callable[[Any], Any]


@dataclass(frozen=True)
class Fact:
    """One property the timeline gives: its `value` for the rows of an object's table.

    Only activities of these `kinds` change it, or all when there are none. `added` answers what becomes of the stored
    value by MORE activities of one kind, where that can be told without the others.
    """

    name: str
    value: Value
    kinds: tuple[str, ...] = ()
    added: Added | None = None

    def concerns(self, kind: str | None) -> bool:
        """Whether an activity of this kind can change it; of an unknown kind (None) any can."""
        return kind is None or not self.kinds or kind in self.kinds


MORE = sa.bindparam("more", type_=sa.Integer)
"""How many activities came to a record; below nought, how many left it."""
HELD = sa.bindparam("held", type_=sa.Integer)
"""How many of them have happened already and do not lie ahead."""


def facts_of(object_type: ObjectType) -> list[Fact]:
    """What the timeline gives the records of an object: the facts that it has properties for."""
    return [fact for fact in _facts() if fact.name in object_type.properties]


def _facts() -> list[Fact]:
    contacts = tuple(kind.name for kind in activity_types if kind.is_contact)
    outreach = ("email", "call", "meeting", *MESSAGES)
    return [
        Fact(LAST_ACTIVITY, lambda table: _moment(_past(table))),
        Fact(NEXT_ACTIVITY, lambda table: _moment(_to_come(table))),
        Fact(ACTIVITIES, _count, added=lambda stored: stored + MORE),
        Fact(LAST_CONTACTED, lambda table: _newest(_past(table, kind) for kind in contacts), contacts),
        Fact(CONTACTED, lambda table: _count(table, contacts), contacts, added=lambda stored: stored + HELD),
        Fact("hs_last_sales_activity_timestamp", _last_engagement, ("email", "call", "meeting")),
        Fact("hs_lead_call_count", lambda table: _count(table, ("call",), held_only=False), ("call",)),
        Fact("hs_lead_email_count", lambda table: _count(table, ("email",), held_only=False), ("email",)),
        Fact("hs_lead_meeting_count", lambda table: _count(table, ("meeting",), held_only=False), ("meeting",)),
        Fact("hs_lead_first_outreach_date", lambda table: _oldest(_outgoing(table, outreach)), outreach),
        Fact("hs_last_message_received_at", lambda table: _newest(_incoming(table)), ("email", *MESSAGES)),
        Fact("hs_time_to_first_response", _first_response, ("email", *MESSAGES)),
    ]


def _entries(table: sa.Table, *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The activities on the timeline of the record of a row of `table`."""
    on_record = (ENTRY.c.record_id == table.c.record_id, ENTRY.c.activity_id.is_not(None))
    return sa.select(ENTRY.c.id).where(*on_record, *conditions).correlate(table)


def _past(table: sa.Table, kind: str | None = None) -> sa.Select[Any]:
    of_kind = () if kind is None else (ENTRY.c.kind == kind,)
    return _entries(table, sa.not_(is_upcoming()), *of_kind).order_by(ENTRY.c.moment.desc()).limit(1)


def _to_come(table: sa.Table) -> sa.Select[Any]:
    return _entries(table, ENTRY.c.is_open, ENTRY.c.moment >= NOW).order_by(ENTRY.c.moment).limit(1)


def _moment(entries: sa.Select[Any]) -> Any:
    return entries.with_only_columns(ENTRY.c.moment).scalar_subquery()


def _newest(branches: Any) -> Any:
    """The latest moment of the entries that the branches find, one each.

    The newest of each kind is one step in an index; asked for all kinds at once, a database walks back through the
    whole timeline of a record that has only notes.
    """
    found = ENTRY.alias()
    ids = [branch.scalar_subquery() for branch in branches]
    extreme = sa.func.max(found.c.moment, type_=ENTRY.c.moment.type)
    return sa.select(extreme).where(found.c.id.in_(ids)).scalar_subquery()


def _oldest(branches: Any) -> Any:
    """The earliest moment of the entries that the branches find, one each."""
    found = ENTRY.alias()
    ids = [branch.scalar_subquery() for branch in branches]
    extreme = sa.func.min(found.c.moment, type_=ENTRY.c.moment.type)
    return sa.select(extreme).where(found.c.id.in_(ids)).scalar_subquery()


def _count(table: sa.Table, kinds: Sequence[str] = (), held_only: bool = True) -> Any:
    """How many activities there are of all kinds, or of some; of some only those that do not lie ahead."""
    conditions = [one_of(ENTRY.c.kind, kinds)] if kinds else []
    if kinds and held_only:
        conditions.append(sa.not_(is_upcoming()))
    return _entries(table, *conditions).with_only_columns(sa.func.count()).scalar_subquery()


def _of_kind(table: sa.Table, kind: str, condition: Callable[[ObjectType], sa.ColumnElement[bool]]) -> sa.Select[Any]:
    """The past entries of one kind whose activity meets a condition on its own values."""
    known = activity_types.get(kind)
    activity = schema().object_type(known.object_type if known else kind)
    own = sa.select(sa.literal(1)).where(activity.table.c.record_id == ENTRY.c.activity_id, condition(activity))
    return _entries(table, sa.not_(is_upcoming()), ENTRY.c.kind == kind, own.correlate(ENTRY).exists())


def _last_engagement(table: sa.Table) -> Any:
    """The last time somebody answered: a mail received, a call connected, a meeting that took place (SPEC 0.2)."""
    answers = (
        _of_kind(table, "email", lambda email: email.column("direction") == "INCOMING_EMAIL"),
        _of_kind(table, "call", lambda call: call.column("outcome") == "CONNECTED"),
        _of_kind(table, "meeting", lambda one: sa.func.coalesce(one.column("outcome"), "").not_in(NOT_HELD)),
    )
    return _newest(one.order_by(ENTRY.c.moment.desc()).limit(1) for one in answers)


def _is_outgoing(activity: ObjectType) -> sa.ColumnElement[bool]:
    if "direction" not in activity.properties:
        return sa.true()
    return sa.func.coalesce(activity.column("direction"), "").not_in(INCOMING)


def _outgoing(table: sa.Table, kinds: Sequence[str], *conditions: sa.ColumnElement[bool]) -> list[sa.Select[Any]]:
    found = [_of_kind(table, kind, _is_outgoing).where(*conditions) for kind in kinds]
    return [one.order_by(ENTRY.c.moment).limit(1) for one in found]


def _incoming(table: sa.Table) -> list[sa.Select[Any]]:
    found = [_of_kind(table, kind, lambda one: sa.not_(_is_outgoing(one))) for kind in ("email", *MESSAGES)]
    return [one.order_by(ENTRY.c.moment.desc()).limit(1) for one in found]


def _first_response(table: sa.Table) -> Any:
    """Milliseconds from the making of a ticket to the first mail or message that went out after it."""
    later = ENTRY.c.moment >= table.c.created_at
    return _milliseconds(table.c.created_at, _oldest(_outgoing(table, ("email", *MESSAGES), later)))


def _milliseconds(start: Any, end: Any) -> Any:
    if db.engine.dialect.name == "sqlite":
        days = sa.func.julianday(end, type_=sa.Float) - sa.func.julianday(start, type_=sa.Float)
        return sa.func.round(days * 86_400_000)
    return sa.func.round(sa.extract("epoch", end - start) * 1000)
