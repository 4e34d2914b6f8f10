"""Giving a property another type (SPEC 2.3): what may become what, and what of the values can be kept.

The new values stand in a column of their own. The old column stays for 90 days as an archived property, the way back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from crm.accounts.queries import directory
from crm.db import db
from crm.messages import N_, InvalidValue, Message
from crm.objects.definition_errors import InvalidDefinition, demand_right
from crm.objects.definitions.base import OptionDefinition
from crm.objects.limits import OPTIONS
from crm.objects.option_content import check_options
from crm.objects.property_content import type_named
from crm.objects.registry import property_uses
from crm.objects.schema import ObjectType, Option, Property
from crm.permissions.actions import Scope, Verb
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.properties.types import property_types
from crm.properties.types.base import Context, PropertyType

MOST_LOOKED_AT = 20_000
EXAMPLES = 5
WHY = "how many values can be kept is a fact of the whole object"
TEXTS = ("text", "multi_line")
ADDRESSES = ("email", "phone", "url")
# Every value of the first is one of the second as it stands, in a column of the same kind.
AS_THEY_ARE = frozenset(
    {("dropdown", "radio"), ("radio", "dropdown"), ("dropdown", "checkboxes"), ("radio", "checkboxes")}
    | {("text", "multi_line")}
    | {(one, other) for one in ADDRESSES for other in TEXTS}
)
STAYS = N_("The type of this property stays what it is.")
MUST_NOT_BE_UNIQUE = N_("Switch off that it is unique first.")
NEEDED = N_("Its type is needed by: %(places)s.")
NOT_INTO = N_("A property cannot be turned into this type.")
TOO_MANY_VALUES = N_("There are more different values than a property can have options.")


@dataclass(frozen=True)
class Retyping:
    """A property that becomes another kind; `options` are those it will have."""

    owner: ObjectType
    prop: Property
    kind: PropertyType
    options: tuple[OptionDefinition, ...]

    @property
    def keeps_column(self) -> bool:
        """Whether values stay where they are, as they are."""
        return (self.prop.type, self.kind.name) in AS_THEY_ARE


@dataclass(frozen=True)
class Outlook:
    """What would become of the values: how many there are, how many cannot be kept, and some of those.

    It is not exact where there are so many different values that not all were looked at.
    """

    total: int
    lost: int
    examples: Sequence[str]
    is_exact: bool


def may_be_retyped(prop: Property) -> bool:
    """Whether people may change the type of a property at all."""
    kind = property_types.get(prop.type)
    return prop.is_custom and kind is not None and not kind.is_derived and kind.is_creatable


def targets_of(prop: Property) -> list[PropertyType]:
    """The types a property may become."""
    kinds = (kind for kind in property_types if kind.is_creatable and not kind.is_derived and kind.can_be_turned_into)
    return [kind for kind in kinds if kind.name != prop.type]


def plan(actor: Viewer, owner: ObjectType, prop: Property, type_name: str) -> Retyping:
    """What is to be done. Raises Forbidden, and InvalidDefinition when it may not be."""
    demand_right(actor)
    if not may_be_retyped(prop):
        raise InvalidDefinition({"form": Message(STAYS)})
    kind = next((one for one in targets_of(prop) if one.name == type_name), None)
    if kind is None:
        raise InvalidDefinition({"type": Message(NOT_INTO)})
    if prop.unique:
        raise InvalidDefinition({"form": Message(MUST_NOT_BE_UNIQUE)})
    needing = [use for one in property_uses if one.needs_type for use in one.find(owner, prop)]
    if needing:
        raise InvalidDefinition({"form": Message(NEEDED, places="; ".join(str(use.text) for use in needing))})
    return Retyping(owner, prop, kind, _options(owner, prop, kind))


def outlook(actor: Viewer, retyping: Retyping) -> Outlook:
    """What would become of the values; examples are for those who see all records."""
    column = retyping.owner.column(retyping.prop.name)
    if retyping.keeps_column:
        total = sa.select(sa.func.count()).select_from(retyping.owner.table).where(column.is_not(None))
        return Outlook(db.session.scalar(unguarded(total, WHY)) or 0, 0, (), is_exact=True)
    found = _distinct(column, MOST_LOOKED_AT + 1)
    convert, total, lost, examples = converter(retyping), 0, 0, []
    for value, count in found[:MOST_LOOKED_AT]:
        total += count
        if convert(value) is None:
            lost += count
            examples.append(words(retyping.prop, value)[:60])
    if actor.scope(retyping.owner.name, Verb.VIEW) is not Scope.EVERYTHING:
        examples = []
    return Outlook(total, lost, examples[:EXAMPLES], is_exact=len(found) <= MOST_LOOKED_AT)


def converter(retyping: Retyping) -> Any:
    """The function that makes a new value of an old one, None where it cannot be kept."""
    kind, prop = retyping.kind, retyping.prop
    target = _Target(prop.name, prop.label, _as_options(retyping.options), {})
    context = _neutral()

    @lru_cache(maxsize=10_000)
    def convert(value: Any) -> Any:
        try:
            return kind.parse(words(prop, value), target, context)
        except InvalidValue:
            return None

    return convert


def words(prop: Property, value: Any) -> str:
    """A value in words that other types can read: the same for every reader, days as 2026-03-11."""
    kind = type_named(prop.type)
    if prop.type in ("date", "date_time") or (prop.type in ("number", "currency") and "format" not in prop.settings):
        return kind.to_history(value) or ""
    return kind.to_text(value, prop, _neutral())


@dataclass(frozen=True)
class _Target:
    """The property as its new type looks at it."""

    name: str
    label: str
    options: Sequence[Option]
    settings: dict[str, Any]


def _neutral() -> Context:
    return Context(users=directory().users)


def _as_options(options: Iterable[OptionDefinition]) -> tuple[Option, ...]:
    return tuple(Option(one.value, one.label, place) for place, one in enumerate(options))


def _options(owner: ObjectType, prop: Property, kind: PropertyType) -> tuple[OptionDefinition, ...]:
    """The options it has, or else one for each value; those that can be none are lost."""
    if not kind.has_options:
        return ()
    if prop.options:
        return tuple(
            OptionDefinition(one.value, one.label, one.color, one.description, one.in_forms) for one in prop.options
        )
    found = _distinct(owner.column(prop.name), OPTIONS + 1)
    if len(found) > OPTIONS:
        raise InvalidDefinition({"type": Message(TOO_MANY_VALUES)})
    made: dict[str, OptionDefinition] = {}
    for value, _count in found:
        option = OptionDefinition("", words(prop, value))
        try:
            check_options(kind, [option])
        except InvalidDefinition:
            continue
        made.setdefault(option.label.casefold(), option)
    return tuple(check_options(kind, list(made.values()) or [OptionDefinition("", prop.label)]))


def _distinct(column: sa.Column[Any], limit: int) -> list[tuple[Any, int]]:
    statement = (
        sa.select(column, sa.func.count()).where(column.is_not(None)).group_by(column).order_by(column).limit(limit)
    )
    return [(row[0], row[1]) for row in db.session.execute(unguarded(statement, WHY))]
