"""Filling the documents of the postgres engine: what is missing, what an older program wrote, or all (DESIGN 8.8).

Documents are written with every change, so this is needed after an upgrade, for rows that were written past the
operations (`generate`), and when somebody asks for it. One row says how far it has come; it is changed in the
transaction that writes a batch, newest activities first. Killed anywhere, the next worker goes on there.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from crm.clock import now
from crm.db import db, end_read, stamps, unit_of_work
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.records.models import Record
from crm.search.documents import load_documents, newest_activity_id
from crm.search.models import STAMP
from crm.search.postgres_documents import VERSION, write
from crm.search.postgres_tables import search_building, search_document
from crm.search.status import stored_activities

BATCH = 100
"""Small, since whoever saves one of these activities waits until the batch is written."""

WHY = "documents are the same for everyone; hits pass the gate before they are shown"

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Building:
    """How far it has come: activities with ids from `below` on are in order."""

    version: int
    token: str
    below: int
    is_forced: bool
    done: int
    total: int
    begun_at: datetime
    ended_at: datetime | None

    @property
    def is_whole(self) -> bool:
        """Whether every activity has its document, as this program writes it."""
        return self.ended_at is not None and self.is_ours

    @property
    def is_ours(self) -> bool:
        """Whether it was begun by this version of the program for the database as it is."""
        return (self.version, self.token) == (VERSION, stamps().get(STAMP, ""))


def read_building() -> Building | None:
    """How far it has come; None when it has never begun."""
    row = db.session.execute(_columns()).first()
    return None if row is None else Building(*row)


def run_once() -> int:
    """The duty of the worker: the next batch; how many activities were looked at, 0 when there is nothing to do.

    Does nothing while another process is at it.
    """
    end_read()
    building = read_building()
    end_read()
    if building is not None and building.is_whole:
        return 0
    with unit_of_work():
        building = _claim(wait=False)
        if building is None or building.is_whole:
            return 0
        if not building.is_ours:
            building = _begin(is_forced=False)
        return max(1, _fill(building))


def begin_anew() -> None:
    """Have the workers write the documents of all activities anew."""
    with unit_of_work():
        _claim(wait=True)
        _begin(is_forced=True)


def rebuild(progress: Progress | None = None) -> int:
    """Write the documents of all activities anew, and return how many activities there are.

    Searching goes on meanwhile, saying that it is being built. A worker that runs besides helps.
    """
    progress = progress or (lambda done, total: None)
    ask_for_rebuild()
    building = _current()
    end_read()
    while not building.is_whole:
        progress(building.done, building.total)
        with unit_of_work():
            _claim(wait=True)
            building = _current()
            if not building.is_whole:
                _fill(building)
                building = _current()
    progress(building.done, building.done)
    return building.done


def ask_for_rebuild() -> None:
    """Have the worker write all documents anew; a building that is under way begins anew itself."""
    with unit_of_work():
        _claim(wait=True)
        _begin(is_forced=True)


def _columns() -> sa.Select[Any]:
    return sa.select(*(column for column in search_building.c if column.name != "id"))


def _claim(wait: bool) -> Building | None:
    """What is there, locked until the unit ends; None when another process has it locked."""
    nothing = {"version": 0, "token": "", "below": 0, "is_forced": False, "done": 0, "total": 0, "begun_at": now()}
    row = postgresql.insert(search_building).values(id=1, **nothing)
    db.session.execute(row.on_conflict_do_nothing())
    found = db.session.execute(_columns().with_for_update(skip_locked=not wait)).first()
    return None if found is None else Building(*found)


def _current() -> Building:
    building = read_building()
    assert building is not None
    return building


def _begin(is_forced: bool) -> Building:
    """Start from the newest activity; documents of those below answer as they are until they are reached."""
    values = {
        "version": VERSION,
        "token": stamps().get(STAMP, ""),
        "below": max(newest_activity_id(), _newest_document()) + 1,
        "is_forced": is_forced,
        "done": 0,
        "total": stored_activities(),
        "begun_at": now(),
        "ended_at": None,
    }
    db.session.execute(sa.update(search_building).values(**values))
    return _current()


def _newest_document() -> int:
    return db.session.scalar(sa.select(sa.func.max(search_document.c.activity_id))) or 0


def _fill(building: Building) -> int:
    """Bring the next batch in order, in the unit of work at hand; returns how many activities it has."""
    # What a power cut undoes of this, it undoes together with the row that says how far it has come.
    db.session.execute(sa.select(sa.func.set_config("synchronous_commit", "off", True)))
    ids = _newest_below(building.below)
    first = ids[-1] if len(ids) == BATCH else 0
    write(_out_of_order(ids, first, building), anew=building.is_forced)
    values: dict[str, Any] = {"below": first, "done": building.done + len(ids)}
    if not first:
        values["ended_at"] = now()
        db.session.execute(sa.text("ANALYZE search_document"))
    db.session.execute(sa.update(search_building).values(**values))
    return len(ids)


def _newest_below(activity_id: int) -> Sequence[int]:
    record = Record.__table__.c
    names = [kind.name for kind in schema().activity_types]
    live = sa.select(record.id).where(record.object_type.in_(names), record.archived_at.is_(None))
    statement = live.where(record.id < activity_id).order_by(record.id.desc()).limit(BATCH)
    return db.session.scalars(unguarded(statement, WHY)).all()


def _out_of_order(ids: Sequence[int], first: int, building: Building) -> Collection[int]:
    """Which of the live activities `ids` have no document or a wrong one, and which documents have no activity."""
    held = _held(first, building.below)
    wanted = set(ids) ^ held.keys()
    if building.is_forced:
        return wanted.union(ids)
    looks_right = [activity_id for activity_id in ids if held.get(activity_id, (0, 0))[1] == VERSION]
    wanted |= set(ids).difference(looks_right)
    documents = load_documents(looks_right).values()
    return wanted.union(one.activity_id for one in documents if held[one.activity_id][0] != one.fingerprint)


def _held(first: int, last: int) -> dict[int, tuple[int, int]]:
    """Fingerprint and version of the documents there are, from the id `first` up to, not including, `last`."""
    columns = search_document.c
    statement = sa.select(columns.activity_id, columns.fingerprint, columns.version)
    rows = db.session.execute(statement.where(columns.activity_id >= first, columns.activity_id < last))
    return {activity_id: (fingerprint, version) for activity_id, fingerprint, version in rows.tuples()}
