"""Quick filters: what is asked most often of a list, offered for a few of its properties at one click each (SPEC 5.2).

One that is chosen is a condition like any other, on the same property in every group of the filter.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crm.filters.addresses import join_groups, read_condition, split_groups, write_condition
from crm.filters.choice_shapes import ME, MY_TEAM, PEOPLE
from crm.filters.compiling import operator_for
from crm.filters.describing import VALUES
from crm.filters.families import Family, family_of
from crm.filters.tree import Condition
from crm.messages import N_, InvalidValue
from crm.objects.schema import ObjectType, Property
from crm.properties.types.base import Context
from crm.properties.types.dropdown import option_choices

OWNER, CREATED, WHEN = "hubspot_owner_id", "createdate", "activity_date"
MOST, MOST_OPTIONS = 6, 12
UNKNOWN = "unknown"
Read = Condition | None
_PAST = ("is:today", "last:7|days", "last:30|days", "last:90|days", "is:this_month", "is:this_quarter", "is:this_year",
         "more_ago:30|days", "more_ago:90|days", UNKNOWN)  # fmt: skip
_ANY_TIME = ("is:today", "is:this_week", "is:this_month", "is:this_quarter", "next:7|days", "next:30|days",
             "last:30|days", "more_ago:30|days", UNKNOWN)  # fmt: skip
_OFFERED: Mapping[Family, Sequence[str]] = {
    Family.USER: (f"any:{ME}", f"any:{MY_TEAM}", UNKNOWN),
    Family.TRUTH: ("true", "false", UNKNOWN),
    Family.DAY: _ANY_TIME,
    Family.MOMENT: _ANY_TIME,
}
_CHOSEN = (Family.CHOICE, Family.CHOICES)
_REPLACED = frozenset({"any", "is", "last", "next", "more_ago", "true", "false", UNKNOWN})
SAID: Mapping[str, str] = {
    UNKNOWN: N_("Unknown"),
    "true": N_("Yes"),
    "false": N_("No"),
    "last": N_("in the last %(values)s"),
    "next": N_("in the next %(values)s"),
    "more_ago": N_("more than %(values)s ago"),
}


@dataclass(frozen=True)
class QuickChoice:
    """One thing to ask: `text` is what the address is given for it, the property alone where that takes it back."""

    text: str
    label: str
    is_on: bool


@dataclass(frozen=True)
class QuickFilter:
    """What can be asked of one property at a click; `said` is what is asked now, "" for nothing."""

    name: str
    label: str
    said: str
    choices: Sequence[QuickChoice]


def can_be_quick(prop: Property) -> bool:
    """Whether there is something to offer for a property."""
    family = family_of(prop)
    return family in _OFFERED or (family in _CHOSEN and bool(prop.options))


def quick_names(kind: ObjectType, chosen: Iterable[str] = ()) -> list[str]:
    """The properties with a quick filter: those `chosen`, else those of the object's definition."""
    usual = (OWNER, WHEN if kind.is_activity else CREATED)
    names = list(chosen) or list(kind.layout.quick_filters) or usual
    return [name for name in names if name in kind.properties and can_be_quick(kind.property(name))][:MOST]


def quick_filters(kind: ObjectType, names: Iterable[str], texts: Sequence[str], context: Context) -> list[QuickFilter]:
    """The quick filters of these properties over the filter of an address."""
    groups = [[_read(text) for text in group] for group in split_groups(texts)]
    return [_quick(kind, kind.property(name), groups, context) for name in names]


def with_quick(texts: Sequence[str], asked: str) -> list[str]:
    """The filter of an address with what was chosen in every group, in place of what was on the same property."""
    condition = _read(asked)
    name = condition.subject if condition else asked
    groups = [
        [text for text in group if not _is_on(_read(text), name)] + ([asked] if condition else [])
        for group in split_groups(texts) or [[]]
    ]
    # A group that nothing is left of held for every record.
    return join_groups(groups) if all(groups) else []


def _quick(kind: ObjectType, prop: Property, groups: Sequence[Sequence[Read]], context: Context) -> QuickFilter:
    """One of them; `groups` are the conditions there are, None for what is none."""
    chosen = [{one for one in group if _is_on(one, prop.name)} for group in groups]
    shared = set.intersection(*chosen) if chosen else set()
    now = next(iter(sorted(shared, key=write_condition)), None) if shared else None
    choices = _options(prop, now, context) if family_of(prop) in _CHOSEN else _fixed(kind, prop, now, context)
    said = ", ".join(choice.label for choice in choices if choice.is_on)
    return QuickFilter(prop.name, str(context.translate(prop.label)), said or _said(kind, prop, now, context), choices)


def _fixed(kind: ObjectType, prop: Property, now: Condition | None, context: Context) -> list[QuickChoice]:
    offered = _PAST if prop.read_only and family_of(prop) in (Family.DAY, Family.MOMENT) else _OFFERED[family_of(prop)]
    conditions = [read_condition(f"{prop.name}:{text}") for text in offered]
    return [
        QuickChoice(
            prop.name if one == now else write_condition(one), _said(kind, prop, one, context), is_on=one == now
        )
        for one in conditions
    ]


def _options(prop: Property, now: Condition | None, context: Context) -> list[QuickChoice]:
    """The choices of a property, several of which may be asked for, and none."""
    values = now.values if now and now.operator == "any" else ()
    found = []
    for choice in option_choices(prop, context, list(values))[:MOST_OPTIONS]:
        others = tuple(value for value in values if value != choice.value)
        wanted = others if choice.value in values else (*values, choice.value)
        text = write_condition(Condition(prop.name, "any", wanted)) if wanted else prop.name
        found.append(QuickChoice(text, choice.label, choice.value in values))
    is_unknown = now is not None and now.operator == UNKNOWN
    label = str(context.translate(SAID[UNKNOWN]))
    return [*found, QuickChoice(prop.name if is_unknown else f"{prop.name}:{UNKNOWN}", label, is_unknown)]


def _said(kind: ObjectType, prop: Property, condition: Condition | None, context: Context) -> str:
    """A condition without its property: "in the last 30 days"; "" for none, and for what means nothing."""
    if condition is None:
        return ""
    said = str(context.translate(SAID.get(condition.operator, VALUES)))
    if VALUES not in said:
        return said
    if condition.values and set(condition.values) <= PEOPLE.keys():
        return ", ".join(str(context.translate(PEOPLE[value])) for value in condition.values)
    try:
        _, operator = operator_for(kind, condition)
        operator.shape.values(condition.values, prop, kind)
        values = operator.shape.words(condition.values, prop, kind, context)
    except InvalidValue:
        return ""
    return said.replace(VALUES, values)


def _is_on(condition: Condition | None, name: str) -> bool:
    return condition is not None and condition.subject == name and condition.operator in _REPLACED


def _read(text: str) -> Condition | None:
    try:
        return read_condition(text)
    except InvalidValue:
        return None
