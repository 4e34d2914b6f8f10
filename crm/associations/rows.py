"""Writing the rows of links, always in both directions, and their history (DESIGN 5)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.associations.history import Change, Linked, write_link_history
from crm.associations.models import Association
from crm.associations.queries import association_types
from crm.clock import now
from crm.db import db
from crm.events import PrimaryCompaniesChanged, publish
from crm.permissions.viewer import Viewer
from crm.records.source import SCREEN, Source

COMPANY = "company"
PRIMARY = "_primary"

# From which record to which, by the id of the type.
Row = tuple[int, int, int]


def type_name(from_object: str, to_object: str, suffix: str = "") -> str:
    """The name of the association type that leads from one object to another."""
    return f"{from_object}_to_{to_object}{suffix}"


def insert_links(
    actor: Viewer,
    types: tuple[str, str, str],
    pairs: Iterable[tuple[int, int]],
    source: Source,
    moment: datetime | None = None,
) -> int:
    """Link each pair of records both ways; `types` are the objects of the two and the suffix of the type.

    Returns the id of the type that leads from the first of a pair to the second.
    """
    there = association_types().id_of(type_name(*types))
    insert_typed(actor, there, pairs, source, moment)
    return there


def insert_typed(
    actor: Viewer,
    type_id: int,
    pairs: Iterable[tuple[int, int]],
    source: Source,
    moment: datetime | None = None,
) -> None:
    """Link each pair of records by a type that leads from the first to the second, and back by its inverse."""
    back = association_types().inverse_of(type_id)
    common: dict[str, Any] = {
        "source": str(source.kind),
        "source_detail": source.detail,
        "actor_id": actor.user_id,
        "moment": moment or now(),
    }
    rows, added = [], []
    for one, other in pairs:
        rows.append({"from_record_id": one, "type_id": type_id, "to_record_id": other} | common)
        rows.append({"from_record_id": other, "type_id": back, "to_record_id": one} | common)
        added.append((one, other, type_id))
    if rows:
        db.session.execute(sa.insert(Association.__table__), rows)
        _remember(actor, Change.ADDED, added, source, moment)


def delete_typed(
    actor: Viewer,
    type_id: int,
    pairs: Iterable[tuple[int, int]],
    source: Source = SCREEN,
    moment: datetime | None = None,
) -> list[tuple[int, int]]:
    """Take this one kind of link away between pairs of records, from the first to the second; those that had it."""
    wanted, back = list(pairs), association_types().inverse_of(type_id)
    there = _deleted(Association.type_id == type_id, *_among(wanted))
    _deleted(Association.type_id == back, *_among([(other, one) for one, other in wanted]))
    _remember(actor, Change.REMOVED, there, source, moment)
    return [(one, other) for one, other, _type in there]


def _among(pairs: Collection[tuple[int, int]]) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions that a link is of one of the pairs; both ends are named besides, for SQLite to use an index."""
    here, there = Association.from_record_id, Association.to_record_id
    ends = (here.in_({one for one, _ in pairs}), there.in_({other for _, other in pairs}))
    return *ends, sa.tuple_(here, there).in_(list(pairs))


def delete_links(actor: Viewer, record_id: int, other_id: int, source: Source = SCREEN) -> int:
    """Take every link between two records away; how many kinds of link that were."""
    there = _deleted(Association.from_record_id == record_id, Association.to_record_id == other_id)
    _deleted(Association.from_record_id == other_id, Association.to_record_id == record_id)
    _remember(actor, Change.REMOVED, there, source)
    return len(there)


def _deleted(*conditions: sa.ColumnElement[bool]) -> list[Row]:
    columns = (Association.from_record_id, Association.to_record_id, Association.type_id)
    gone = db.session.execute(sa.delete(Association).where(*conditions).returning(*columns))
    return [(row.from_record_id, row.to_record_id, row.type_id) for row in gone]


def _remember(
    actor: Viewer, change: Change, rows: Iterable[Row], source: Source, moment: datetime | None = None
) -> None:
    types = association_types()
    links = [
        Linked(record_id, other_id, types.name_of(type_id), str(source.kind), source.detail)
        for record_id, other_id, type_id in rows
    ]
    write_link_history(actor, change, links, moment)


def replace_primary(
    actor: Viewer, object_type: str, companies: Mapping[int, int], source: Source, moment: datetime | None = None
) -> int:
    """Make these companies, by record id, the primary ones in place of any others; returns the id of the type."""
    there = association_types().id_of(type_name(object_type, COMPANY, PRIMARY))
    back = association_types().id_of(type_name(COMPANY, object_type, PRIMARY))
    ids = list(companies)
    before = _deleted(Association.type_id == there, Association.from_record_id.in_(ids))
    _deleted(Association.type_id == back, Association.to_record_id.in_(ids))
    _remember(actor, Change.REMOVED, before, source, moment)
    pairs = (*((record_id, company_id) for record_id, company_id, _type in before), *companies.items())
    publish(PrimaryCompaniesChanged(actor, pairs))
    return insert_links(actor, (object_type, COMPANY, PRIMARY), companies.items(), source, moment)
