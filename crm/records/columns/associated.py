"""Columns of an associated record: of the primary company where there is one, else of the newest the reader may see.

`company.city` is a property of it and `company.display-name` its name, with a link; `company-<label>.city` is of the
newest that has the label. What more of them there are is said beside the value. Nothing is sorted by these columns:
the order of a page would need the links of every record of the list.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.associations.link_types import STAMP, Label, association_types
from crm.associations.queries import ASSOCIATION
from crm.db import db, stamps
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Property
from crm.permissions.actions import Verb
from crm.permissions.scopes import guarded, rows_visible_to
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.columns import Cells, ColumnGroup, ColumnKind, TableColumn, column_kinds
from crm.records.counts import bounded_text
from crm.records.models import Record
from crm.records.queries import RecordRow
from crm.records.shown import Shown, show_all, with_currency
from crm.statements import Statements, among

ASSOCIATED = "associated"
NAME = "display-name"  # no property has a hyphen in its name
PRIMARY = "_primary"
MOST_COUNTED = 99
COLUMN = N_("%(object)s: %(property)s")
COLUMN_WITH_LABEL = N_("%(object)s (%(label)s): %(property)s")
GROUP = N_("Associated %(object)s")
NAME_LABEL = N_("Name")
_ADDRESS = re.compile(r"([a-z0-9_]+)(?:-([a-z0-9_]+))?\.([a-z0-9_-]+)")
_statements = Statements()


@dataclass(frozen=True)
class _Path:
    """Which of the associated records is meant: the object they are of, and the label they have, if one is asked."""

    other: ObjectType
    label: Label | None

    @property
    def address(self) -> str:
        return f"{self.other.name}-{_slug(self.label)}" if self.label else self.other.name

    def column(self, prop: Property | None) -> TableColumn:
        name = f"{self.address}.{prop.name if prop else NAME}"
        named: dict[str, Any] = {"object": self.other.label, "property": prop.label if prop else NAME_LABEL}
        if self.label is None:
            return TableColumn(name, ASSOCIATED, Message(COLUMN, **named), prop, named["property"])
        labelled = Message(COLUMN_WITH_LABEL, label=self.label.text, **named)
        return TableColumn(name, ASSOCIATED, labelled, prop, labelled)


@dataclass(frozen=True)
class _Found:
    """The record that is meant, `number` of which there are, with the values that were read."""

    record_id: int
    display_name: str
    number: int
    values: Mapping[str, Any]


def _slug(label: Label) -> str:
    """A label in addresses, as filters have it: the end of the name of its type, which stays when it is renamed."""
    _, colon, slug = label.name.partition(":")
    return slug if colon else PRIMARY


def _find(viewer: Viewer, object_type: ObjectType, name: str) -> TableColumn | None:
    read = _read(viewer, object_type, name)
    return read[0].column(read[1]) if read else None


def _read(viewer: Viewer, object_type: ObjectType, name: str) -> tuple[_Path, Property | None] | None:
    parts = _ADDRESS.fullmatch(name)
    if parts is None:
        return None
    object_name, slug, property_name = parts.groups()
    other, types = schema().types.get(object_name), association_types()
    if other is None or types.between(object_type.name, other.name) is None or not viewer.may(other.name, Verb.VIEW):
        return None
    label = next((one for one in types.labels(object_type.name, other.name) if _slug(one) == slug), None)
    if slug and label is None or property_name != NAME and property_name not in other.properties:
        return None
    return _Path(other, label), other.properties.get(property_name)


def _offered(viewer: Viewer, object_type: ObjectType, translate: Callable[[str], str]) -> Sequence[ColumnGroup]:
    """For each object the viewer may see: the name, who has which label, and the properties by their labels."""
    groups, types = [], association_types()
    for other in schema().record_types:
        if types.between(object_type.name, other.name) is None or not viewer.may(other.name, Verb.VIEW):
            continue
        plain = _Path(other, None)
        labels = [one for one in types.labels(object_type.name, other.name) if not one.is_primary]
        properties = sorted(other.properties.values(), key=lambda prop: (translate(prop.label).casefold(), prop.name))
        columns = [plain.column(None), *(_Path(other, label).column(None) for label in labels)]
        columns += [plain.column(prop) for prop in properties]
        groups.append(ColumnGroup(Message(GROUP, object=other.label), columns))
    return groups


def _cells(
    viewer: Viewer,
    object_type: ObjectType,
    columns: Sequence[TableColumn],
    rows: Sequence[RecordRow],
    context: Context,
) -> Cells:
    """One query for each object, and label, that the columns are of."""
    parts: dict[str, tuple[_Path, list[TableColumn]]] = {}
    for column in columns:
        read = _read(viewer, object_type, column.name)
        if read:
            parts.setdefault(read[0].address, (read[0], []))[1].append(column)
    ids = [row.id for row in rows]
    cells: dict[int, dict[str, Shown]] = {record_id: {} for record_id in ids}
    for path, some in parts.values():
        found = _records(viewer, object_type, path, [one.prop.name for one in some if one.prop], ids)
        for record_id in ids:
            cells[record_id].update(_shown(path.other, some, found.get(record_id), context))
    return {record_id: [cells[record_id][column.name] for column in columns] for record_id in ids}


def _shown(
    other: ObjectType, columns: Sequence[TableColumn], found: _Found | None, context: Context
) -> dict[str, Shown]:
    if found is None:
        return {one.name: Shown(one.name, one.label, "") for one in columns}
    further = found.number - 1
    others = f"+{bounded_text(further, MOST_COUNTED)}" if further else ""
    texts = {one.name: one for one in show_all(other, [c.prop.name for c in columns if c.prop], found.values, context)}
    shown = {}
    for column in columns:
        if column.prop:
            cell = texts[column.prop.name]._replace(name=column.name, label=column.label, others=others)
        else:
            title, url = found.display_name or f"#{found.record_id}", f"/records/{found.record_id}"
            cell = Shown(column.name, column.label, title, href=url, others=others)
        shown[column.name] = cell
    return shown


def _records(
    viewer: Viewer, object_type: ObjectType, path: _Path, names: Sequence[str], ids: Sequence[int]
) -> dict[int, _Found]:
    """The record that is meant for each of the rows that has one, with its name and values; one query."""
    needed = tuple(with_currency(path.other, dict.fromkeys(names)))
    shape = (schema().token, stamps().get(STAMP), viewer.rights, object_type.name, path.address, needed)
    statement = _statements.get(shape, lambda: _statement(viewer, object_type, path, needed))
    found = {}
    for row_id, record_id, name, number, *values in db.session.execute(statement, {"ids": list(ids)}) if ids else ():
        found[row_id] = _Found(record_id, name, number, dict(zip(needed, values, strict=True)))
    return found


def _statement(viewer: Viewer, object_type: ObjectType, path: _Path, names: Sequence[str]) -> Any:
    types, there, record = association_types(), path.other.table, Record.__table__
    plain = path.label.type_id if path.label else types.between(object_type.name, path.other.name)
    primary = None if path.label else types.primary(object_type.name, path.other.name)
    here = sa.select(record.c.id).where(among(record.c.id, "ids")).subquery()
    chosen: sa.ColumnElement[Any] = _newest(viewer, path.other, plain, here.c.id)
    if primary is not None and path.other.name == "company":
        chosen = sa.func.coalesce(_newest(viewer, path.other, primary, here.c.id), chosen)
    some = _linked(viewer, path.other, plain, here.c.id, sa.literal(1)).limit(MOST_COUNTED + 2).subquery()
    amount = sa.select(sa.func.count()).select_from(some).scalar_subquery()
    found = sa.select(here.c.id.label("row_id"), chosen.label("other_id"), amount.label("amount")).subquery()
    passport = record.alias()
    joined = found.join(there, there.c.record_id == found.c.other_id).join(passport, passport.c.id == found.c.other_id)
    columns = [path.other.column(name).label(f"p_{name}") for name in names]
    known = (found.c.row_id, there.c.record_id, passport.c.display_name, found.c.amount)
    return guarded(sa.select(*known, *columns).select_from(joined), viewer)


def _newest(viewer: Viewer, other: ObjectType, type_id: int | None, here: Any) -> sa.ScalarSelect[Any]:
    link = ASSOCIATION.c.to_record_id
    return _linked(viewer, other, type_id, here, link).order_by(link.desc()).limit(1).scalar_subquery()


def _linked(viewer: Viewer, other: ObjectType, type_id: int | None, here: Any, column: Any) -> sa.Select[Any]:
    """Those of `other` the viewer may see to which the record `here` has a link of this type."""
    there: Any = other.table.alias()
    return (
        sa.select(column)
        .select_from(ASSOCIATION.join(there, there.c.record_id == ASSOCIATION.c.to_record_id))
        .where(ASSOCIATION.c.from_record_id == here, ASSOCIATION.c.type_id == type_id)
        .where(rows_visible_to(viewer, other.name, there))
        .correlate(here.table)
    )


column_kinds.register(ColumnKind(ASSOCIATED, _find, _offered, _cells, position=10))
