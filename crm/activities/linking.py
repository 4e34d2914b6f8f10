"""Putting many activities on records at once, and taking them off: a few statements however many (SPEC 6.8-6.9).

Nothing is asked here about rights: the caller has locked the activities and then found them and the records through
the gate.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from crm.activities.auto_associate import MOST_LINKS
from crm.activities.models import ActivityLink
from crm.associations.history import ACTIVITY, Change, Linked, write_link_history
from crm.clock import now
from crm.db import db
from crm.events import ManyLinksChanged, publish
from crm.permissions.scopes import guarded, unguarded, visible_to
from crm.permissions.viewer import Viewer
from crm.records.models import Record

LINK: sa.Table = ActivityLink.__table__  # type: ignore[assignment]
Pair = tuple[int, int]
"""An activity and a record."""


@dataclass(frozen=True)
class NewLink:
    """An activity to be put on a record; `source` and `detail` say why, as in crm/activities/reasons.py."""

    activity_id: int
    record_id: int
    source: str
    detail: str = ""


@dataclass(frozen=True)
class LinkedMany:
    """The pairs that are new, and the activities that were on as many records as one may be on."""

    pairs: Sequence[Pair]
    full: Collection[int] = ()


def link_many(actor: Viewer, wanted: Sequence[NewLink]) -> LinkedMany:
    """Put activities on records, each at its original time; what is there already stays as it is."""
    on_records = _on_records({one.activity_id for one in wanted})
    there = _there([(one.activity_id, one.record_id) for one in wanted])
    added: dict[Pair, NewLink] = {}
    room = {activity_id: MOST_LINKS - amount for activity_id, (amount, _files) in on_records.items()}
    full = set()
    for one in wanted:
        pair = (one.activity_id, one.record_id)
        if pair in there or pair in added or one.activity_id not in room:
            continue
        if room[one.activity_id] < 1:
            full.add(one.activity_id)
            continue
        room[one.activity_id] -= 1
        added[pair] = one
    _insert(actor, added.values(), {activity_id for activity_id, (_amount, files) in on_records.items() if files})
    if added:
        publish(ManyLinksChanged(actor, added=tuple(added)))
    return LinkedMany(tuple(added), full)


def _on_records(activity_ids: Collection[int]) -> dict[int, tuple[int, bool]]:
    """On how many records each activity is, and whether it has files."""
    files = sa.func.max(sa.cast(LINK.c.has_files, sa.Integer))
    counted = sa.select(LINK.c.activity_id, sa.func.count(), files).where(LINK.c.activity_id.in_(activity_ids))
    rows = db.session.execute(unguarded(counted.group_by(LINK.c.activity_id), "the limit counts hidden records too"))
    return {activity_id: (amount, bool(has_files)) for activity_id, amount, has_files in rows.tuples()}


def _there(pairs: Sequence[Pair]) -> set[Pair]:
    if not pairs:
        return set()
    found = sa.select(LINK.c.activity_id, LINK.c.record_id).where(_among(pairs))
    rows = db.session.execute(unguarded(found, "the activities and records are in hand")).tuples()
    return {(activity_id, record_id) for activity_id, record_id in rows}


def _among(pairs: Collection[Pair]) -> sa.ColumnElement[bool]:
    """The condition that a link is one of the pairs; the activities are named besides, for SQLite to use an index."""
    both = sa.tuple_(LINK.c.activity_id, LINK.c.record_id).in_(list(pairs))
    return sa.and_(LINK.c.activity_id.in_({activity_id for activity_id, _record_id in pairs}), both)


def _insert(actor: Viewer, links: Collection[NewLink], with_files: Collection[int]) -> None:
    moment = now()
    rows = [
        {
            "activity_id": one.activity_id,
            "record_id": one.record_id,
            "source": one.source,
            "source_detail": one.detail,
            "actor_id": actor.user_id,
            "moment": moment,
            "has_files": one.activity_id in with_files,
        }
        for one in links
    ]
    if rows:
        db.session.execute(sa.insert(LINK), rows)
    told = (Linked(one.activity_id, one.record_id, ACTIVITY, one.source, one.detail) for one in links)
    write_link_history(actor, Change.ADDED, told, moment)


def unlink_many(actor: Viewer, pairs: Collection[Pair], source: str, detail: str = "") -> LinkedMany:
    """Take activities off records; which pairs are gone, and the activities that would have been on no record then.

    As when a person takes one off: hidden records do not count, the actor must keep seeing each activity (SPEC 6.9).
    """
    if not pairs:
        return LinkedMany(())
    activity_ids = {activity_id for activity_id, _record_id in pairs}
    last = activity_ids - _staying(actor, activity_ids, pairs)
    going = [pair for pair in pairs if pair[0] not in last]
    if not going:
        return LinkedMany((), last)
    deleted = sa.delete(LINK).where(_among(going)).returning(LINK.c.activity_id, LINK.c.record_id)
    gone = [(activity_id, record_id) for activity_id, record_id in db.session.execute(deleted)]
    links = [Linked(activity_id, record_id, ACTIVITY, source, detail) for activity_id, record_id in gone]
    write_link_history(actor, Change.REMOVED, links)
    _unpin(gone)
    if gone:
        publish(ManyLinksChanged(actor, removed=tuple(gone)))
    return LinkedMany(gone, last)


def _staying(actor: Viewer, activity_ids: Collection[int], pairs: Collection[Pair]) -> set[int]:
    """The activities that are on other records too, which the actor may see."""
    # Asked of each activity by itself: one that is on very many records is answered for by the first of them.
    activity = Record.__table__.alias("activity")
    other = (
        sa.select(sa.literal(1))
        .select_from(LINK.join(Record, Record.id == LINK.c.record_id))
        .where(LINK.c.activity_id == activity.c.id, sa.not_(_among(pairs)), visible_to(actor))
        .correlate(activity)
    )
    staying = sa.select(activity.c.id).where(activity.c.id.in_(activity_ids), other.exists())
    return set(db.session.scalars(guarded(staying, actor)))


def _unpin(pairs: Sequence[Pair]) -> None:
    record = Record.__table__
    pinned = sa.tuple_(record.c.pinned_activity_id, record.c.id).in_(pairs)
    changed = sa.update(record).where(record.c.id.in_({record_id for _activity_id, record_id in pairs}), pinned)
    db.session.execute(changed.values(pinned_activity_id=None))
