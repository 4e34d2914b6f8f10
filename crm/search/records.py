"""Keeping the words by which live records are found (DESIGN 8.9)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm.db import Stamp, db, stamps, unit_of_work
from crm.jobs import queue
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.scopes import unguarded
from crm.records.models import Record
from crm.records.queries import read_values
from crm.records.rows import lock_passports
from crm.records.values import display_name
from crm.search.models import RecordTerm
from crm.search.schema import SCHEMA_VERSION
from crm.search.terms import is_source, terms_of

FORM = 2
VERSION = f"{FORM}.{SCHEMA_VERSION}"
"""What words are written by: `terms_of` and the analyzer. Those of another version are written anew by a job."""

STAMP = "record_terms"
"""The stamp whose token is the version that has written the words."""

REWRITE = "record_terms"
"""The kind of job that writes them anew."""

RENAME = "object_names"
"""The kind of job that writes the names of all records of one object anew."""

PAGE = 200
"""Few, since whoever changes one of these records waits until their words are written."""

WHY = "words are kept for every record; whoever finds one passes the gate"


def write_terms(record_id: int, object_type: str, values: Mapping[str, Any]) -> None:
    """Write the words of a record that has none yet, inside a unit of work."""
    kind = schema().object_type(object_type)
    if not kind.is_activity:
        _insert(kind, {record_id: terms_of(kind, values)})


def change_terms(record_id: int, object_type: str, changed: Iterable[str]) -> None:
    """Bring the words of a record up to date if one of the `changed` properties is where they come from."""
    kind = schema().object_type(object_type)
    shown = {*kind.layout.primary_display, *kind.layout.fallback_display}
    if kind.is_activity or not any(name in shown or is_source(kind.properties[name]) for name in changed):
        return
    wanted = terms_of(kind, read_values(kind, record_id))
    mine = RecordTerm.record_id == record_id
    present = set(db.session.scalars(sa.select(RecordTerm.term).where(mine)))
    if gone := present - wanted:
        db.session.execute(sa.delete(RecordTerm).where(mine, RecordTerm.term.in_(sorted(gone))))
    _insert(kind, {record_id: wanted - present})


def remove_terms(record_id: int) -> None:
    """Forget the words of a record, inside a unit of work."""
    db.session.execute(sa.delete(RecordTerm).where(RecordTerm.record_id == record_id))


def sync_terms() -> None:
    """Have a job write the words anew when another version has written them; inside a unit of work, at every start."""
    if stamps().get(STAMP) == VERSION:
        return
    if db.session.scalar(unguarded(sa.select(Record.id).limit(1), WHY)) is None:
        _remember_version()
    else:
        queue.enqueue(REWRITE, unique_key=REWRITE)


def rebuild_terms(progress: Callable[[int], None] = lambda done: None) -> int:
    """Write the words of all live records anew, in units of 200 records; returns how many.

    Needed after rows were written past the operations (`generate`), or when the analyzer changed.
    """
    done = 0
    for kind in schema().record_types:
        last = 0
        while ids := _ids_after(kind, last):
            last = ids[-1]
            with unit_of_work():
                _rewrite(kind, ids)
            done += len(ids)
            progress(done)
    with unit_of_work():
        _remember_version()
    return done


def rename_all(object_type: str) -> int:
    """Write the names of all records of an object anew, and their words, in units of 200 records; returns how many."""
    kind, last, done = schema().object_type(object_type), 0, 0
    while ids := _ids_after(kind, last):
        last = ids[-1]
        with unit_of_work():
            _rewrite(kind, ids, with_names=True)
        done += len(ids)
    return done


def insert_terms(object_type: ObjectType, values_by_record: dict[int, dict[str, Any]]) -> None:
    """Write the words of many new records at once, inside a unit of work: for whoever inserts rows in bulk."""
    _insert(object_type, {record_id: terms_of(object_type, values) for record_id, values in values_by_record.items()})


def _remember_version() -> None:
    db.session.merge(Stamp(name=STAMP, token=VERSION))


def _ids_after(kind: ObjectType, last: int) -> Sequence[int]:
    record_id = kind.table.c.record_id
    statement = sa.select(record_id).where(record_id > last, kind.table.c.archived_at.is_(None))
    return db.session.scalars(unguarded(statement.order_by(record_id).limit(PAGE), WHY)).all()


def _rewrite(kind: ObjectType, ids: Sequence[int], with_names: bool = False) -> None:
    """Write the words of these records as they are; locked first, so that nobody renames one in between."""
    passports = lock_passports(ids)
    names = {prop.column_name for prop in kind.properties.values()}
    columns = [column for column in kind.table.c if column.name in names or column.name == "record_id"]
    live = sa.select(*columns).where(kind.table.c.record_id.in_(ids), kind.table.c.archived_at.is_(None))
    rows = db.session.execute(unguarded(live, WHY)).mappings().all()
    for row in rows if with_names else ():
        name = display_name(kind, _values(kind, row))
        if name != passports[row["record_id"]].display_name:
            mine = Record.__table__.c.id == row["record_id"]
            db.session.execute(sa.update(Record.__table__).where(mine).values(display_name=name))
    words = {row["record_id"]: terms_of(kind, _values(kind, row)) for row in rows}
    db.session.execute(sa.delete(RecordTerm).where(RecordTerm.record_id.in_(ids)))
    _insert(kind, words)


def _values(kind: ObjectType, row: Any) -> dict[str, Any]:
    return {name: row[prop.column_name] for name, prop in kind.properties.items()}


def _insert(kind: ObjectType, words: dict[int, set[str]]) -> None:
    rows = [
        {"term": term, "record_id": record_id, "object_type": kind.name}
        for record_id, terms in words.items()
        for term in sorted(terms)
    ]
    if rows:
        db.session.execute(sa.insert(RecordTerm), rows)
