"""Bringing the standard objects into the database."""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from crm.db import db, touch
from crm.objects import storage
from crm.objects.definitions import OBJECTS
from crm.objects.definitions.base import GroupDefinition, ObjectDefinition, PropertyDefinition
from crm.objects.definitions.custom import GROUPS, shared_properties
from crm.objects.models import ObjectTypeRow, PipelineRow, StageRow
from crm.objects.property_rows import add_column, insert_options, insert_property, setting_mark
from crm.objects.queries import STAMP
from crm.properties.models import PropertyGroupRow, PropertyOptionRow, PropertyRow

LAYOUT_LISTS = (
    "primary_display",
    "fallback_display",
    "secondary_display",
    "header_form",
    "about",
    "highlights",
    "index_columns",
    "card_columns",
    "quick_filters",
    "create_form",
    "required",
)


def sync() -> None:
    """Apply the definitions of the standard objects; safe to run at every start, changes nothing twice.

    What people may change (names and places of objects, pipelines, stages, labels of options) is only ever added,
    never overwritten.
    """
    known = {row.name: row for row in db.session.scalars(sa.select(ObjectTypeRow))}
    changed = [_sync_object(definition, known.get(definition.name)) for definition in OBJECTS]
    changed += [_sync_shared(row.name) for row in known.values() if row.is_custom]
    if any(changed):
        touch(STAMP)


def add_object(definition: ObjectDefinition, own: Collection[str]) -> None:
    """Make an object type with its table; its properties called `own` are people's own. The caller tells of it."""
    _sync_row(definition, None)
    db.session.execute(sa.update(ObjectTypeRow).where(ObjectTypeRow.name == definition.name).values(is_custom=True))
    _sync_groups(definition)
    _sync_pipelines(definition)
    for position, wanted in enumerate(definition.properties):
        insert_property(definition.name, wanted, position, is_custom=wanted.name in own)
    _sync_table(definition)


def _sync_shared(object_type: str) -> bool:
    """Give a custom object the properties that every one has by now."""
    rows = sa.select(PropertyRow.name, PropertyRow.column_name).where(PropertyRow.object_type == object_type)
    taken = {name for row in db.session.execute(rows) for name in row}
    missing = [one for one in shared_properties(has_pipeline=False) if one.name not in taken]
    for group in GROUPS:
        add_group(object_type, group)
    add_properties(object_type, (one for one in missing if one.column not in taken))
    return bool(missing)


def _sync_object(definition: ObjectDefinition, row: ObjectTypeRow | None) -> bool:
    changed = _sync_row(definition, row)
    changed |= _sync_groups(definition)
    changed |= _sync_pipelines(definition)
    changed |= _sync_properties(definition)
    return changed | _sync_table(definition)


def _sync_row(definition: ObjectDefinition, row: ObjectTypeRow | None) -> bool:
    labels = {"label": definition.label, "plural_label": definition.plural_label}
    wanted = {
        "plural_name": definition.plural_name,
        "icon": definition.icon,
        "is_activity": definition.is_activity,
        "layout": json.dumps({name: getattr(definition, name) for name in LAYOUT_LISTS}),
    }
    if row is None:
        values = {"name": definition.name, "is_custom": False, "position": definition.position}
        db.session.execute(sa.insert(ObjectTypeRow).values(**values, **labels, **wanted))
        return True
    if not row.has_own_labels:
        wanted |= labels
    differing = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if differing:
        db.session.execute(sa.update(ObjectTypeRow).where(ObjectTypeRow.id == row.id).values(**differing))
    return bool(differing)


def _sync_groups(definition: ObjectDefinition) -> bool:
    table = PropertyGroupRow
    known = set(db.session.scalars(sa.select(table.name).where(table.object_type == definition.name)))
    missing = [
        {"object_type": definition.name, "name": group.name, "label": group.label, "position": position}
        for position, group in enumerate(definition.groups)
        if group.name not in known
    ]
    if missing:
        db.session.execute(sa.insert(table), missing)
    return bool(missing)


def _sync_pipelines(definition: ObjectDefinition) -> bool:
    known = set(db.session.scalars(sa.select(PipelineRow.name).where(PipelineRow.object_type == definition.name)))
    if known:
        return False
    for position, pipeline in enumerate(definition.pipelines):
        values = {"object_type": definition.name, "name": pipeline.name, "label": pipeline.label, "position": position}
        pipeline_id = db.session.execute(sa.insert(PipelineRow).values(**values)).inserted_primary_key[0]
        for place, stage in enumerate(pipeline.stages):
            row = {
                "pipeline_id": pipeline_id,
                "name": stage.name,
                "label": stage.label,
                "position": place,
                "is_closed": stage.is_closed,
                "probability": stage.probability,
                "meta": json.dumps(dict(stage.meta)),
            }
            db.session.execute(sa.insert(StageRow).values(**row))
    return bool(definition.pipelines)


def _sync_properties(definition: ObjectDefinition) -> bool:
    rows = db.session.scalars(sa.select(PropertyRow).where(PropertyRow.object_type == definition.name))
    known = {row.name: row for row in rows}
    changed = False
    for position, wanted in enumerate(definition.properties):
        row = known.get(wanted.name)
        if row is None:
            insert_property(definition.name, wanted, position, is_custom=False)
            changed = True
        else:
            changed |= _refresh_property(row, wanted, position)
    return changed


def _refresh_property(row: PropertyRow, wanted: PropertyDefinition, position: int) -> bool:
    """Bring a property to its definition, but for what people changed of it and options they added or renamed."""
    edited = frozenset(json.loads(row.edited))
    settings = _settings(json.loads(row.settings), wanted.settings, edited)
    values = {"label": wanted.label, "position": position, "settings": json.dumps(settings)}
    differing = {
        name: value for name, value in values.items() if name not in edited and getattr(row, name) != value
    }
    if differing:
        db.session.execute(sa.update(PropertyRow).where(PropertyRow.id == row.id).values(**differing))
    options = sa.select(PropertyOptionRow.value).where(PropertyOptionRow.property_id == row.id)
    known = set(db.session.scalars(options)) if wanted.options else set()
    missing = [option for option in wanted.options if option.value not in known]
    insert_options(row.id, missing, first=len(known))
    return bool(differing or missing)


def _settings(stored: Mapping[str, Any], wanted: Mapping[str, Any], edited: Collection[str]) -> dict[str, Any]:
    """The settings of a definition, but for the keys that people changed: those are as they are stored, or unset."""
    kept = {name: value for name, value in wanted.items() if setting_mark(name) not in edited}
    return kept | {name: value for name, value in stored.items() if setting_mark(name) in edited}


def _sync_table(definition: ObjectDefinition) -> bool:
    columns = storage.existing_columns(definition.name)
    is_new = not columns
    if is_new:
        storage.create_table(definition.name)
        columns = frozenset(storage.BASE_COLUMNS)
        if not definition.is_activity:
            for name in ("owner_id", "created_at", "updated_at"):
                storage.add_index(definition.name, name)
    missing = [wanted for wanted in definition.properties if wanted.column not in columns]
    for wanted in missing:
        add_column(definition.name, wanted)
    if is_new and definition.is_activity:
        storage.add_activity_indexes(definition.name)
    return bool(missing)


def add_properties(object_type: str, wanted: Iterable[PropertyDefinition]) -> None:
    """Add properties of the product's own making, with their columns, behind those the object has.

    The caller has seen that there are none of these names, and tells of the change by `touch(STAMP)`.
    """
    table = PropertyRow
    last = sa.select(sa.func.max(table.position)).where(table.object_type == object_type, sa.not_(table.is_custom))
    for position, one in enumerate(wanted, start=(db.session.scalar(last) or 0) + 1):
        insert_property(object_type, one, position, is_custom=False)
        add_column(object_type, one)


def add_group(object_type: str, group: GroupDefinition) -> None:
    """Add a group of properties behind those the object has, unless it has one of this name."""
    table = PropertyGroupRow
    known = list(db.session.scalars(sa.select(table.name).where(table.object_type == object_type)))
    if group.name not in known:
        row = {"object_type": object_type, "name": group.name, "label": group.label, "position": len(known)}
        db.session.execute(sa.insert(table).values(**row))
