"""Columns of the properties that the records of the table have themselves."""

from collections.abc import Callable, Sequence

from crm.objects.groups import groups_of
from crm.objects.schema import ObjectType, Property
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.columns import OWN, Cells, ColumnGroup, ColumnKind, TableColumn, column_kinds
from crm.records.queries import RecordRow
from crm.records.shown import show_all


def _column(prop: Property) -> TableColumn:
    return TableColumn(prop.name, OWN, prop.label, prop, prop.label)


def _find(_viewer: Viewer, object_type: ObjectType, name: str) -> TableColumn | None:
    prop = object_type.properties.get(name)
    return _column(prop) if prop else None


def _offered(_viewer: Viewer, object_type: ObjectType, _translate: Callable[[str], str]) -> Sequence[ColumnGroup]:
    """All properties by group, in the order of the settings, those of no group last."""
    groups = {group.name: ColumnGroup(group.label, []) for group in groups_of(object_type.name)}
    for prop in sorted(object_type.properties.values(), key=lambda one: (one.position, one.id)):
        group = groups.setdefault(prop.group, ColumnGroup(prop.group, []))
        group.columns.append(_column(prop))  # type: ignore[attr-defined]
    return list(groups.values())


def _cells(
    _viewer: Viewer,
    object_type: ObjectType,
    columns: Sequence[TableColumn],
    rows: Sequence[RecordRow],
    context: Context,
) -> Cells:
    names = [column.name for column in columns]
    return {row.id: show_all(object_type, names, row.values, context) for row in rows}


column_kinds.register(ColumnKind(OWN, _find, _offered, _cells, reads=lambda column: [column.name], position=0))
