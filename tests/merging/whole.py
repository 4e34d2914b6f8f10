"""All that the database holds about records, in a form that two moments can be compared in."""

from typing import Any

import sqlalchemy as sa

from crm.db import Base, db, end_read
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.search.index import is_postgres

WHY = "a test compares everything"
COMPARED = (
    "association",
    "activity_link",
    "timeline_entry",
    "attachment",
    "comment",
    "property_history",
    "link_history",
    "stage_visit",
    "record_identifier",
    "record_term",
    "record_deletion",
)
NUMBERED_ANEW = frozenset({"id"})


def newest_record() -> int:
    """The id of the newest record: what a merge makes is newer."""
    end_read()
    record = Base.metadata.tables["record"]
    return db.session.scalar(unguarded(sa.select(sa.func.max(record.c.id)), WHY)) or 0


def whole(last: int) -> dict[str, list[Any]]:
    """Every row about the records up to `last`, by table, in one order; rows about later ones are what a merge made.

    Those of tables that only copies were taken from are compared with the rows of all records.
    """
    end_read()
    found = {name: _rows(Base.metadata.tables[name]) for name in COMPARED}
    # What was the merged record's own history stays its own: nobody else's.
    found["property_history"] = [row for row in found["property_history"] if row["record_id"] <= last]
    found["record"] = [row for row in _rows(Base.metadata.tables["record"]) if row["id"] <= last]
    for kind in schema().types.values():
        found[kind.table.name] = [row for row in _rows(kind.table) if row["record_id"] <= last]
    if is_postgres():
        found["search_document"] = _documents()
    return found


def _rows(table: sa.Table) -> list[dict[str, Any]]:
    rows = db.session.execute(unguarded(sa.select(table), WHY)).mappings().all()
    return sorted((dict(row) for row in rows), key=lambda row: repr(sorted(row.items(), key=lambda pair: pair[0])))


def _documents() -> list[dict[str, Any]]:
    columns = "activity_id, moment, facets, timeline::text, everything::text, fingerprint, version"
    rows = db.session.execute(sa.text(f"SELECT {columns} FROM search_document ORDER BY activity_id"))
    return [dict(row) for row in rows.mappings()]


def differences(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> list[str]:
    """What is only in one of the two, in words."""
    faults = []
    for name in before:
        gone = [row for row in before[name] if row not in after[name]]
        new = [row for row in after[name] if row not in before[name]]
        changed = [(one, other) for one in gone for other in new if _key(name, one) == _key(name, other)]
        faults += [f"{name} {_key(name, one)}: {_told(one, other)}" for one, other in changed]
        faults += [f"{name}: lost {row}" for row in gone if not any(row is one for one, _ in changed)]
        faults += [f"{name}: new {row}" for row in new if not any(row is other for _, other in changed)]
    return faults


def _key(name: str, row: dict[str, Any]) -> Any:
    return row.get("id") or (row.get("record_id") if name.startswith("object_") else None) or repr(row)


def _told(one: dict[str, Any], other: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value!r} -> {other[name]!r}" for name, value in one.items() if value != other[name])
