"""Carrying the values of a property over into its new column, at once or in batches, and switching to it (SPEC 2.3)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from crm.accounts.queries import viewer_for
from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.clock import now
from crm.db import db, end_read, unit_of_work
from crm.events import PropertyChanged, publish
from crm.jobs.queue import enqueue
from crm.messages import N_, Message
from crm.objects import changing, storage
from crm.objects.definition_errors import InvalidDefinition
from crm.objects.definitions.base import PropertyDefinition
from crm.objects.editors import write_editors
from crm.objects.property_names import LONGEST_NAME, free_name
from crm.objects.property_rows import change_property_row, insert_options, insert_property, names_ever
from crm.objects.queries import schema
from crm.objects.retyping import Retyping, converter, plan, words
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import SYSTEM, Viewer
from crm.properties.models import PropertyHistoryRow, PropertyOptionRow

RETYPE = "retype_property"
AT_ONCE = 2_000
"""Values that are carried over while the person waits; more are a job."""
BATCH = 500
BEFORE = "_before"
MARGIN = timedelta(minutes=1)
"""Writers of longer than this are none."""
ALREADY = N_("The type of this property is being changed already.")
WHY = "values are carried over for every record"


def retype(actor: Viewer, object_type: str, name: str, type_name: str) -> bool:
    """Give a property another type, inside a unit of work; False when a job will, as there are many values.

    Raises Forbidden, NotFound, InvalidDefinition.
    """
    owner = changing.begin_change(object_type)
    retyping = plan(actor, owner, owner.property(name), type_name)
    if not retyping.keeps_column and _count(retyping, AT_ONCE + 1) > AT_ONCE:
        payload = {"actor_id": actor.user_id, "object_type": object_type, "property": name, "type": type_name}
        if not enqueue(RETYPE, payload, unique_key=f"{object_type}.{name}"):
            raise InvalidDefinition({"form": Message(ALREADY)})
        return False
    column = retyping.prop.column_name
    if not retyping.keeps_column:
        column = _make_column(retyping)
        changing.hold_table(object_type)
        _carry(actor, retyping, column)
    _switch(actor, retyping, column)
    return True


def retype_many(payload: Mapping[str, Any]) -> None:
    """The job: carry values over in batches while people work, then once more what they changed, and switch."""
    object_type, name = payload["object_type"], payload["property"]
    actor = viewer_for(payload["actor_id"]) if payload["actor_id"] is not None else SYSTEM
    started = now() - MARGIN
    with unit_of_work():
        owner = changing.begin_change(object_type)
        prop = owner.properties.get(name)
        if prop is None or prop.type == payload["type"]:
            return
        retyping = plan(actor, owner, prop, payload["type"])
        column = _make_column(retyping)
    last = 0
    while True:
        end_read()
        with unit_of_work():
            last = _carry_batch(retyping, column, last)
        if not last:
            break
    end_read()
    with unit_of_work():
        owner = changing.begin_change(object_type)
        if owner.properties.get(name) != retyping.prop:
            return
        changing.hold_table(object_type)
        _carry(actor, retyping, column, since=started)
        _switch(actor, retyping, column)


def _count(retyping: Retyping, limit: int) -> int:
    column = retyping.owner.column(retyping.prop.name)
    found = sa.select(sa.literal(1)).select_from(retyping.owner.table).where(column.is_not(None)).limit(limit)
    return db.session.scalar(unguarded(sa.select(sa.func.count()).select_from(found.subquery()), WHY)) or 0


def _make_column(retyping: Retyping) -> str:
    """The column of the new values; its name is no other property's."""
    object_type = retyping.owner.name
    taken = names_ever(object_type) | storage.existing_columns(object_type)
    column = free_name(retyping.prop.name, taken)
    changing.hold_table(object_type)
    try:
        storage.add_column(object_type, column, retyping.kind.column_type())
    except storage.TooManyColumns:
        raise InvalidDefinition({"form": Message(changing.NO_ROOM)}) from None
    return column


def _carry_batch(retyping: Retyping, column: str, last: int) -> int:
    """Carry the values of a batch of records over; the last of them, 0 when there are no more."""
    table, old = retyping.owner.table, retyping.owner.column(retyping.prop.name)
    statement = (
        sa.select(table.c.record_id, old)
        .where(table.c.record_id > last, old.is_not(None))
        .order_by(table.c.record_id)
        .limit(BATCH)
    )
    rows = db.session.execute(unguarded(statement, WHY)).all()
    _write(retyping, column, [(row[0], row[1]) for row in rows])
    return rows[-1][0] if rows else 0


def _carry(actor: Viewer, retyping: Retyping, column: str, since: datetime | None = None) -> None:
    """Carry values over that nobody can change meanwhile, all or those of records changed `since`.

    The history says of each value that cannot be kept that it went.
    """
    table, old = retyping.owner.table, retyping.owner.column(retyping.prop.name)
    statement = sa.select(table.c.record_id, old)
    changed = statement.where(old.is_not(None)) if since is None else statement.where(table.c.updated_at >= since)
    rows = db.session.execute(unguarded(changed, WHY)).all()
    _write(retyping, column, [(row[0], row[1]) for row in rows])
    new = sa.column(column)
    lost = sa.select(table.c.record_id, old).where(old.is_not(None), new.is_(None))
    _tell_lost(actor, retyping, [(row[0], row[1]) for row in db.session.execute(unguarded(lost, WHY))])


def _write(retyping: Retyping, column: str, values: list[tuple[int, Any]]) -> None:
    convert = converter(retyping)
    target = sa.table(
        retyping.owner.table.name, sa.column("record_id"), sa.column(column, retyping.kind.column_type())
    )
    rows = [{"id": one, "value": None if old is None else convert(old)} for one, old in values]
    if rows:
        changed = sa.update(target).where(target.c.record_id == sa.bindparam("id"))
        db.session.connection().execute(changed.values({column: sa.bindparam("value")}), rows)


def _tell_lost(actor: Viewer, retyping: Retyping, lost: list[tuple[int, Any]]) -> None:
    records, moment = sa.table("record", sa.column("id"), sa.column("version")), now()
    for start in range(0, len(lost), BATCH):
        batch = lost[start : start + BATCH]
        statement = sa.select(records.c.id, records.c.version).where(records.c.id.in_([one for one, _old in batch]))
        versions = dict(db.session.execute(unguarded(statement, WHY)).tuples().all())
        rows = [
            {
                "record_id": one,
                "property_name": retyping.prop.name,
                "version": versions[one],
                "old": words(retyping.prop, old),
                "new": None,
                "source": "rule",
                "source_detail": "another type of the property",
                "actor_id": actor.user_id,
                "moment": moment,
            }
            for one, old in batch
        ]
        db.session.execute(sa.insert(PropertyHistoryRow.__table__), rows)


def _switch(actor: Viewer, retyping: Retyping, column: str) -> None:
    """Let the property be what it becomes; what it was is an archived property from now on."""
    owner, prop, kind = retyping.owner, retyping.prop, retyping.kind
    options = PropertyOptionRow.__table__
    db.session.execute(sa.delete(options).where(options.c.property_id == prop.id))
    change_property_row(
        prop.id, {"type": kind.name, "column_name": column, "settings": {}, "default_value": None, "is_unique": False}
    )
    insert_options(prop.id, retyping.options, first=0)
    if not retyping.keeps_column:
        _keep_old(actor, retyping)
    changing.end_change()
    before = schema().object_type(owner.name).property(prop.name)
    told = {"object": owner.plural_label, "type": f"{prop.type} → {kind.name}"}
    record(actor, Action.PROPERTY_RETYPED, About(Kind.PROPERTY, prop.id, before.label), told)
    publish(PropertyChanged(actor, owner.name, prop.name, frozenset({"type", "options"})))


def _keep_old(actor: Viewer, retyping: Retyping) -> None:
    """Keep the old column as that of an archived property, by another name.

    Who read the schema just before and writes only now finds no such column (PostgreSQL) and is asked to do it once
    more, by the new type. Under the old name the value would be written where nobody looks.
    """
    prop = retyping.prop
    taken = names_ever(prop.object_type) | storage.existing_columns(prop.object_type)
    name = free_name(f"{prop.name[: LONGEST_NAME - len(BEFORE)]}{BEFORE}", taken)
    storage.rename_column(prop.object_type, prop.column_name, name)
    old = PropertyDefinition(
        name=name,
        label=f"{prop.label} ({prop.type})",
        type=prop.type,
        group=prop.group,
        settings=prop.settings,
    )
    kept = insert_property(prop.object_type, old, prop.position, is_custom=True, actor_id=actor.user_id)
    change_property_row(kept, {"archived_at": now(), "is_sensitive": prop.is_sensitive})
    if prop.editors is not None:
        write_editors(kept, prop.editors)
