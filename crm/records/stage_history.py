"""In which stages a record was, from when to when: written with every move, and what follows from it (SPEC 2.7, 2.9).

How long a record was in a stage is counted when it leaves; of the stage it is in, the day it came is known. Kept by the
program, so without history of its own and without a new version of the record: the visits are the history.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm.clock import now
from crm.db import db
from crm.events import RecordCreated, RecordUpdated
from crm.messages import Message
from crm.objects.pipeline_changes import is_open_to_records
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, stage_slug
from crm.objects.stage_facts import CUMULATIVE_TIME, ENTERED, EXITED, LATEST_TIME
from crm.objects.stage_properties import ENTERED_CURRENT
from crm.permissions.scopes import unguarded
from crm.records.automatic.ticket_closing import milliseconds
from crm.records.checks.stage_leaving import LEAVING
from crm.records.errors import InvalidInput
from crm.records.models import StageVisit
from crm.statements import Statements, among

VISIT = StageVisit.__table__


def on_record_created(event: RecordCreated) -> None:
    """The first visit of a new record."""
    kind = schema().object_type(event.object_type)
    where = _where(kind, event.values)
    if where is not None:
        _enter(kind, event.actor.user_id, event.record_id, where, event.moment or now())


def on_record_updated(event: RecordUpdated) -> None:
    """The end of one visit and the beginning of the next, at the same moment."""
    kind = schema().object_type(event.object_type)
    if kind.stage_property is None or kind.stage_property.name not in event.after:
        return
    pipeline_name = kind.pipeline_property.name if kind.pipeline_property else ""
    pipeline = event.after.get(pipeline_name) or _pipeline_of(kind, event.after[kind.stage_property.name])
    stage = event.after[kind.stage_property.name]
    moment, left = _leave(event.record_id, event.moment or now())
    _enter(kind, event.actor.user_id, event.record_id, (pipeline, stage), moment, left)


def first_visit(
    kind: ObjectType, record_id: int, values: Mapping[str, Any], actor_id: int | None, moment: datetime
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The first visit of a record made past the operations, as a row and as what it says by property."""
    where = _where(kind, values)
    if where is None:
        return None
    visit = {"record_id": record_id, "pipeline": where[0], "stage": where[1], "entered_at": moment}
    facts = {ENTERED_CURRENT: moment, ENTERED.name_for(stage_slug(where[1])): moment}
    return visit | {"actor_id": actor_id}, {name: value for name, value in facts.items() if name in kind.properties}


def _where(kind: ObjectType, values: Mapping[str, Any]) -> tuple[str, str] | None:
    if kind.stage_property is None or kind.pipeline_property is None:
        return None
    stage = values.get(kind.stage_property.name)
    return (values.get(kind.pipeline_property.name) or _pipeline_of(kind, stage), stage) if stage else None


def _pipeline_of(kind: ObjectType, stage: str) -> str:
    return next((pipeline.name for pipeline in kind.pipelines if pipeline.stage(stage)), "")


def _leave(record_id: int, moment: datetime) -> tuple[datetime, tuple[str, Decimal] | None]:
    """End the visit that lasts; when, not before it began, and the stage that is left with how long it was."""
    row = db.session.execute(
        sa.update(VISIT)
        .where(VISIT.c.record_id == record_id, VISIT.c.exited_at.is_(None))
        .values(exited_at=sa.case((VISIT.c.entered_at > moment, VISIT.c.entered_at), else_=sa.literal(moment, _TIME)))
        .returning(VISIT.c.stage, VISIT.c.entered_at, VISIT.c.exited_at)
    ).first()
    if row is None:
        return moment, None
    return row.exited_at, (row.stage, milliseconds(row.entered_at, row.exited_at))


_TIME = VISIT.c.entered_at.type


def _enter(
    kind: ObjectType,
    actor_id: int | None,
    record_id: int,
    where: tuple[str, str],
    moment: datetime,
    left: tuple[str, Decimal] | None = None,
) -> None:
    pipeline, stage = where
    _demand_open(kind, stage)
    visit = {"pipeline": pipeline, "stage": stage, "entered_at": moment, "actor_id": actor_id}
    db.session.execute(sa.insert(VISIT), {"record_id": record_id} | visit)
    values: dict[str, Any] = {ENTERED_CURRENT: moment}
    if left is not None:
        slug, span = stage_slug(left[0]), left[1]
        total = CUMULATIVE_TIME.name_for(slug)
        values |= {EXITED.name_for(slug): moment, LATEST_TIME.name_for(slug): span}
        if total in kind.properties:
            values[total] = sa.func.coalesce(kind.column(total), 0) + span
    slug = stage_slug(stage)
    values |= {ENTERED.name_for(slug): moment, EXITED.name_for(slug): None}
    row = {kind.property(name).column_name: value for name, value in values.items() if name in kind.properties}
    if row:
        table = kind.table
        db.session.execute(sa.update(table).where(table.c.record_id == record_id).values(**row))


def _demand_open(kind: ObjectType, stage_name: str) -> None:
    """Refuse a stage that somebody has begun to delete since this unit of work read what stages there are."""
    stage, prop = kind.stages.get(stage_name), kind.stage_property
    if stage is not None and prop is not None and not is_open_to_records(stage):
        raise InvalidInput({prop.name: Message(LEAVING, stage=stage.label)})


def facts_from_visits(kind: ObjectType, record_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What the visits of these records say, by id and property: what every move has kept, from scratch."""
    return {record_id: _facts(visits) for record_id, visits in visits_of(record_ids).items()}


def visits_of(record_ids: Sequence[int]) -> dict[int, list[sa.Row[Any]]]:
    """The visits of each of these records, in order; one query."""
    statement = _statements.get(schema().token, _visits)
    found: dict[int, list[sa.Row[Any]]] = defaultdict(list)
    for row in db.session.execute(statement, {"ids": list(record_ids)}):
        found[row.record_id].append(row)
    return found


_statements = Statements()


def _visits() -> Any:
    columns = (VISIT.c.record_id, VISIT.c.pipeline, VISIT.c.stage, VISIT.c.entered_at, VISIT.c.exited_at)
    statement = sa.select(*columns).where(among(VISIT.c.record_id, "ids"))
    ordered = statement.order_by(VISIT.c.record_id, VISIT.c.entered_at, VISIT.c.id)
    return unguarded(ordered, "derived values are the same for everyone")


def _facts(visits: Iterable[sa.Row[Any]]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for visit in visits:
        slug = stage_slug(visit.stage)
        facts[ENTERED_CURRENT] = facts[ENTERED.name_for(slug)] = visit.entered_at
        facts[EXITED.name_for(slug)] = visit.exited_at
        if visit.exited_at is not None:
            span, total = milliseconds(visit.entered_at, visit.exited_at), CUMULATIVE_TIME.name_for(slug)
            facts[LATEST_TIME.name_for(slug)] = span
            facts[total] = facts.get(total, Decimal(0)) + span
    return facts
