"""Choosing which properties the create form of an object has, in which order, with what (SPEC 2.4)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.db import db, touch
from crm.messages import N_, Message
from crm.objects.models import ObjectTypeRow
from crm.objects.queries import STAMP, schema
from crm.objects.schema import ObjectType, Property
from crm.permissions.actions import AccountRight
from crm.permissions.errors import Forbidden
from crm.permissions.viewer import Viewer
from crm.records.create_form import is_always_required
from crm.records.errors import refuse
from crm.records.values import stage_errors, type_of

FORM, DEFAULTS = "create_form", "create_defaults"
MOST = 100
CANNOT_GO = N_("%(objects)s cannot be made without this, so it stays in the form.")
ONE_STAYS = N_("%(objects)s need at least one of these, so one of them stays in the form: %(labels)s.")
TOO_MANY = N_("A create form has at most %(limit)s properties.")


@dataclass(frozen=True)
class WantedLine:
    """One line of the form as somebody wants it; `default` is a value, None for none of its own."""

    name: str
    required: bool = False
    default: Any = None


def may_stand_in_form(prop: Property) -> bool:
    """Whether people can fill the property in when they make a record."""
    return not prop.read_only and prop.in_forms


def save_create_form(actor: Viewer, object_type: ObjectType, wanted: Sequence[WantedLine]) -> None:
    """Keep `wanted` as the create form, inside a unit of work; a name that is no property of the form is left out.

    Raises Forbidden, and InvalidInput with messages by property name, "form" for what concerns none of them.
    """
    _demand_right(actor)
    known = {name: prop for name, prop in object_type.properties.items() if may_stand_in_form(prop)}
    lines = list({line.name: line for line in wanted if line.name in known}.values())
    refuse(_errors(object_type, lines))
    form = [[line.name, line.required or is_always_required(object_type, line.name)] for line in lines]
    defaults = [
        [line.name, type_of(known[line.name]).to_history(line.default)] for line in lines if line.default is not None
    ]
    _store(actor, object_type, {FORM: form, DEFAULTS: defaults})


def reset_create_form(actor: Viewer, object_type: ObjectType) -> None:
    """Take the form back to the one the program brings, inside a unit of work. Raises Forbidden."""
    _demand_right(actor)
    _store(actor, object_type, {})


def has_own_form(object_type: ObjectType) -> bool:
    """Whether somebody changed the form of an object that comes with one."""
    return not object_type.is_custom and FORM in _changes(object_type)


def _demand_right(actor: Viewer) -> None:
    if not actor.has_right(AccountRight.EDIT_PROPERTIES):
        raise Forbidden(f"{actor.name} may not change forms")


def _errors(object_type: ObjectType, lines: Sequence[WantedLine]) -> dict[str, Message]:
    names = {line.name for line in lines}
    objects = object_type.plural_label
    errors: dict[str, Message] = {}
    if len(lines) > MOST:
        errors["form"] = Message(TOO_MANY, limit=MOST)
    for group in object_type.layout.required_groups:
        labels = ", ".join(object_type.property(name).label for name in group)
        if names.isdisjoint(group):
            single = len(group) == 1
            errors["form"] = Message(CANNOT_GO if single else ONE_STAYS, objects=objects, labels=labels)
    staged = (object_type.pipeline_property, object_type.stage_property) if object_type.pipelines else ()
    if any(prop is not None and prop.name not in names for prop in staged):
        errors["form"] = Message(CANNOT_GO, objects=objects)
    defaults = {line.name: line.default for line in lines if line.default is not None}
    named = [prop.name for prop in staged if prop is not None]
    if all(name in defaults for name in named) and named:
        errors |= stage_errors(object_type, defaults)
    return errors


def _changes(object_type: ObjectType, to_write: bool = False) -> dict[str, Any]:
    row = sa.select(ObjectTypeRow.layout_changes).where(ObjectTypeRow.name == object_type.name)
    found = db.session.execute(row.with_for_update() if to_write else row).scalar_one()
    return dict(json.loads(found))


def _store(actor: Viewer, object_type: ObjectType, lists: Mapping[str, Any]) -> None:
    changes = _changes(object_type, to_write=True)
    kept = {name: value for name, value in changes.items() if name not in (FORM, DEFAULTS)}
    wanted = kept | dict(lists)
    if wanted == changes:
        return
    table = ObjectTypeRow.__table__
    db.session.execute(
        sa.update(table).where(table.c.name == object_type.name).values(layout_changes=json.dumps(wanted))
    )
    touch(STAMP)
    row_id = db.session.scalar(sa.select(table.c.id).where(table.c.name == object_type.name))
    about = About(Kind.OBJECT_TYPE, row_id or 0, object_type.plural_label)
    before, after = object_type.layout, schema().object_type(object_type.name).layout
    told = f"create form: {_told(before.create_form)} → {_told(after.create_form)}"
    if before.create_defaults != after.create_defaults:
        told += f"; defaults: {dict(before.create_defaults)} → {dict(after.create_defaults)}"
    record(actor, Action.OBJECT_CHANGED, about, {"changes": told})


def _told(form: Sequence[tuple[str, bool]]) -> str:
    return ", ".join(f"{name}*" if required else name for name, required in form)
