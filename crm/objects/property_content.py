"""What somebody says of a property, and whether it can be said (SPEC 2.3, 2.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crm.accounts.queries import directory
from crm.messages import N_, InvalidValue, Message
from crm.objects.definition_errors import Existing
from crm.objects.property_names import clean_label
from crm.objects.registry import ProposedProperty, definition_checks
from crm.objects.schema import Editors, ObjectType, Option, Property
from crm.properties import formatting, rules
from crm.properties.types import property_types
from crm.properties.types.base import Context, PropertyType, Raw
from crm.properties.types.cleaning import clean_lines

LONGEST_DESCRIPTION = 1_000
SAME_LABEL = N_("There is already a property called “%(label)s”.")


@dataclass(frozen=True)
class PropertyContent:
    """What a property shall be, but for its type and options.

    `settings` are those that change, None for one that goes. `default` is a text as `reader` types values, "" for
    none. `editors` is None where everybody who may edit a record may write the property.
    """

    label: str
    group: str
    description: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    default: Raw = ""
    in_forms: bool = True
    is_sensitive: bool = False
    is_unique: bool = False
    editors: Editors | None = None
    reader: Context = field(default_factory=Context)


@dataclass(frozen=True)
class Checked:
    """The same, found good: cleaned texts, all settings, and the default as the history writes values."""

    label: str
    group: str
    description: str
    settings: Mapping[str, Any]
    default: str | None
    content: PropertyContent


@dataclass(frozen=True)
class _Like:
    """A property to be, as its type and its rules look at one."""

    name: str
    label: str
    type: str
    options: Sequence[Option]
    settings: Mapping[str, Any]


def check_content(
    object_type: ObjectType,
    content: PropertyContent,
    kind: PropertyType,
    options: Sequence[Option],
    existing: Property | None = None,
) -> tuple[Checked, dict[str, Message]]:
    """`content` checked for a property of the type `kind` with `options`, and a message for each field that is wrong.

    Settings are named as they are in the settings, "form" is what concerns no field.
    """
    errors: dict[str, Message] = {}
    label, group = content.label, content.group
    try:
        label = clean_label(content.label)
    except InvalidValue as error:
        errors["label"] = error.message
    else:
        errors |= _same_label(object_type, label, existing)
    description = clean_lines(content.description)
    if len(description) > LONGEST_DESCRIPTION:
        errors["description"] = Message(N_("At most %(limit)s characters."), limit=f"{LONGEST_DESCRIPTION:,}")
    kept = {**(existing.settings if existing else {}), **content.settings}
    settings = {name: value for name, value in kept.items() if value is not None}
    values = tuple(option.value for option in options)
    proposed = ProposedProperty(object_type, existing, label, kind.name, settings, values)
    for check in definition_checks:
        errors = {**check.errors(proposed), **errors}
    errors |= _editor_errors(content.editors)
    like = _Like(existing.name if existing else "", label, kind.name, options, settings)
    default, wrong = _default(content, kind, like, has_rules=errors.keys().isdisjoint((rules.KEY, formatting.KEY)))
    checked = Checked(label, group, description, settings, default, replace(content, settings=settings))
    return checked, wrong | errors


def type_named(name: str) -> PropertyType:
    """The property type of that name; raises InvalidValue."""
    kind = property_types.get(name)
    if kind is None:
        raise InvalidValue(N_("There is no such type of property."))
    return kind


def _same_label(object_type: ObjectType, label: str, existing: Property | None) -> dict[str, Message]:
    folded = label.casefold()
    for prop in object_type.properties.values():
        if prop.label.casefold() == folded and (existing is None or prop.name != existing.name):
            url = f"/settings/objects/{object_type.plural_name}/properties/{prop.name}"
            return {"label": Existing(SAME_LABEL, url, label=label)}
    return {}


def _editor_errors(editors: Editors | None) -> dict[str, Message]:
    known = directory()
    if editors and not (editors.user_ids <= known.users.keys() and editors.team_ids <= known.teams.keys()):
        return {"editors": Message(N_("Somebody chosen here is not there any more."))}
    return {}


def _default(
    content: PropertyContent, kind: PropertyType, prop: _Like, has_rules: bool
) -> tuple[str | None, dict[str, Message]]:
    """The default as new records would have it, and what is wrong: one that breaks a rule would keep all from being."""
    if kind.is_derived or not content.default:
        return None, {}
    try:
        value = kind.parse(content.default, prop, content.reader)
    except InvalidValue as error:
        return None, {"default": error.message}
    if has_rules:
        value = formatting.formatted(prop, value)
        broken = rules.rule_error(prop, value)
        if broken is not None:
            return None, {"default": broken}
    if value is not None and content.is_unique:
        return None, {"default": Message(N_("What no two records may have cannot be the same for all."))}
    return kind.to_history(value), {}
