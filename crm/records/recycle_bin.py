"""What was deleted within 90 days and can come back: one page of it, and many at once (SPEC 4.7)."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Any

import sqlalchemy as sa

from crm.clock import now
from crm.db import db, unit_of_work
from crm.jobs.models import Job, State
from crm.jobs.queue import enqueue
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.permissions.scopes import covered, guarded, on_visible_record, unguarded
from crm.permissions.viewer import Viewer
from crm.records.counts import bounded_text
from crm.records.deletions import KEPT
from crm.records.errors import InvalidInput
from crm.records.identifiers import holders, identified_by, identifiers_in
from crm.records.models import Record, RecordDeletion
from crm.records.operations import restore_record
from crm.records.page_moments import Place, beyond, read_place
from crm.records.unique_values import taken_message
from crm.statements import among

RESTORE = "restore_records"
"""The kind of job that restores many."""

AT_ONCE = 25
"""How many are restored while the reader waits; more are left to a job."""

MOST = 10_000
COUNT_LIMIT = 10_000
HELD_BY_NAME = N_("%(name)s has %(value)s now.")
HELD_BY_ANOTHER = N_("Another record has %(value)s now.")
SEVERAL = N_("Restore at most %(most)s records at a time.")


@dataclass(frozen=True)
class Deleted:
    """One deleted record; `actor_id` is who deleted it."""

    record_id: int
    display_name: str
    actor_id: int | None
    moment: datetime

    @property
    def title(self) -> str:
        """Its display name, or "#51" while it has none."""
        return self.display_name or f"#{self.record_id}"

    @property
    def days_left(self) -> int:
        """How many days it still can be restored, the begun one counted."""
        return max(0, ceil((self.moment + KEPT - now()) / timedelta(days=1)))


@dataclass(frozen=True)
class BinPage:
    """One page of the bin, the newest deletion first; `next_key` opens the next, None on the last."""

    rows: Sequence[Deleted]
    count: int
    next_key: str | None

    @property
    def count_text(self) -> str:
        """How many there are in all, for people."""
        return bounded_text(self.count, COUNT_LIMIT)


@dataclass
class Restored:
    """What came of restoring several: those that are back, and why the others are not, by id."""

    ids: list[int] = field(default_factory=list)
    refused: dict[int, Message] = field(default_factory=dict)


class _Columns:
    """What a page of the bin is ordered by."""

    moment = RecordDeletion.moment
    id = RecordDeletion.record_id


def bin_page(viewer: Viewer, object_type: ObjectType, words: str = "", key: str = "", limit: int = 50) -> BinPage:
    """What is in the bin of one object that the viewer may see, whose name has all `words` or whose id they are.

    The caller has asked for the rights of the bin. Raises InvalidValue for a key that is none.
    """
    columns = (Record.id, Record.display_name, RecordDeletion.actor_id, RecordDeletion.moment)
    where = _in_the_bin(viewer, object_type, words)
    page = sa.select(*columns).join_from(RecordDeletion, Record).where(*where, *beyond(_Columns, read_place(key)))
    page = page.order_by(RecordDeletion.moment.desc(), Record.id.desc()).limit(limit + 1)
    rows = [Deleted(*row) for row in db.session.execute(guarded(page, viewer)).tuples()]
    counted = sa.select(sa.literal(1)).join_from(RecordDeletion, Record).where(*where).limit(COUNT_LIMIT + 1)
    amount = sa.select(sa.func.count()).select_from(counted.subquery())
    shown = rows[:limit]
    next_key = str(Place(shown[-1].moment, shown[-1].record_id)) if len(rows) > limit else None
    return BinPage(shown, db.session.scalar(guarded(amount, viewer)) or 0, next_key)


def ids_in_bin(viewer: Viewer, object_type: ObjectType, words: str = "", limit: int = MOST) -> list[int]:
    """The ids of what is in the bin, the newest deletion first: for restoring all that a search finds."""
    ids = sa.select(Record.id).join_from(RecordDeletion, Record).where(*_in_the_bin(viewer, object_type, words))
    ordered = ids.order_by(RecordDeletion.moment.desc(), Record.id.desc()).limit(limit)
    return list(db.session.scalars(guarded(ordered, viewer)))


def titles_in_bin(viewer: Viewer, object_type: ObjectType, record_ids: Sequence[int]) -> dict[int, str]:
    """The names of those of some records that are in the bin, by id, in the order given."""
    ids = sa.select(Record.id, Record.display_name).join_from(RecordDeletion, Record)
    chosen = ids.where(Record.id.in_(record_ids), *_in_the_bin(viewer, object_type, ""))
    found = dict(db.session.execute(guarded(chosen, viewer)).tuples().all())
    return {one: found[one] or f"#{one}" for one in record_ids if one in found}


def _in_the_bin(viewer: Viewer, object_type: ObjectType, words: str) -> list[sa.ColumnElement[bool]]:
    found = [
        Record.object_type == object_type.name,
        Record.archived_at.is_not(None),
        Record.merged_into_id.is_(None),
        sa.not_(RecordDeletion.is_permanent),
        RecordDeletion.moment > now() - KEPT,
        covered(viewer, Verb.VIEW, Record.object_type, Record.owner_id),
    ]
    if object_type.is_activity and not viewer.is_super_admin:
        found.append(on_visible_record(viewer, Record.__table__))
    if words.isdecimal() and len(words) < 19:
        return [*found, sa.or_(Record.id == int(words), _named(words))]
    return [*found, *(_named(word) for word in words.split()[:10])]


def _named(word: str) -> sa.ColumnElement[bool]:
    """SQLite knows the capitals of a to z alone, so a word with other letters is looked for in each way to write it."""
    spellings = sorted({"".join(map(_small, one)) for one in (word.lower(), word.capitalize(), word.upper())})
    name = sa.func.lower(Record.display_name)
    return sa.or_(*(name.contains(one, autoescape=True) for one in spellings))


def _small(letter: str) -> str:
    return letter.lower() if letter.isascii() else letter


def why_not(viewer: Viewer, object_type: ObjectType, record_ids: Sequence[int]) -> dict[int, Message]:
    """Why some of these deleted records cannot come back as things are: a live one has their address; by id.

    Two queries for all of them. What else must be unique is looked at when somebody restores them.
    """
    known = identified_by(object_type)
    if known is None or not record_ids:
        return {}
    columns = {name: object_type.column(name).label(name) for name in (known.primary, known.additional)}
    table = object_type.table
    values = sa.select(table.c.record_id, *columns.values()).where(table.c.record_id.in_(record_ids))
    rows = db.session.execute(unguarded(values, "ids come from a guarded select")).mappings().all()
    wanted = {row["record_id"]: identifiers_in(object_type, row) for row in rows}
    held = holders(object_type.name, {value for values in wanted.values() for value in values})
    found: dict[int, Message] = {}
    for record_id, values_of_one in wanted.items():
        for value in values_of_one:
            for holder in held.get(value, ())[:1]:
                message = taken_message(viewer, object_type, holder, HELD_BY_NAME, HELD_BY_ANOTHER, value=value)
                found.setdefault(record_id, message)
    return found


def restore_each(
    actor: Viewer, record_ids: Iterable[int], restore: Callable[[Viewer, int], Any] = restore_record
) -> Restored:
    """Restore these records, each in a unit of work of its own: one that cannot come back holds up no other.

    `restore` is for activities, which come back another way.

    Those that are not in the bin (any more), or that the actor may not restore, count neither way.
    """
    done = Restored()
    for record_id in record_ids:
        try:
            with unit_of_work():
                restore(actor, record_id)
            done.ids.append(record_id)
        except InvalidInput as error:
            done.refused[record_id] = next(iter(error.errors.values()))
        except NotFound:
            continue
    return done


def restore_later(actor: Viewer, object_type: ObjectType, record_ids: Sequence[int]) -> None:
    """Have many restored by a job, inside a unit of work; raises InvalidValue for more than 10,000."""
    if len(record_ids) > MOST:
        raise InvalidValue(Message(SEVERAL, most=f"{MOST:,}"))
    payload = {"actor_id": actor.user_id, "ids": list(record_ids), "are_activities": object_type.is_activity}
    enqueue(RESTORE, payload)


def left_to_restore(actor: Viewer) -> int:
    """How many records of this person's jobs are still to be restored; 0 when none is at work."""
    open_jobs = sa.select(Job.payload).where(Job.kind == RESTORE, Job.state.in_((State.WAITING, State.RUNNING)))
    payloads: list[Mapping[str, Any]] = [json.loads(text) for text in db.session.scalars(open_jobs)]
    ids = [one for payload in payloads if payload["actor_id"] == actor.user_id for one in payload["ids"]]
    if not ids:
        return 0
    still = sa.select(sa.func.count()).select_from(RecordDeletion).where(among(RecordDeletion.record_id, "ids"))
    return db.session.scalar(unguarded(still, "a number about the reader's own job"), {"ids": ids}) or 0
