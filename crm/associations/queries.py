"""Reading associations through the viewer: what a record is linked to, few of each and how many in all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.associations.link_types import STAMP, association_types
from crm.associations.models import Association
from crm.db import db, stamps
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.scopes import guarded, unguarded, visible_to
from crm.permissions.viewer import Viewer
from crm.records.models import RECORD_ID, Record
from crm.statements import Statements, one_of

COUNT_LIMIT = 1_000
RECORD: sa.Table = Record.__table__  # type: ignore[assignment]
ASSOCIATION: sa.Table = Association.__table__  # type: ignore[assignment]


@dataclass(frozen=True)
class Neighbour:
    """A record at the other end of a link; `labels` are what people call it there."""

    record_id: int
    object_type: str
    display_name: str
    is_primary: bool = False
    labels: tuple[str, ...] = ()


@dataclass
class Neighbourhood:
    """The first few associated records of one object type and how many the viewer may see in all."""

    object_type: ObjectType
    count: int = 0
    neighbours: list[Neighbour] = field(default_factory=list)


def neighbourhoods(
    viewer: Viewer, record_id: int, object_type: str, limits: Mapping[str, int]
) -> list[Neighbourhood]:
    """What a record is associated with, one entry for each object in `limits` and at most so many, in one query.

    The primary company comes first, then the newest records; counts stop at COUNT_LIMIT.
    """
    found = {name: Neighbourhood(schema().object_type(name)) for name in limits}
    if not found:
        return []
    shape = (schema().token, stamps().get(STAMP), viewer.rights, object_type, tuple(limits.items()))
    statement = _statements.get(shape, lambda: _neighbourhoods(viewer, object_type, limits))
    for row in db.session.execute(statement, {"record_id": record_id}).all():
        section = found[row.object_type]
        if row.record_id is None:
            section.count = row.amount
        else:
            labels = texts_of(row.labels)
            one = Neighbour(row.record_id, row.object_type, row.display_name, bool(row.amount), labels)
            section.neighbours.insert(0 if row.amount else len(section.neighbours), one)
    for section in found.values():
        section.neighbours = _without_repeats(section.neighbours)[: limits[section.object_type.name]]
    return list(found.values())


_statements = Statements()


def _neighbourhoods(viewer: Viewer, object_type: str, limits: Mapping[str, int]) -> Any:
    branches = []
    for name, limit in limits.items():
        branches += _branches(viewer, sa.bindparam("record_id", type_=RECORD_ID), object_type, name, limit)
    return guarded(sa.union_all(*branches), viewer)


def _without_repeats(neighbours: Iterable[Neighbour]) -> list[Neighbour]:
    kept: dict[int, Neighbour] = {}
    for one in neighbours:
        kept.setdefault(one.record_id, one)
    return list(kept.values())


def _branches(viewer: Viewer, record_id: Any, from_object: str, to_object: str, limit: int) -> list[sa.Select[Any]]:
    types = association_types()
    plain, primary = types.between(from_object, to_object), types.primary(from_object, to_object)
    if plain is None:
        return []
    pair = (from_object, to_object)
    branches = [_neighbours(viewer, record_id, pair, plain, limit, is_primary=False)]
    if primary is not None and to_object == "company":
        branches.append(_neighbours(viewer, record_id, pair, primary, 1, is_primary=True))
    counted = _linked(viewer, record_id, plain, sa.literal(1), to_object).limit(COUNT_LIMIT + 1).subquery()
    amount = sa.select(sa.func.count()).select_from(counted).scalar_subquery()
    count_row = sa.select(
        sa.literal(to_object).label("object_type"),
        sa.cast(sa.null(), sa.BigInteger).label("record_id"),
        sa.literal("").label("display_name"),
        amount.label("amount"),
        sa.literal("").label("labels"),
    )
    return [*branches, count_row]


def _neighbours(
    viewer: Viewer, record_id: Any, pair: tuple[str, str], type_id: int, limit: int, is_primary: bool
) -> sa.Select[Any]:
    columns = (
        sa.literal(pair[1]).label("object_type"),
        RECORD.c.id.label("record_id"),
        RECORD.c.display_name.label("display_name"),
        sa.literal(1 if is_primary else 0).label("amount"),
    )
    statement = _linked(viewer, record_id, type_id, columns, pair[1]).order_by(ASSOCIATION.c.to_record_id.desc())
    some = statement.limit(limit).subquery()
    return sa.select(some, label_column(record_id, some.c.record_id, *pair))


def label_column(record_id: Any, other_id: sa.ColumnElement[int], from_object: str, to_object: str) -> sa.Label[Any]:
    """The types of the labels of the link from one record to another as one text, for `texts_of`."""
    types = [one.type_id for one in association_types().labels(from_object, to_object) if not one.is_primary]
    if not types:
        return sa.literal("").label("labels")
    link = ASSOCIATION.alias()
    joined = sa.select(sa.func.aggregate_strings(sa.cast(link.c.type_id, sa.Text), ",")).where(
        link.c.from_record_id == record_id, link.c.to_record_id == other_id, one_of(link.c.type_id, types)
    )
    return sa.func.coalesce(joined.scalar_subquery(), "").label("labels")


def texts_of(labels: str) -> tuple[str, ...]:
    """What the other record of a link is called, from the text of `label_column`, in order."""
    return tuple(one.text for one in association_types().given(int(part) for part in labels.split(",") if part))


def _linked(viewer: Viewer, record_id: Any, type_id: int, columns: Any, to_object: str) -> sa.Select[Any]:
    wanted = columns if isinstance(columns, tuple) else (columns,)
    return (
        sa.select(*wanted)
        .select_from(ASSOCIATION.join(RECORD, RECORD.c.id == ASSOCIATION.c.to_record_id))
        .where(
            ASSOCIATION.c.from_record_id == record_id,
            ASSOCIATION.c.type_id == type_id,
            visible_to(viewer, RECORD, object_types=(to_object,)),
        )
    )


def is_associated(record_id: int, other_id: int) -> bool:
    """Whether two records are linked in any way."""
    statement = sa.select(sa.literal(1)).where(
        Association.from_record_id == record_id, Association.to_record_id == other_id
    )
    return db.session.scalar(unguarded(statement.limit(1), "answers about two records already in hand")) is not None


def is_associated_with(
    record_id: int, from_object: str, to_object: str, column: sa.ColumnElement[int], label: int | None = None
) -> sa.ColumnElement[bool]:
    """The condition that the record id in `column` is linked to a record the caller has been let into.

    `label` is the type of a label the link has; what is no label of the two is that of nothing.
    """
    types = association_types()
    type_id = types.between(from_object, to_object)
    if label is not None:
        type_id = next((one.type_id for one in types.labels(from_object, to_object) if one.type_id == label), 0)
    linked = sa.select(Association.to_record_id).where(
        Association.from_record_id == record_id, Association.type_id == type_id
    )
    return column.in_(linked)


def not_linked_to(record_id: int, from_object: str, to_object: str) -> sa.ColumnElement[bool]:
    """The condition on the record table that a record could still be linked to one the caller has been let into."""
    linked = is_associated_with(record_id, from_object, to_object, RECORD.c.id)
    return sa.and_(RECORD.c.id != record_id, sa.not_(linked))


def unlinked(
    viewer: Viewer, record_ids: Sequence[int], condition: sa.ColumnElement[bool], object_type: str
) -> list[Neighbour]:
    """Those of some records of one object that the viewer may see and that meet `condition`, by name; one query."""
    if not record_ids:
        return []
    statement = (
        sa.select(Record.id, Record.object_type, Record.display_name)
        .where(Record.id.in_(record_ids), condition, visible_to(viewer, object_types=(object_type,)))
        .order_by(sa.func.lower(Record.display_name), Record.id)
    )
    return [Neighbour(*row) for row in db.session.execute(guarded(statement, viewer)).tuples()]


def primary_company(viewer: Viewer, record_id: int, from_object: str) -> Neighbour | None:
    """The primary company of a record, if it has one that the viewer may see; companies have none."""
    type_id = association_types().primary(from_object, "company")
    if type_id is None or from_object == "company":
        return None
    shape = ("primary company", viewer.rights, type_id)
    statement = _statements.get(shape, lambda: _primary_company(viewer, type_id))
    row = db.session.execute(statement, {"record_id": record_id}).first()
    return Neighbour(row.id, "company", row.display_name, True) if row else None


def _primary_company(viewer: Viewer, type_id: int) -> Any:
    columns = (RECORD.c.id, RECORD.c.display_name)
    record_id = sa.bindparam("record_id", type_=RECORD_ID)
    return guarded(_linked(viewer, record_id, type_id, columns, "company"), viewer)


def primary_company_id(viewer: Viewer, record_id: int, from_object: str) -> int | None:
    """The id of the primary company of a record, if it has one that the viewer may see."""
    company = primary_company(viewer, record_id, from_object)
    return company.record_id if company else None


@dataclass(frozen=True)
class AssociatedRecord:
    """What the rules of automatic association look at (SPEC 6.6); moments in UTC."""

    id: int
    associated_at: datetime
    created_at: datetime
    is_closed: bool


def recently_associated(
    viewer: Viewer,
    record_id: int,
    from_object: str,
    to_object: str,
    open_only: bool,
    limit: int | None,
    label: str = "",
) -> Sequence[AssociatedRecord]:
    """Records of one object a record is linked to, most recently associated first; a tie goes to the newer record.

    With the name of a type as `label` only those so labelled, by when they were; none when the label is gone.
    """
    types = association_types()
    type_id = types.ids.get(label) if label else types.between(from_object, to_object)
    if type_id is None:
        return []
    kind = schema().object_type(to_object)
    shape = ("recent", schema().token, viewer.rights, type_id, to_object, open_only, limit)
    statement = _statements.get(shape, lambda: _recently_associated(viewer, type_id, kind, open_only, limit))
    rows = db.session.execute(statement, {"record_id": record_id}).all()
    return [AssociatedRecord(row.id, row.moment, row.created_at, row.stage in kind.closed_stages) for row in rows]


def _recently_associated(viewer: Viewer, type_id: int, kind: ObjectType, open_only: bool, limit: int | None) -> Any:
    stage = kind.column(kind.stage_property.name) if kind.stage_property else sa.cast(sa.null(), sa.Text)
    columns = (RECORD.c.id, ASSOCIATION.c.moment, RECORD.c.created_at, stage.label("stage"))
    statement = (
        _linked(viewer, sa.bindparam("record_id", type_=RECORD_ID), type_id, columns, kind.name)
        .join_from(RECORD, kind.table, kind.table.c.record_id == RECORD.c.id)
        .order_by(ASSOCIATION.c.moment.desc(), RECORD.c.created_at.desc(), RECORD.c.id.desc())
        .limit(limit)
    )
    if open_only and kind.stage_property:
        closed = one_of(stage, sorted(kind.closed_stages))
        statement = statement.where(sa.or_(stage.is_(None), sa.not_(closed)))
    return guarded(statement, viewer)
