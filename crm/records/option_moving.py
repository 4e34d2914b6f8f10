"""Moving records from one option of a property to another, so that the first can go (SPEC 2.3).

It may be thousands, so it runs as a job, in batches; stopped in the middle, it goes on with what is left. Meanwhile
nobody is offered the option, and what arrives with it is stored as the other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from crm.accounts.queries import viewer_for
from crm.db import db, end_read, unit_of_work
from crm.jobs.queue import enqueue
from crm.objects import changing
from crm.objects.options import drop_option, holds, start_moving
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Property
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import SYSTEM, Viewer
from crm.properties.types.checkboxes import SEPARATOR
from crm.records.errors import InvalidInput
from crm.records.operations import update_record
from crm.records.source import Source, SourceKind
from crm.records.values import type_of

MOVE_OPTION = "move_option"
BATCH = 20
SOURCE = Source(SourceKind.RULE, "an option that was deleted")
Update = Callable[..., Any]
WHY = "ids for a job that acts for a super admin"


def begin_moving(
    actor: Viewer, object_type: str, name: str, value: str, target: str, job: str = MOVE_OPTION
) -> None:
    """Have every record with the option `value` given `target`, once this unit of work is committed; then it goes.

    `job` is the kind of job that does so; it runs `move_records`.
    Raises Forbidden, NotFound, InvalidDefinition.
    """
    start_moving(actor, object_type, name, value, target)
    payload = {"actor_id": actor.user_id, "object_type": object_type, "property": name, "value": value}
    enqueue(job, payload | {"target": target}, unique_key=f"{object_type}.{name}.{value}")


def move_records(payload: Mapping[str, Any], update: Update = update_record) -> None:
    """The job: move in batches, each its own unit of work, with history and in the name of who asked for it.

    `update(actor, record_id, changes, source=)` writes one of them.
    """
    object_type, name, value = payload["object_type"], payload["property"], payload["value"]
    person = viewer_for(payload["actor_id"]) if payload["actor_id"] is not None else SYSTEM
    actor, last = replace(person, is_super_admin=True), 0
    while True:
        end_read()
        prop = schema().object_type(object_type).properties.get(name)
        if prop is None or value not in prop.labels:
            return
        ids = _ids_after(schema().object_type(object_type), prop, value, last)
        if not ids:
            break
        end_read()
        with unit_of_work():
            for record_id in ids:
                _move(actor, prop, record_id, value, payload["target"], update)
        last = ids[-1]
    end_read()
    with unit_of_work():
        owner = changing.begin_change(object_type)
        prop = owner.properties.get(name)
        if prop is not None:
            _move_what_is_left(owner, prop, value, payload["target"])
            drop_option(prop, value)
        changing.end_change()


def _ids_after(owner: ObjectType, prop: Property, value: str, last: int) -> Sequence[int]:
    record_id = owner.table.c.record_id
    live = sa.select(record_id).where(
        holds(owner, prop, value), record_id > last, owner.table.c.archived_at.is_(None)
    )
    return db.session.scalars(unguarded(live.order_by(record_id).limit(BATCH), WHY)).all()


def _move(actor: Viewer, prop: Property, record_id: int, value: str, target: str, update: Update) -> None:
    owner = schema().object_type(prop.object_type)
    statement = sa.select(owner.column(prop.name)).where(owner.table.c.record_id == record_id)
    held = db.session.scalar(unguarded(statement, WHY))
    try:
        with db.session.begin_nested():
            update(actor, record_id, {prop.name: moved_value(prop, held, value, target)}, source=SOURCE)
    except (InvalidInput, LookupError):
        # Its own rules refuse it as it is; the option goes nevertheless, so it is written past them below.
        return


def _move_what_is_left(owner: ObjectType, prop: Property, value: str, target: str) -> None:
    """Records in the recycle bin, and those whose own rules refuse every change: written past them."""
    record_id, column = owner.table.c.record_id, owner.column(prop.name)
    rows = db.session.execute(unguarded(sa.select(record_id, column).where(holds(owner, prop, value)), WHY)).all()
    for row in rows:
        changed = {column.name: moved_value(prop, row[1], value, target)}
        db.session.execute(sa.update(owner.table).where(record_id == row[0]).values(**changed))


def moved_value(prop: Property, held: str | None, value: str, target: str) -> str | None:
    """What a record holds with `target` in the place of `value`; other options of several stay, in order."""
    if held is None or not type_of(prop).is_multiple:
        return target
    chosen = {target if one == value else one for one in held.split(SEPARATOR)}
    ordered = [option.value for option in prop.options if option.value in chosen]
    return SEPARATOR.join(ordered + sorted(chosen.difference(ordered)))
