"""Writing one property of all records or activities of a selection, in bulk (SPEC 5.1)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm.activities.dating import refuse_by_date
from crm.activities.operations import update_activity
from crm.activities.queries import kind_of
from crm.bulk.registry import Applied, Changed, Settings
from crm.clock import now
from crm.db import db
from crm.messages import N_, Lowered, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Property
from crm.permissions.errors import Forbidden
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.operations import update_record
from crm.records.rows import lock_passports
from crm.records.source import Source, SourceKind
from crm.records.values import type_of
from crm.selections.editable import Way, Wish, wish_of
from crm.selections.refusals import REFUSALS, SO_ALREADY, Refusals, demand_edit
from crm.selections.selection import read

EDIT = "edit_selected"
"""The kind of work in bulk that does it."""

LABEL = N_("Changing a property of many records")
TITLES = {
    Way.SET: N_("Writing “%(property)s” of %(objects)s"),
    Way.ADD: N_("Adding to “%(property)s” of %(objects)s"),
    Way.REMOVE: N_("Taking away from “%(property)s” of %(objects)s"),
    Way.CLEAR: N_("Clearing “%(property)s” of %(objects)s"),
}

Values = Mapping[str, Any]
Kept = Mapping[str, Sequence[str | None]]
"""What properties were and became, as texts of the history."""


def title(settings: Settings) -> Message:
    """What people read of it."""
    kind = schema().types.get(settings["selection"]["object_type"])
    prop = kind.properties.get(settings["property"]) if kind else None
    if kind is None or prop is None:
        return Message(LABEL)
    return Message(TITLES[Way(settings["way"])], property=prop.label, objects=Lowered(kind.plural_label))


def apply(actor: Viewer, run_id: int, settings: Settings, ids: Sequence[int]) -> Applied:
    """Write each as a person would do it one by one; what cannot be is counted with its reason.

    What a record had is kept for Undo, of everything that changed with the property. Raises NotFound when the property
    is gone, Forbidden when the actor may no longer write it.
    """
    kind = read(settings["selection"]).object_type
    wish = wish_of(kind, settings)
    _demand_open(actor, wish.prop)
    source, refusals = Source(SourceKind.BULK, str(run_id)), Refusals()
    lock_passports(ids)
    before, written = _values_of(kind, ids), {}
    for record_id in ids:
        held = before.get(record_id, {})
        try:
            changed = _write(actor, kind, record_id, held, _wanted(kind, wish, held), source)
        except REFUSALS as error:
            refusals.add(error)
            continue
        if changed:
            written[record_id] = changed
        else:
            refusals.add_many(SO_ALREADY, 1)
    after = _values_of(kind, written)
    changes = [
        Changed(one, None, _undoable(kind, names, before[one], after[one])) for one, names in written.items()
    ]
    return Applied(changes, refusals.skipped, refusals.messages())


def undo(actor: Viewer, run_id: int, settings: Settings, changes: Sequence[Changed]) -> None:
    """Write back what each record had, where what the run wrote is there still."""
    kind = read(settings["selection"]).object_type
    demand_edit(actor, kind)
    _demand_open(actor, wish_of(kind, settings).prop)
    source = Source(SourceKind.BULK, str(run_id))
    ids = [change.one_id for change in changes]
    lock_passports(ids)
    there = _values_of(kind, ids)
    for change in changes:
        held = there.get(change.one_id)
        try:
            if held is not None:
                _write(actor, kind, change.one_id, held, _restored(actor, kind, held, change.before), source)
        except REFUSALS:
            continue


def _wanted(kind: ObjectType, wish: Wish, held: Values) -> dict[str, Any]:
    """What to write to a record that holds `held`; a stage brings its pipeline along."""
    name = wish.prop.name
    value = wish.on(held.get(name))
    if kind.stage_property is None or kind.pipeline_property is None or name != kind.stage_property.name:
        return {name: value}
    found = next((one for one in kind.pipelines if one.stage(value)), None)
    return {name: value} if found is None else {name: value, kind.pipeline_property.name: found.name}


def _write(
    actor: Viewer, kind: ObjectType, record_id: int, held: Values, wanted: Mapping[str, Any], source: Source
) -> Iterable[str]:
    """Write what differs; the names of all that changed."""
    if not kind.is_activity:
        return update_record(actor, record_id, wanted, source=source)
    activity_kind = kind_of(kind.name, held)
    if activity_kind is not None:
        refuse_by_date(activity_kind, held, wanted, now())
    return update_activity(actor, record_id, wanted, source=source)


def _undoable(kind: ObjectType, names: Iterable[str], before: Values, after: Values) -> dict[str, list[str | None]]:
    """What each property was and became, of those that can be written."""
    known = (kind.properties[name] for name in sorted(names) if name in kind.properties)
    props = [prop for prop in known if not prop.read_only]
    return {prop.name: [_text(prop, one.get(prop.name)) for one in (before, after)] for prop in props}


def _restored(actor: Viewer, kind: ObjectType, held: Values, kept: Kept) -> dict[str, Any]:
    """What to write back: of the properties that are as the run left them, what they were."""
    found = {}
    for name, (was, became) in kept.items():
        prop = kind.properties.get(name)
        if prop is not None and prop.is_open_to(actor) and _text(prop, held.get(name)) == became:
            found[name] = type_of(prop).from_history(was)
    return found


def _text(prop: Property, value: Any) -> str | None:
    return type_of(prop).to_history(value)


def _values_of(kind: ObjectType, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The values of records by id, in one query."""
    wanted = sa.select(kind.table).where(kind.table.c.record_id.in_(sorted(ids)))
    rows = db.session.execute(unguarded(wanted, "whether each may be written is asked as it is written")).mappings()
    props = kind.properties.values()
    return {row["record_id"]: {prop.name: row[prop.column_name] for prop in props} for row in rows}


def _demand_open(actor: Viewer, prop: Property) -> None:
    if not prop.is_open_to(actor):
        raise Forbidden(f"{actor.name} may not write {prop.name}")
