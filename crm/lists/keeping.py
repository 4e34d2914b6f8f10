"""Keeping lists true: records that changed are looked at in batches, and whole lists when their filter is new.

What differs is found by reading alone, and found again under the lock of the list before it is written. So a change
that comes in between is never lost: it has noted its record, which is looked at once more.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

import sqlalchemy as sa

from crm.associations.link_types import association_types
from crm.associations.models import Association
from crm.clock import now
from crm.db import db, end_read, unit_of_work
from crm.filters.compiling import compile_filter
from crm.lists.membership import PENDING, WHY, count_live, grow, note_pending, on_which, put_on, set_size, take_off
from crm.lists.models import ANEW, ListState
from crm.lists.naming import is_timed
from crm.lists.operations import BY_FILTER, owner_eyes
from crm.lists.queries import LIST, MEMBER, ListRow, read_row
from crm.lists.watching import Watched, watched
from crm.messages import InvalidValue
from crm.permissions.errors import NotFound
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.statements import among

AT_ONCE = 1_000
"""How many noted records are looked at together."""
CHUNK = 2_000
"""How many records a list looks at in one statement."""
TIMED_EVERY = timedelta(hours=1)
EVERY = timedelta(days=1)
"""After so long every list is looked at as a whole: what nobody noted is right the next day."""
TOO_COMPLEX = "54"
"""What PostgreSQL's states begin with for a statement that is more than it can weigh."""
LINK: sa.Table = Association.__table__  # type: ignore[assignment]


class Wrong(NamedTuple):
    """Records that ought to be on a list, and records that ought not."""

    missing: Sequence[int]
    alien: Sequence[int]


class Broken(Exception):
    """The filter of a list means nothing, or there is nobody any more through whose eyes it could be read."""


def look_at_noted() -> bool:
    """Look at some of the records that were noted; whether there were any."""
    end_read()
    noted = db.session.execute(sa.select(PENDING).order_by(PENDING.c.id).limit(AT_ONCE)).all()
    if not noted:
        return False
    known = watched()
    by_type = _by_type({row.record_id for row in noted})
    for object_type, record_ids in by_type.items():
        for one in known.active.get(object_type, ()):
            true_up(one.id, record_ids)
        for one in known.through.get(object_type, ()):
            for some in _linked(object_type, one.object_type, record_ids):
                true_up(one.id, some)
    _count_static(known, [one for ids in by_type.values() for one in ids])
    end_read()
    with unit_of_work():
        db.session.execute(sa.delete(PENDING).where(PENDING.c.id.in_([row.id for row in noted])))
    return True


def build_some() -> bool:
    """Look at the next records of a list that is being built; whether there was one."""
    end_read()
    row = db.session.execute(sa.select(LIST).where(_is_building()).order_by(LIST.c.id).limit(1)).first()
    if row is None:
        return False
    one = read_row(row)
    if row.built_to == 0:
        _begin(one)
    table = one.type.table
    following = sa.select(table.c.record_id).where(table.c.record_id > row.built_to)
    ids = db.session.scalars(unguarded(following.order_by(table.c.record_id).limit(CHUNK), WHY)).all()
    try:
        if ids:
            true_up(one.id, ids)
    finally:
        end_read()
    with unit_of_work():
        _move_on(one, row.built_to, ids)
    return True


def mark_due() -> None:
    """Have lists built anew whose answer moves with the days, whose owner sees other things now, and old ones.

    Broken ones are tried again, those among them that only begin with a filter, too.
    """
    end_read()
    kept = sa.select(LIST).where(LIST.c.filter != "[]", LIST.c.deleted_at.is_(None))
    rows = db.session.execute(kept.where(LIST.c.state != ListState.BUILDING))
    due = [row.id for row in rows if _is_due(read_row(row), row.eyes)]
    end_read()
    if due:
        with unit_of_work():
            again = sa.update(LIST).where(LIST.c.id.in_(due), LIST.c.state != ListState.BUILDING)
            db.session.execute(again.values(ANEW))


def true_up(list_id: int, record_ids: Collection[int]) -> None:
    """Put those of these records on a list that meet its filter and are not there, and take the others off."""
    _wait_for_others(list_id)
    one = _list(list_id)
    if one is None or one.is_broken:
        return
    try:
        wrong = _wrong(one, record_ids)
        if not (wrong.missing or wrong.alien):
            return
        end_read()
        with unit_of_work():
            _right(list_id, [*wrong.missing, *wrong.alien])
    except (Broken, sa.exc.DBAPIError) as error:
        if not isinstance(error, Broken) and not _is_unanswerable(error):
            raise
        end_read()
        with unit_of_work():
            broken = {"state": ListState.BROKEN, "built_at": now()}
            db.session.execute(sa.update(LIST).where(LIST.c.id == list_id).values(broken))


def fingerprint(viewer: Viewer) -> str:
    """What tells that a person sees other records than before, or is in a team with others."""
    granted = sorted(f"{name}:{verb}:{scope}" for (name, verb), scope in viewer.scopes.items())
    told = [str(viewer.is_super_admin), str(viewer.team_id), str(sorted(viewer.team_member_ids)), viewer.time_zone]
    return sha256("|".join([*told, *granted]).encode()).hexdigest()[:16]


def _is_unanswerable(error: sa.exc.DBAPIError) -> bool:
    """Whether a database says that it can never answer a filter, and not only now; no list may hold up the others."""
    if isinstance(error, (sa.exc.DataError, sa.exc.ProgrammingError)):
        return True
    is_wrong = getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
    return is_wrong or (getattr(error.orig, "sqlstate", None) or "").startswith(TOO_COMPLEX)


def _wait_for_others(list_id: int) -> None:
    """Until whoever is writing to the list has done so: what they put on it before a change has to be seen after it.

    On SQLite a change waits for them itself.
    """
    end_read()
    if db.engine.dialect.name != "sqlite":
        with unit_of_work():
            _list(list_id, is_locked=True)


def _right(list_id: int, record_ids: Collection[int]) -> None:
    """The same under the lock of the list, so that two workers never write what only one of them has seen."""
    one = _list(list_id, is_locked=True)
    if one is None or one.is_broken:
        return
    wrong = _wrong(one, record_ids)
    added = put_on(one, wrong.missing, BY_FILTER, None)
    removed = take_off(one, wrong.alien)
    if added or removed:
        grow(one.id, len(added) - len(removed))
        if one.id in watched().named:
            note_pending((*added, *removed))


def _wrong(one: ListRow, record_ids: Collection[int]) -> Wrong:
    missing: list[int] = []
    alien: list[int] = []
    wanted, is_met = sorted(set(record_ids)), _test(one)
    table = one.type.table
    for start in range(0, len(wanted), CHUNK):
        ids = wanted[start : start + CHUNK]
        meeting = sa.select(table.c.record_id).where(among(table.c.record_id, "ids"), table.c.archived_at.is_(None))
        there = sa.select(MEMBER.c.record_id).where(MEMBER.c.list_id == one.id, among(MEMBER.c.record_id, "ids"))
        met = set(db.session.scalars(unguarded(meeting.where(is_met), WHY), {"ids": ids}))
        on = set(db.session.scalars(unguarded(there, WHY), {"ids": ids}))
        missing += sorted(met - on)
        # A static list is only begun with a filter: what people put on it meanwhile stays.
        alien += sorted(on - met) if one.is_active else []
    return Wrong(missing, alien)


def _test(one: ListRow) -> sa.ColumnElement[bool]:
    """The filter of a list as SQL; raises Broken."""
    try:
        condition = compile_filter(one.type, one.filter, owner_eyes(one))
    except (InvalidValue, NotFound) as error:
        raise Broken from error
    if condition is None:
        raise Broken
    return condition


def _list(list_id: int, is_locked: bool = False) -> ListRow | None:
    """A live list that has a filter."""
    wanted = sa.select(LIST).where(LIST.c.id == list_id, LIST.c.deleted_at.is_(None), LIST.c.filter != "[]")
    row = db.session.execute(wanted.with_for_update() if is_locked else wanted).first()
    return read_row(row) if row else None


def _is_building() -> sa.ColumnElement[bool]:
    return sa.and_(LIST.c.state == ListState.BUILDING, LIST.c.deleted_at.is_(None))


def _begin(one: ListRow) -> None:
    """Remember with which rights it is built: where they change on the way, or it is to be built anew, it is due."""
    eyes = fingerprint(owner_eyes(one).viewer)
    end_read()
    with unit_of_work():
        db.session.execute(sa.update(LIST).where(LIST.c.id == one.id, _is_building()).values(eyes=eyes))


def _move_on(one: ListRow, built_to: int, ids: Sequence[int]) -> None:
    """Remember how far a list is built, or that it is; nothing where somebody changed its filter meanwhile."""
    same = (LIST.c.id == one.id, LIST.c.version == one.version, LIST.c.built_to == built_to, _is_building())
    if ids:
        db.session.execute(sa.update(LIST).where(*same).values(built_to=ids[-1]))
        return
    done = {"state": ListState.READY, "built_at": now(), "built_to": 0}
    if not one.is_active:
        done["filter"] = "[]"
    if db.session.execute(sa.update(LIST).where(*same).values(done)).rowcount:  # type: ignore[attr-defined]
        set_size(one.id, count_live(one))


def _is_due(one: ListRow, eyes: str) -> bool:
    if one.built_at is None:
        return True
    if one.is_broken:
        return now() - one.built_at >= TIMED_EVERY
    seen = owner_eyes(one)
    if fingerprint(seen.viewer) != eyes or now() - one.built_at >= EVERY:
        return True
    is_other_day = one.built_at.astimezone(seen.zone).date() != seen.today
    return (is_other_day or now() - one.built_at >= TIMED_EVERY) and is_timed(one.type, one.filter)


def _by_type(record_ids: Collection[int]) -> Mapping[str, list[int]]:
    """The records by object, deleted ones too."""
    found: dict[str, list[int]] = defaultdict(list)
    kinds = sa.select(Record.id, Record.object_type).where(among(Record.id, "ids"))
    for record_id, name in db.session.execute(unguarded(kinds, WHY), {"ids": sorted(record_ids)}):
        found[name].append(record_id)
    return found


def _linked(object_type: str, other_type: str, record_ids: Sequence[int]) -> Iterable[list[int]]:
    """The records of another object that these are associated with, some at a time, by id."""
    type_id, last = association_types().between(object_type, other_type), 0
    while type_id is not None:
        end_read()
        linked = sa.select(LINK.c.to_record_id).where(
            among(LINK.c.from_record_id, "ids"), LINK.c.type_id == type_id, LINK.c.to_record_id > last
        )
        following = linked.distinct().order_by(LINK.c.to_record_id).limit(CHUNK)
        ids = list(db.session.scalars(unguarded(following, WHY), {"ids": list(record_ids)}))
        if not ids:
            return
        yield ids
        last = ids[-1]


def _count_static(known: Watched, record_ids: Sequence[int]) -> None:
    """Count the live ones anew on static lists that these records are on: some of them may have gone or come back."""
    if not known.static:
        return
    end_read()
    for list_id in sorted(known.static & on_which(record_ids).keys()):
        end_read()
        with unit_of_work():
            row = db.session.execute(sa.select(LIST).where(LIST.c.id == list_id).with_for_update()).first()
            if row is not None and (size := count_live(read_row(row))) != row.size:
                set_size(list_id, size)
