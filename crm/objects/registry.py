"""What other parts of the program say about properties: where they are used, what they must be, how far things go."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from crm.messages import Message
from crm.objects.schema import ObjectType, Property
from crm.registry import Registry


class Use(NamedTuple):
    """One place that needs a property: what it is in words, and the page where that can be changed, if there is one."""

    text: Message | str
    url: str | None = None


def _no_uses(_object_type: ObjectType, _property: Property, _value: str) -> Iterable[Use]:
    return ()


@dataclass(frozen=True)
class PropertyUse:
    """One kind of place where properties are used: one file in crm/objects/property_uses/ (SPEC 2.4).

    A property is archived only when every `find` finds nothing. With `needs_type` its type stays as it is, too: a
    formula that adds numbers cannot add texts. `find_option` names the places that need one option, by its value; an
    option is deleted only when there are none. All are asked about live properties, inside a transaction, and write
    nothing. An object with such a property stays too, but for what does without it: that does not `keeps_object`.
    """

    name: str
    label: str
    find: Callable[[ObjectType, Property], Iterable[Use]]
    needs_type: bool = False
    keeps_object: bool = True
    find_option: Callable[[ObjectType, Property, str], Iterable[Use]] = _no_uses
    position: int = 100


property_uses: Registry[PropertyUse] = Registry("property use")


@dataclass(frozen=True)
class ProposedProperty:
    """A property as somebody wants it: `existing` is what it is now, None while it is being made.

    `settings` are all settings it will have, `type` the name of its type, `option_values` those of its options.
    """

    object_type: ObjectType
    existing: Property | None
    label: str
    type: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    option_values: tuple[str, ...] = ()


@dataclass(frozen=True)
class DefinitionCheck:
    """One thing every definition of a property must satisfy: one file in crm/objects/definition_checks/.

    `errors` answers a message for each setting that cannot be so, by its key in the settings; "form" for what
    concerns none of them. Form, import and API all pass here when they make or change a property.
    """

    name: str
    errors: Callable[[ProposedProperty], Mapping[str, Message]]
    position: int = 100


definition_checks: Registry[DefinitionCheck] = Registry("definition check")


class CeilingUsage(NamedTuple):
    """How much of a ceiling is taken: by what ("" for the whole account), how much, and where that can be seen."""

    what: Message | str
    count: int
    url: str | None = None


@dataclass(frozen=True)
class Ceiling:
    """A number the program does not go beyond: one file in crm/objects/ceilings/.

    `consequence` says in a sentence what happens at it. `usage` answers one row for each thing that has the ceiling
    for itself, the fullest first; it may ask the database, in a bounded number of queries.
    """

    name: str
    label: str
    limit: int
    consequence: str
    usage: Callable[[], Sequence[CeilingUsage]]
    position: int = 100


ceilings: Registry[Ceiling] = Registry("ceiling")


@dataclass(frozen=True)
class Hold:
    """One kind of reason why a custom object cannot be removed: one file in crm/objects/holds/.

    `find` names what is in the way, with the page where it can be dealt with; nothing lets the object go.
    """

    name: str
    find: Callable[[ObjectType], Iterable[Use]]
    position: int = 100


holds: Registry[Hold] = Registry("hold on an object")
