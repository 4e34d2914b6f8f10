"""Making, changing and cloning properties; the column of one exists when it has been made (SPEC 2.4, DESIGN 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.events import PropertyChanged, PropertyCreated, publish
from crm.messages import N_, InvalidValue, Message
from crm.objects import changing, limits, property_rows, storage, uniqueness
from crm.objects.definition_errors import Existing, InvalidDefinition, demand_right, refuse
from crm.objects.definitions.base import OptionDefinition, PropertyDefinition
from crm.objects.editors import write_editors
from crm.objects.groups import group_named
from crm.objects.option_content import check_options
from crm.objects.property_content import Checked, PropertyContent, check_content, type_named
from crm.objects.property_names import checked_name, free_name, internal_name, is_faithful
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Option, Property
from crm.permissions.viewer import SYSTEM, Viewer
from crm.properties.types.base import PropertyType

FIRST_CUSTOM = 1_000
"""The position of the first property people make: behind those the object has from the start."""
NAME_TAKEN = N_("There is already a property called “%(name)s”.")
STAYS_UNIQUE = N_("This property comes with Kartotek; whether it is unique cannot be changed.")


def define_property(
    actor: Viewer,
    object_type: str,
    type: str,
    content: PropertyContent,
    options: Sequence[OptionDefinition] = (),
    name: str = "",
) -> Property:
    """Add a property to an object, inside a unit of work; its column is there when this returns.

    The internal name is made of the label unless `name` says it. Raises Forbidden, NotFound, and InvalidDefinition
    with a message for each field; then nothing is written.
    """
    demand_right(actor)
    owner = changing.begin_change(object_type)
    kind = _creatable(type)
    offered, errors = _options(kind, options)
    shown = [Option(one.value, one.label, place, one.color) for place, one in enumerate(offered)]
    checked, wrong = check_content(owner, content, kind, shown)
    column, unnamed = _named(owner, content.label, name)
    if content.is_unique:
        wrong |= limits.unique_errors(owner) | _type_errors(kind)
    refuse(errors | unnamed | wrong | limits.property_errors(owner))
    group_named(owner.name, checked.group)
    wanted = _write(actor, owner, kind, checked, offered, column)
    changing.end_change()
    made = schema().object_type(object_type).property(column)
    told = {"object": owner.plural_label, "type": kind.label}
    record(actor, Action.PROPERTY_CREATED, About(Kind.PROPERTY, made.id, made.label), told)
    publish(PropertyCreated(actor, object_type, column))
    _add_column(owner, wanted)
    return made


def create_property(
    object_type: str,
    label: str,
    type: str,
    group: str,
    options: tuple[OptionDefinition, ...] = (),
    settings: Mapping[str, Any] | None = None,
    actor: Viewer = SYSTEM,
) -> Property:
    """Add a property of which nothing but this is said, as an import does. Raises InvalidValue."""
    return define_property(actor, object_type, type, PropertyContent(label, group, settings=settings or {}), options)


def clone_property(actor: Viewer, object_type: str, name: str, label: str) -> Property:
    """A new property with the settings, options and editors of another, by another label; no values (SPEC 2.4).

    It is not unique. Raises as `define_property` does.
    """
    model = schema().object_type(object_type).property(name)
    content = replace(content_of(model), label=label, is_unique=False)
    options = [
        OptionDefinition(one.value, one.label, one.color, one.description, one.in_forms) for one in model.options
    ]
    return define_property(actor, object_type, model.type, content, options)


def change_property(actor: Viewer, object_type: str, name: str, content: PropertyContent) -> Property:
    """Let a property be as `content` says, inside a unit of work; type, options and internal name stay.

    Raises Forbidden, NotFound, InvalidDefinition.
    """
    demand_right(actor)
    owner = changing.begin_change(object_type)
    prop = owner.property(name)
    kind = type_named(prop.type)
    checked, errors = check_content(owner, content, kind, prop.options, prop)
    if content.is_unique is not prop.unique and not prop.is_custom:
        errors["is_unique"] = Message(STAYS_UNIQUE)
    refuse(errors)
    group_named(owner.name, checked.group)
    if content.is_unique and not prop.unique:
        uniqueness.switch_on(actor, owner, prop)
    if prop.unique and not content.is_unique:
        uniqueness.switch_off(owner, prop)
    changed = _differing(prop, checked)
    if not changed:
        return prop
    property_rows.change_property_row(prop.id, _columns(checked))
    if content.editors != prop.editors:
        write_editors(prop.id, content.editors)
    if not prop.is_custom:
        property_rows.mark_edited(prop.id, changed)
    changing.end_change()
    after = schema().object_type(object_type).property(name)
    told = {"object": owner.plural_label, "changes": ", ".join(sorted(changed))}
    record(actor, Action.PROPERTY_CHANGED, About(Kind.PROPERTY, prop.id, after.label), told)
    publish(PropertyChanged(actor, object_type, name, frozenset(changed)))
    return after


def change_settings(actor: Viewer, object_type: str, name: str, settings: Mapping[str, Any]) -> Property:
    """Change these settings of a property and nothing else, None for one that goes; as `change_property` does.

    The rest is read when no other change can come between.
    """
    prop = changing.begin_change(object_type).property(name)
    return change_property(actor, object_type, name, replace(content_of(prop), settings=settings))


def content_of(prop: Property) -> PropertyContent:
    """What a property is, as somebody would say it."""
    start = PropertyContent(prop.label, prop.group)
    default = "" if prop.default is None else type_named(prop.type).to_input(prop.default, prop, start.reader)
    return replace(
        start,
        description=prop.description,
        settings=prop.settings if prop.is_custom else _own_settings(prop),
        default=default,
        in_forms=prop.in_forms,
        is_sensitive=prop.is_sensitive,
        is_unique=prop.unique,
        editors=prop.editors,
    )


def _own_settings(prop: Property) -> dict[str, Any]:
    """The settings of a standard property that are nobody else's: options of pipelines belong to one property."""
    return {key: value for key, value in prop.settings.items() if key not in ("options_from", "index")}


def _creatable(type: str) -> PropertyType:
    try:
        kind = type_named(type)
    except InvalidValue as error:
        raise InvalidDefinition({"type": error.message}) from None
    if not kind.is_creatable:
        raise InvalidDefinition({"type": Message(N_("Properties of this type come with Kartotek only."))})
    return kind


def _options(
    kind: PropertyType, wanted: Sequence[OptionDefinition]
) -> tuple[list[OptionDefinition], dict[str, Message]]:
    try:
        return check_options(kind, wanted), {}
    except InvalidDefinition as error:
        return [], error.errors


def _type_errors(kind: PropertyType) -> dict[str, Message]:
    return {} if kind.can_be_unique else {"is_unique": Message(uniqueness.NOT_THIS_TYPE)}


def _named(owner: ObjectType, label: str, name: str) -> tuple[str, dict[str, Message]]:
    """The internal name of a new property, and why it can have none."""
    taken = property_rows.names_ever(owner.name) | storage.existing_columns(owner.name)
    gone = property_rows.names_removed(owner.name)
    try:
        if name:
            return checked_name(name, taken), {}
        made = internal_name(label)
    except InvalidValue as error:
        return "", {"name" if name else "label": error.message}
    if made in taken and made not in gone and is_faithful(label):
        if made in owner.properties:
            url = f"/settings/objects/{owner.plural_name}/properties/{made}"
            return "", {"label": Existing(NAME_TAKEN, url, name=made)}
        return "", {"label": Message(NAME_TAKEN, name=made)}
    return free_name(made, taken), {}


def _write(
    actor: Viewer,
    owner: ObjectType,
    kind: PropertyType,
    checked: Checked,
    options: Sequence[OptionDefinition],
    name: str,
) -> PropertyDefinition:
    wanted = PropertyDefinition(
        name=name,
        label=checked.label,
        type=kind.name,
        group=checked.group,
        read_only=kind.is_derived,
        unique=checked.content.is_unique,
        options=tuple(options),
        settings=checked.settings,
    )
    place = max([FIRST_CUSTOM, *(prop.position + 1 for prop in owner.properties.values())])
    property_id = property_rows.insert_property(owner.name, wanted, place, is_custom=True, actor_id=actor.user_id)
    property_rows.change_property_row(property_id, _columns(checked))
    if checked.content.editors is not None:
        write_editors(property_id, checked.content.editors)
    return wanted


def _add_column(owner: ObjectType, wanted: PropertyDefinition) -> None:
    """Last of all: on PostgreSQL nobody reads the table from here until the unit is committed."""
    changing.hold_table(owner.name)
    try:
        property_rows.add_column(owner.name, wanted)
    except storage.TooManyColumns:
        raise InvalidDefinition({"form": Message(changing.NO_ROOM)}) from None


def _columns(checked: Checked) -> dict[str, Any]:
    """What a property row says of itself, by column."""
    return {
        "label": checked.label,
        "group_name": checked.group,
        "description": checked.description,
        "settings": checked.settings,
        "default_value": checked.default,
        "in_forms": checked.content.in_forms,
        "is_sensitive": checked.content.is_sensitive,
        "is_unique": checked.content.is_unique,
    }


def _differing(prop: Property, checked: Checked) -> set[str]:
    """The names of what changes, settings as they are marked in `PropertyRow.edited`."""
    kind = type_named(prop.type)
    before = {
        "label": prop.label,
        "group": prop.group,
        "description": prop.description,
        "default": kind.to_history(prop.default),
        "in_forms": prop.in_forms,
        "is_sensitive": prop.is_sensitive,
        "is_unique": prop.unique,
        "editors": prop.editors,
    }
    content = checked.content
    after = {
        "label": checked.label,
        "group": checked.group,
        "description": checked.description,
        "default": checked.default,
        "in_forms": content.in_forms,
        "is_sensitive": content.is_sensitive,
        "is_unique": content.is_unique,
        "editors": content.editors,
    }
    changed = {key for key in before if before[key] != after[key]}
    keys = {*prop.settings, *checked.settings}
    return changed | {
        property_rows.setting_mark(key) for key in keys if prop.settings.get(key) != checked.settings.get(key)
    }
