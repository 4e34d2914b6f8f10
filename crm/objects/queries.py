"""Reading what object types there are."""

import json
import secrets
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from crm.caches import StampedCache
from crm.db import db, stamps
from crm.messages import Phrase
from crm.objects import storage
from crm.objects.models import ObjectTypeRow, PipelineRow, StageRow
from crm.objects.schema import Editors, Layout, ObjectType, Option, Pipeline, Property, Schema, Stage
from crm.objects.stage_facts import fact_labels
from crm.properties.models import PropertyEditorRow, PropertyOptionRow, PropertyRow
from crm.properties.types import property_types

STAMP = "schema"
CHOSEN = "chosen"
"""The `edit_access` of a property that only some people may write."""


def schema() -> Schema:
    """The object types, their properties, options, pipelines and tables, as of this transaction."""
    return _cache.get()


def _load() -> Schema:
    pipelines = _pipelines()
    properties = _properties(pipelines)
    types = {}
    for row in db.session.scalars(sa.select(ObjectTypeRow).order_by(ObjectTypeRow.position)):
        owned = properties.get(row.name, {})
        types[row.name] = ObjectType(
            name=row.name,
            plural_name=row.plural_name,
            label=row.label,
            plural_label=row.plural_label,
            icon=row.icon,
            position=row.position,
            is_activity=row.is_activity,
            is_custom=row.is_custom,
            properties=owned,
            pipelines=pipelines.get(row.name, ()),
            layout=_layout(json.loads(row.layout) | json.loads(row.layout_changes), owned),
            table=storage.table_for(row.name, ((p.column_name, _column_type(p)) for p in owned.values())),
            description=row.description,
            has_own_labels=row.has_own_labels,
            activities=None if row.activities is None else frozenset(json.loads(row.activities)),
        )
    return Schema(types, stamps().get(STAMP) or secrets.token_hex(8))


_cache = StampedCache(STAMP, _load)


def _column_type(prop: Property) -> sa.types.TypeEngine:
    kind = property_types.get(prop.type)
    return kind.holding(prop.settings).column_type() if kind else sa.Text()


def _layout(data: dict[str, Any], owned: Mapping[str, Property]) -> Layout:
    """The lists of a layout without what is no property of the object any longer."""
    fields: dict[str, Any] = {}
    for key, value in data.items():
        if key == "required":
            groups = (tuple(name for name in group if name in owned) for group in value)
            fields[key] = tuple(group for group in groups if group)
        elif key == "create_form":
            fields[key] = tuple((name, bool(required)) for name, required in value if name in owned)
        elif key == "create_defaults":
            fields[key] = tuple((name, text) for name, text in value if name in owned)
        else:
            fields[key] = tuple(name for name in value if name in owned)
    return Layout(**fields)


def _pipelines() -> dict[str, tuple[Pipeline, ...]]:
    stages: dict[int, list[Stage]] = defaultdict(list)
    for row in db.session.scalars(sa.select(StageRow).order_by(StageRow.position, StageRow.id)):
        stage = Stage(
            name=row.name,
            label=row.label,
            position=row.position,
            is_closed=row.is_closed,
            probability=row.probability,
            meta=json.loads(row.meta),
            id=row.id,
            color=row.color,
            required=tuple(json.loads(row.required)),
            allows_creation=row.allows_creation,
            is_leaving=row.moves_to_id is not None,
        )
        stages[row.pipeline_id].append(stage)
    found: dict[str, list[Pipeline]] = defaultdict(list)
    for row in db.session.scalars(sa.select(PipelineRow).order_by(PipelineRow.position, PipelineRow.id)):
        pipeline = Pipeline(
            name=row.name,
            label=row.label,
            position=row.position,
            stages=tuple(stages[row.id]),
            id=row.id,
            forbids_skipping=row.forbids_skipping,
            forbids_going_back=row.forbids_going_back,
            locks_closed=row.locks_closed,
            is_leaving=row.is_leaving,
        )
        found[row.object_type].append(pipeline)
    return {name: tuple(pipelines) for name, pipelines in found.items()}


def _properties(pipelines: dict[str, tuple[Pipeline, ...]]) -> dict[str, dict[str, Property]]:
    options: dict[int, list[Option]] = defaultdict(list)
    option = PropertyOptionRow.__table__
    for row in db.session.execute(sa.select(option).order_by(option.c.position)).all():
        options[row.property_id].append(_option(row))
    editors = _editors()
    said = {name: fact_labels(owned) for name, owned in pipelines.items()}
    found: dict[str, dict[str, Property]] = defaultdict(dict)
    prop = PropertyRow.__table__
    live = sa.select(prop).where(prop.c.archived_at.is_(None)).order_by(prop.c.position, prop.c.id)
    for row in db.session.execute(live).all():
        settings = json.loads(row.settings)
        staged = _pipeline_options(settings, pipelines.get(row.object_type, ()))
        found[row.object_type][row.name] = Property(
            id=row.id,
            object_type=row.object_type,
            name=row.name,
            column_name=row.column_name,
            label=_label(row, said),
            type=row.type,
            group=row.group_name,
            position=row.position,
            read_only=row.read_only,
            unique=row.is_unique,
            is_custom=row.is_custom,
            options=staged or tuple(options[row.id]),
            settings=settings,
            description=row.description,
            default=_default(row, staged),
            in_forms=row.in_forms,
            is_sensitive=row.is_sensitive,
            editors=editors.get(row.id, Editors()) if row.edit_access == CHOSEN else None,
        )
    _mirror_options(found)
    return found


def _label(row: PropertyRow, said: Mapping[str, Mapping[str, Phrase]]) -> str:
    """The label, to be translated with what it names where it is still the one that was made of a stage."""
    made = said.get(row.object_type, {}).get(row.name)
    return made if made is not None and made == row.label else row.label


def _mirror_options(found: dict[str, dict[str, Property]]) -> None:
    """Give a property that mirrors another (`settings["options_like"]`: object and name) the options of that one."""
    for properties in found.values():
        for name, prop in properties.items():
            object_type, other = prop.settings.get("options_like", (None, None))
            source = found.get(object_type, {}).get(other)
            if source is not None:
                properties[name] = replace(prop, options=source.options)


def _option(row: Any) -> Option:
    return Option(row.value, row.label, row.position, row.color, row.description, row.in_forms, row.moves_to)


def _editors() -> dict[int, Editors]:
    users: dict[int, set[int]] = defaultdict(set)
    teams: dict[int, set[int]] = defaultdict(set)
    for row in db.session.scalars(sa.select(PropertyEditorRow)):
        if row.user_id is not None:
            users[row.property_id].add(row.user_id)
        if row.team_id is not None:
            teams[row.property_id].add(row.team_id)
    return {one: Editors(frozenset(users[one]), frozenset(teams[one])) for one in {*users, *teams}}


def _default(row: Any, staged: tuple[Option, ...]) -> Any:
    """What new records have; nothing when it is a stage or pipeline that is no more."""
    kind = property_types.get(row.type)
    if kind is None or row.default_value is None:
        return None
    try:
        value = kind.from_history(row.default_value)
    except (ValueError, ArithmeticError):
        return None
    return None if staged and value not in {one.value for one in staged if one.is_offered} else value


def _pipeline_options(settings: dict[str, Any], pipelines: tuple[Pipeline, ...]) -> tuple[Option, ...]:
    if settings.get("options_from") == "pipeline":
        return tuple(_pipeline_option(pipeline) for pipeline in pipelines)
    if settings.get("options_from") == "stage":
        return tuple(_stage_option(stage) for pipeline in pipelines for stage in pipeline.stages)
    return ()


def _pipeline_option(pipeline: Pipeline) -> Option:
    return Option(pipeline.name, pipeline.label, pipeline.position, in_forms=not pipeline.is_leaving)


def _stage_option(stage: Stage) -> Option:
    return Option(stage.name, stage.label, stage.position, stage.color, in_forms=not stage.is_leaving)
