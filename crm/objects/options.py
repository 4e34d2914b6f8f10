"""The options of a property: added, changed, put in order, deleted when no record has them (SPEC 2.3, 2.4)."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.db import db
from crm.events import PropertyChanged, publish
from crm.messages import N_, Message
from crm.objects import changing
from crm.objects.definition_errors import InvalidDefinition, demand_right
from crm.objects.definitions import OBJECTS
from crm.objects.definitions.base import OptionDefinition
from crm.objects.groups import reordered
from crm.objects.limits import OPTIONS, TOO_MANY_OPTIONS
from crm.objects.option_content import check_option
from crm.objects.property_rows import insert_options
from crm.objects.registry import Use, property_uses
from crm.objects.schema import ObjectType, Option, Property
from crm.permissions.errors import NotFound
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.properties.models import PropertyOptionRow
from crm.properties.types import property_types
from crm.properties.types.checkboxes import SEPARATOR

NOT_EDITABLE = N_("These options are not set here.")
FROM_PIPELINES = N_("These options are the pipelines and stages of the object; they are set there.")
STANDARD_OPTION = N_("This option comes with Kartotek. It can be left out of forms.")
HAS_RECORDS = N_("Records have this option. Choose the option they get instead.")
OPTION_IN_USE = N_("This option is in use: %(places)s.")
LAST_OPTION = N_("A property keeps at least one option.")
IS_MOVING = N_("Records are being moved to another option already.")
NO_TARGET = N_("Choose another option.")
WHY = "whether an option is used is a fact of the whole object"


def has_own_options(prop: Property) -> bool:
    """Whether the options of a property are set in its settings, and not where pipelines are."""
    kind = property_types.get(prop.type)
    return kind is not None and kind.has_options and "options_from" not in prop.settings


def add_option(actor: Viewer, object_type: str, name: str, wanted: OptionDefinition) -> str:
    """Add an option behind the others and return its internal name. Raises Forbidden, NotFound, InvalidDefinition."""
    owner, prop = _begin(actor, object_type, name)
    if len(prop.options) >= OPTIONS:
        raise InvalidDefinition({"label": Message(TOO_MANY_OPTIONS, limit=f"{OPTIONS:,}")})
    values, labels = {one.value for one in prop.options}, {one.label.casefold() for one in prop.options}
    option = check_option(wanted, values, labels, field="label")
    last = max((one.position for one in prop.options), default=-1)
    insert_options(prop.id, [option], first=last + 1)
    _end(actor, owner, prop, f"+ {option.label}")
    return option.value


def change_option(actor: Viewer, object_type: str, name: str, value: str, wanted: OptionDefinition) -> None:
    """Let an option be called otherwise; its internal name stays. Raises Forbidden, NotFound, InvalidDefinition."""
    owner, prop = _begin(actor, object_type, name)
    option = option_called(prop, value)
    others = [one for one in prop.options if one.value != value]
    as_it_stays = OptionDefinition(value, wanted.label, wanted.color, wanted.description, wanted.in_forms)
    checked = check_option(as_it_stays, (), {one.label.casefold() for one in others}, field="label")
    values = {
        "label": checked.label,
        "color": checked.color,
        "description": checked.description,
        "in_forms": checked.in_forms,
    }
    if all(getattr(option, field) == after for field, after in values.items()):
        return
    _write(prop, value, values)
    _end(actor, owner, prop, option.label if option.label == checked.label else f"{option.label} → {checked.label}")


def move_option(actor: Viewer, object_type: str, name: str, value: str, steps: int) -> None:
    """Move an option by so many places. Raises Forbidden, NotFound."""
    owner, prop = _begin(actor, object_type, name)
    option_called(prop, value)
    places = {one.value: place for place, one in enumerate(prop.options)}
    order = reordered(list(places.values()), places[value], steps)
    _put_in_order(prop, [prop.options[place] for place in order])
    _end(actor, owner, prop, "↑↓")


def sort_options(actor: Viewer, object_type: str, name: str) -> None:
    """Put the options in the order of their labels. Raises Forbidden, NotFound."""
    owner, prop = _begin(actor, object_type, name)
    _put_in_order(prop, sorted(prop.options, key=lambda one: (one.label.casefold(), one.value)))
    _end(actor, owner, prop, "A–Z")


def delete_option(actor: Viewer, object_type: str, name: str, value: str) -> None:
    """Delete an option no record has. Raises Forbidden, NotFound, InvalidDefinition."""
    owner, prop = _begin(actor, object_type, name)
    option = _deletable(owner, prop, value)
    if records_with(owner, prop, value, limit=1):
        raise InvalidDefinition({"move_to": Message(HAS_RECORDS)})
    drop_option(prop, value)
    _end(actor, owner, prop, f"− {option.label}")


def start_moving(actor: Viewer, object_type: str, name: str, value: str, target: str) -> None:
    """Offer an option no more and let what is written with it get `target`; a job moves the records that have it.

    Raises Forbidden, NotFound, InvalidDefinition.
    """
    owner, prop = _begin(actor, object_type, name)
    option = _deletable(owner, prop, value)
    if option.moves_to is not None or any(one.moves_to == value for one in prop.options):
        raise InvalidDefinition({"move_to": Message(IS_MOVING)})
    found = next((one for one in prop.options if one.value == target), None)
    if found is None or found.value == value or found.moves_to is not None:
        raise InvalidDefinition({"move_to": Message(NO_TARGET)})
    _write(prop, value, {"moves_to": target})
    _end(actor, owner, prop, f"{option.label} → {found.label}")


def drop_option(prop: Property, value: str) -> None:
    """Delete the row of an option; the caller has seen that nothing has it and ends the change."""
    rows = PropertyOptionRow.__table__
    db.session.execute(sa.delete(rows).where(rows.c.property_id == prop.id, rows.c.value == value))


def option_called(prop: Property, value: str) -> Option:
    """One option of a property; raises NotFound."""
    found = next((one for one in prop.options if one.value == value), None)
    if found is None:
        raise NotFound(f"{prop.name} has no option {value!r}")
    return found


def is_standard(owner: ObjectType, prop: Property, value: str) -> bool:
    """Whether an option comes with the program, which may rely on it."""
    if prop.is_custom:
        return False
    found = (one for kind in OBJECTS if kind.name == owner.name for one in kind.properties if one.name == prop.name)
    return any(option.value == value for one in found for option in one.options)


def option_uses(owner: ObjectType, prop: Property, value: str) -> list[Use]:
    """Where an option is used, besides records."""
    return [use for kind in property_uses for use in kind.find_option(owner, prop, value)]


def holds(owner: ObjectType, prop: Property, value: str) -> sa.ColumnElement[bool]:
    """The condition that a record has an option, alone or among others."""
    column = owner.column(prop.name)
    kind = property_types.get(prop.type)
    if kind is None or not kind.is_multiple:
        return column == value
    return (SEPARATOR + column + SEPARATOR).contains(SEPARATOR + value + SEPARATOR, autoescape=True)


def records_with(owner: ObjectType, prop: Property, value: str, limit: int) -> int:
    """How many live records have an option, counted to `limit`."""
    found = sa.select(sa.literal(1)).select_from(owner.table)
    found = found.where(holds(owner, prop, value), owner.table.c.archived_at.is_(None)).limit(limit)
    counted = sa.select(sa.func.count()).select_from(found.subquery())
    return db.session.scalar(unguarded(counted, WHY)) or 0


def _begin(actor: Viewer, object_type: str, name: str) -> tuple[ObjectType, Property]:
    demand_right(actor)
    owner = changing.begin_change(object_type)
    prop = owner.property(name)
    if not has_own_options(prop):
        told = FROM_PIPELINES if "options_from" in prop.settings else NOT_EDITABLE
        raise InvalidDefinition({"form": Message(told)})
    return owner, prop


def _end(actor: Viewer, owner: ObjectType, prop: Property, what: str) -> None:
    changing.end_change()
    told = {"object": owner.plural_label, "changes": what}
    record(actor, Action.OPTIONS_CHANGED, About(Kind.PROPERTY, prop.id, prop.label), told)
    publish(PropertyChanged(actor, owner.name, prop.name, frozenset({"options"})))


def _deletable(owner: ObjectType, prop: Property, value: str) -> Option:
    option = option_called(prop, value)
    if is_standard(owner, prop, value):
        raise InvalidDefinition({"form": Message(STANDARD_OPTION)})
    if len(prop.options) == 1:
        raise InvalidDefinition({"form": Message(LAST_OPTION)})
    uses = option_uses(owner, prop, value)
    if uses:
        raise InvalidDefinition({"form": Message(OPTION_IN_USE, places="; ".join(str(use.text) for use in uses))})
    return option


def _write(prop: Property, value: str, values: Mapping[str, Any]) -> None:
    rows = PropertyOptionRow.__table__
    where = (rows.c.property_id == prop.id, rows.c.value == value)
    db.session.execute(sa.update(rows).where(*where).values(**values))


def _put_in_order(prop: Property, options: Sequence[Option]) -> None:
    """Write the places that change, of thousands of options too, in one go."""
    places = [{"id_of": one.value, "at": place} for place, one in enumerate(options) if one.position != place]
    if places:
        rows = PropertyOptionRow.__table__
        moved = sa.update(rows).where(rows.c.property_id == prop.id, rows.c.value == sa.bindparam("id_of"))
        db.session.connection().execute(moved.values(position=sa.bindparam("at")), places)
