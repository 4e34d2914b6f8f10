"""Reading records through the viewer: one record, a page of an index, records with a value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.db import db
from crm.objects.definitions.shared import PICTURE
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden, MergedAway, NotFound
from crm.permissions.scopes import guarded, rows_visible_to, unguarded, visible_to
from crm.permissions.viewer import Viewer
from crm.properties.types.file import KeptFile, kept_files
from crm.records.models import Record
from crm.records.ordering import IndexOrder, rows_after
from crm.records.page_keys import encode_key
from crm.records.values import display_name, type_of
from crm.statements import Statements, among

COUNT_LIMIT = 10_000
FEW = 1_000
"""As many records as this are read by their ids once they were counted."""
IDS, COMMA = "ids", ","


@dataclass(frozen=True)
class RecordRow:
    """One record as read: identity and values by property name."""

    id: int
    type: ObjectType
    display_name: str
    owner_id: int | None
    version: int
    values: Mapping[str, Any]
    pinned_activity_id: int | None = None

    @property
    def object_type(self) -> str:
        """The name of its object type."""
        return self.type.name

    @property
    def title(self) -> str:
        """Its display name, or "#51" while it has none."""
        return self.display_name or f"#{self.id}"

    @property
    def picture(self) -> KeptFile | None:
        """Its internal picture, where it has one and that was read with it (SPEC 1.2)."""
        return next(iter(kept_files(self.values.get(PICTURE))), None)

    @property
    def picture_url(self) -> str:
        """Where its picture is shown, "" while it has none."""
        picture = self.picture
        return f"/records/{self.id}/picture/{picture.sha256}" if picture else ""


def get_passport(viewer: Viewer, record_id: int, verb: Verb = Verb.VIEW) -> sa.Row[Any]:
    """The passport row of a live record; raises NotFound when hidden, Forbidden when `verb` is not granted.

    For a record that has become one the viewer may see, the NotFound is a MergedAway that says which (SPEC 4.6).
    """
    row = _visible_passport(viewer, record_id)
    if row is None:
        into_id = became(record_id)
        if into_id is None or _visible_passport(viewer, into_id) is None:
            raise NotFound(f"no record {record_id}")
        raise MergedAway(record_id, into_id)
    if not viewer.covers(row.object_type, verb, row.owner_id):
        raise Forbidden(f"{verb} is not granted on record {record_id}")
    return row


_statements = Statements()


def _visible_passport(viewer: Viewer, record_id: int) -> sa.Row[Any] | None:
    statement = _statements.get(("passport", viewer.rights), lambda: _passport(viewer))
    return db.session.execute(statement, {"id": record_id}).first()


def became(record_id: int) -> int | None:
    """The record that this one was merged into, through all merges since; None when it was not, or is deleted.

    Nothing is checked: whoever gets the answer looks whether it may be seen.
    """
    step = sa.select(Record.merged_into_id, Record.archived_at)
    found, seen = record_id, {record_id}
    while True:
        row = db.session.execute(unguarded(step.where(Record.id == found), "the answer passes the gate")).first()
        if row is None or row.merged_into_id is None or row.merged_into_id in seen:
            return None if row is None or row.archived_at is not None or found == record_id else found
        found = row.merged_into_id
        seen.add(found)


def current_id(viewer: Viewer, record_id: int) -> int:
    """The id under which a record is found now: its own, or that of the one it was merged into; raises NotFound."""
    try:
        return get_passport(viewer, record_id).id
    except MergedAway as merged:
        return merged.into_id


def _passport(viewer: Viewer) -> Any:
    record = Record.__table__
    return guarded(sa.select(record).where(record.c.id == sa.bindparam("id"), visible_to(viewer, record)), viewer)


def get_record(viewer: Viewer, record_id: int, verb: Verb = Verb.VIEW) -> RecordRow:
    """A live record with its values; raises NotFound when hidden, Forbidden when `verb` is not granted.

    For one that was merged away the NotFound is a MergedAway that says where it is now. Activities are not found here:
    they have no page of their own kind (SPEC 1.1).
    """
    passport = get_passport(viewer, record_id, verb)
    object_type = schema().object_type(passport.object_type)
    if object_type.is_activity:
        raise NotFound(f"record {record_id} is an activity")
    return RecordRow(
        id=record_id,
        type=object_type,
        display_name=passport.display_name,
        owner_id=passport.owner_id,
        version=passport.version,
        values=read_values(object_type, record_id),
        pinned_activity_id=passport.pinned_activity_id,
    )


def read_values(object_type: ObjectType, record_id: int) -> dict[str, Any]:
    """All values of one record by property name, deleted or not; the caller has checked the passport."""
    statement = _statements.get(("values", schema().token, object_type.name), lambda: _values(object_type))
    row = db.session.execute(statement, {"id": record_id}).mappings().one()
    return {prop.name: row[prop.column_name] for prop in object_type.properties.values()}


def _values(object_type: ObjectType) -> Any:
    statement = sa.select(object_type.table).where(object_type.table.c.record_id == sa.bindparam("id"))
    return unguarded(statement, "its passport was checked")


@dataclass(frozen=True)
class IndexPage:
    """One page of an index; `next_key` opens the next, None on the last."""

    rows: Sequence[RecordRow]
    next_key: str | None
    count: int
    count_is_exact: bool


def index_page(
    viewer: Viewer,
    object_type: ObjectType,
    order: IndexOrder,
    names: Sequence[str],
    condition: sa.ColumnElement[bool] | None = None,
    key: str | None = None,
    limit: int = 25,
) -> IndexPage:
    """One page of the records of an object that the viewer may see, with the properties called `names`.

    `condition` narrows it (a search, a filter); `key` continues after an earlier page. Two queries.
    Raises InvalidValue for a key that is none, NotFound for an unknown property.
    """
    shown = names_of_rows(object_type, names)
    ids: Sequence[int] | None = None
    if condition is not None:
        count, ids = _met(viewer, object_type, condition)
        if ids is not None:
            condition = among(object_type.table.c.record_id, IDS)
        page = guarded(rows_in_order(viewer, object_type, order, shown, condition, key, limit), viewer)
    else:
        count, page = _all(viewer, object_type, order, shown, key, limit)
    found = db.session.execute(page, {} if ids is None else {IDS: ids}).all()
    last = found[limit - 1] if len(found) > limit else None
    return IndexPage(
        rows=[record_of(object_type, row, shown) for row in found[:limit]],
        next_key=encode_key(last.sort_key, last.record_id) if last else None,
        count=min(count, COUNT_LIMIT),
        count_is_exact=count <= COUNT_LIMIT,
    )


def _met(
    viewer: Viewer, object_type: ObjectType, condition: sa.ColumnElement[bool]
) -> tuple[int, Sequence[int] | None]:
    """How many records meet a condition, at most one more than are counted, and which they are if they are few.

    Looking for few among a million a second time, now in order, would be as dear as the first.
    """
    table = object_type.table
    where = (rows_visible_to(viewer, object_type.name, table), condition)
    some = sa.select(table.c.record_id.label("id")).where(*where).limit(COUNT_LIMIT + 1).subquery()
    ids = sa.func.aggregate_strings(sa.cast(some.c.id, sa.Text), COMMA)
    count, joined = db.session.execute(guarded(sa.select(sa.func.count(), ids), viewer)).one()
    return count, [int(one) for one in (joined or "").split(COMMA) if one] if count <= FEW else None


def _all(
    viewer: Viewer, object_type: ObjectType, order: IndexOrder, shown: Sequence[str], key: str | None, limit: int
) -> tuple[int, Any]:
    """How many records there are, at most one more than are counted, and the statement for the rows of a page."""

    def build() -> tuple[Any, Any]:
        table = object_type.table
        live = rows_visible_to(viewer, object_type.name, table)
        counted = sa.select(sa.literal(1)).select_from(table).where(live).limit(COUNT_LIMIT + 1).subquery()
        rows = rows_in_order(viewer, object_type, order, shown, None, key, limit)
        return guarded(sa.select(sa.func.count()).select_from(counted), viewer), guarded(rows, viewer)

    # People are sorted by name, and their names are no part of the shape.
    if key is None and type_of(object_type.property(order.property_name)).name != "user":
        shape = ("index", schema().token, viewer.rights, object_type.name, order, shown, limit)
        counted, page = _statements.get(shape, build)
    else:
        counted, page = build()
    return db.session.scalar(counted) or 0, page


def names_of_rows(object_type: ObjectType, names: Sequence[str]) -> tuple[str, ...]:
    """`names`, and what records are called by: the properties that are read of a row."""
    layout = object_type.layout
    needed = dict.fromkeys((*names, *layout.primary_display, *layout.fallback_display))
    return tuple(name for name in needed if name in object_type.properties)


def rows_in_order(
    viewer: Viewer,
    object_type: ObjectType,
    order: IndexOrder,
    shown: Sequence[str],
    condition: sa.ColumnElement[bool] | None,
    key: str | None,
    limit: int,
) -> sa.Select[Any]:
    """The rows after `key` that the viewer may see and that meet the condition, for `record_of`: one more than `limit`.

    `shown` is what `names_of_rows` answers. Whoever runs the statement marks it as guarded.
    """
    table = object_type.table
    columns = [object_type.column(name).label(f"p_{name}") for name in shown]
    where = [rows_visible_to(viewer, object_type.name, table), *([condition] if condition is not None else [])]
    return rows_after(object_type, order, [table.c.record_id, table.c.owner_id, *columns], key, limit).where(*where)


def record_of(object_type: ObjectType, row: Sequence[Any], shown: Sequence[str]) -> RecordRow:
    """The record of a row of `rows_in_order`."""
    record_id, owner_id, *found, _sort_key = row
    values = dict(zip(shown, found, strict=True))
    return RecordRow(record_id, object_type, display_name(object_type, values), owner_id, 0, values)
