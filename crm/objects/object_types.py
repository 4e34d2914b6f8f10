"""Making and changing object types while the program runs; only super admins do (SPEC 2.10).

Definition rows, table, rights and association types are written in one unit; every process sees them with its next
transaction, by the stamp of the schema.
"""

import json
from collections.abc import Collection, Iterable

import sqlalchemy as sa

from crm.accounts.object_grants import grant_like
from crm.accounts.operations import demand_super_admin
from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.db import db, touch
from crm.events import ObjectTypeCreated, ObjectTypeRenamed, publish
from crm.messages import Message
from crm.objects.changing import BUSY
from crm.objects.definitions.custom import custom_object
from crm.objects.models import ObjectTypeRow
from crm.objects.names import clean_label
from crm.objects.object_content import (
    NOT_AN_OBJECT,
    InvalidObject,
    NewObject,
    ObjectChange,
    all_properties,
    checked_object,
    wrong_details,
    wrong_display,
    wrong_names,
)
from crm.objects.operations import add_object
from crm.objects.pipelines import create_pipeline
from crm.objects.queries import STAMP, schema
from crm.objects.schema import ObjectType
from crm.objects.storage import TableBusy
from crm.permissions.viewer import Viewer

RIGHTS_LIKE = "deal"
"""Permission sets say of a new object what they say of deals: records that a team works on."""


def create_object_type(actor: Viewer, new: NewObject) -> ObjectType:
    """Make an object type with its table, properties, association types and rights.

    Raises Forbidden, InvalidObject. Its pages, forms, search, import and rights are there once the unit is committed.
    """
    demand_super_admin(actor)
    touch(STAMP)  # first of all: on PostgreSQL whoever makes another object at the same moment waits here
    names, own = checked_object(new)
    required = frozenset(prop.name for prop, one in zip(own, all_properties(new), strict=True) if one.is_required)
    known = schema()
    last = max((kind.position for kind in known.record_types), default=0)
    definition = custom_object(names, new.icon, last + 10, own, required, new.has_pipeline)
    try:
        add_object(definition, {prop.name for prop in own})
    except TableBusy:
        raise InvalidObject({"form": Message(BUSY)}) from None
    row = sa.update(ObjectTypeRow).where(ObjectTypeRow.name == names.name)
    text = " ".join(new.description.split())
    db.session.execute(row.values(description=text, activities=_stored(new.activities)))
    touch(STAMP)
    if new.has_pipeline:
        create_pipeline(actor, names.name, names.plural_label)
    if new.after:
        move_after(names.name, new.after)
    grant_like(names.name, RIGHTS_LIKE)
    publish(ObjectTypeCreated(actor, names.name, new.associated))
    record(actor, Action.OBJECT_CREATED, _about(names.name), {"name": names.name})
    return schema().object_type(names.name)


def change_object_type(actor: Viewer, name: str, change: ObjectChange) -> None:
    """Give an object other names, another place, other display properties. Raises Forbidden, NotFound, InvalidObject.

    `after` is the object it follows in the navigation, "" for the first place, None to stay where it is.
    """
    demand_super_admin(actor)
    touch(STAMP)
    kind = schema().object_type(name)
    errors = wrong_names(change.label, change.plural_label, but_for=name)
    errors |= wrong_details(change.description, change.icon or kind.icon, change.activities, kind.icon)
    if kind.is_custom:
        errors |= wrong_display(kind, change)
    if change.after and change.after not in {one.name for one in schema().record_types}:
        errors["after"] = Message(NOT_AN_OBJECT)
    if errors:
        raise InvalidObject(errors)
    values = {
        "label": clean_label(change.label),
        "plural_label": clean_label(change.plural_label),
        "description": " ".join(change.description.split()),
        "activities": _stored(change.activities),
    }
    values["has_own_labels"] = kind.has_own_labels or values["label"] != kind.label or _has_other_plural(kind, values)
    if kind.is_custom:
        values |= {"icon": change.icon or kind.icon, "layout_changes": _display_layout(kind, change)}
    db.session.execute(sa.update(ObjectTypeRow).where(ObjectTypeRow.name == name).values(**values))
    touch(STAMP)
    if change.after is not None:
        move_after(name, change.after)
    record(actor, Action.OBJECT_CHANGED, _about(name), {"changes": _told(kind, schema().object_type(name))})
    if kind.is_custom and change.primary != kind.layout.primary_display[0]:
        publish(ObjectTypeRenamed(actor, name))


def move_after(name: str, after: str) -> None:
    """Put an object behind `after` in the navigation, or first with ""."""
    others = [kind for kind in schema().record_types if kind.name != name]
    place = next((at for at, kind in enumerate(others, 1) if kind.name == after), 0)
    order = [kind.name for kind in others[:place]] + [name] + [kind.name for kind in others[place:]]
    for position, one in enumerate(order, 1):
        if schema().object_type(one).position != position * 10:
            db.session.execute(
                sa.update(ObjectTypeRow).where(ObjectTypeRow.name == one).values(position=position * 10)
            )
    touch(STAMP)


def _about(name: str) -> About:
    row = db.session.execute(
        sa.select(ObjectTypeRow.id, ObjectTypeRow.plural_label).where(ObjectTypeRow.name == name)
    ).one()
    return About(Kind.OBJECT_TYPE, row.id, row.plural_label)


def _stored(activities: Collection[str] | None) -> str | None:
    return None if activities is None else json.dumps(sorted(activities))


# What a change writes


def _display_layout(kind: ObjectType, change: ObjectChange) -> str:
    """The layout lists that follow from the display properties, over those somebody changed elsewhere."""
    row = sa.select(ObjectTypeRow.layout_changes).where(ObjectTypeRow.name == kind.name)
    changes = json.loads(db.session.execute(row).scalar_one())
    secondary = tuple(dict.fromkeys(name for name in change.secondary if name and name != change.primary))
    required = [change.primary, *(name for name in change.required if name != change.primary)]
    wanted = {
        "primary_display": [change.primary],
        "secondary_display": list(secondary),
        "header_form": [change.primary, *secondary],
        "required": [[name] for name in required],
        "create_form": _create_form(kind, required, (change.primary, *secondary)),
    }
    return json.dumps(changes | wanted)


def _create_form(kind: ObjectType, required: Iterable[str], first: tuple[str, ...]) -> list[tuple[str, bool]]:
    """The create form with everything that is required or shown under the name in it."""
    wanted = set(required)
    before = dict(kind.layout.create_form)
    no_longer = {name for group in kind.layout.required for name in group} - wanted
    names = dict.fromkeys((*first, *before, *sorted(wanted)))
    return [(name, name in wanted or (before.get(name, False) and name not in no_longer)) for name in names]


def _has_other_plural(kind: ObjectType, values: dict[str, str]) -> bool:
    return values["plural_label"] != kind.plural_label


def _told(before: ObjectType, after: ObjectType) -> str:
    parts = []
    for field in ("label", "plural_label", "description", "icon", "position"):
        was, now = getattr(before, field), getattr(after, field)
        if was != now:
            parts.append(f"{field}: {was} → {now}")
    for field in ("primary_display", "secondary_display", "required"):
        was, now = getattr(before.layout, field), getattr(after.layout, field)
        if was != now:
            parts.append(f"{field}: {was} → {now}")
    if before.activities != after.activities:
        parts.append(f"activities: {_activities(before)} → {_activities(after)}")
    return "; ".join(parts)


def _activities(kind: ObjectType) -> str:
    return "all" if kind.activities is None else ", ".join(sorted(kind.activities)) or "none"
