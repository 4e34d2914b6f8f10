"""What a report can group by: each family of property, what its rows are grouped by, and what its groups are called.

A group knows the conditions that find just its records on an index page.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from crm.derived.money import CURRENCY
from crm.filters.families import Family, family_of, held_type
from crm.filters.sql_texts import place_in
from crm.filters.tree import LONGEST_VALUE, MOST_VALUES, Condition, Eyes
from crm.folding import fold, folded
from crm.messages import N_
from crm.objects.schema import ObjectType, Property, Stage
from crm.properties.types.base import Context
from crm.properties.types.checkbox import NO, YES
from crm.properties.types.checkboxes import SEPARATOR
from crm.properties.types.cleaning import clean_line
from crm.properties.types.date import FIRST_YEAR
from crm.properties.types.user import user_name
from crm.reports import periods
from crm.reports.groups import FEW, MANY, OTHER_KEY, Found, Group, Grouping, last_groups
from crm.reports.number_groups import NUMBER_STEPS, RANGES, number_groups

EARLIER = N_("Earlier")
MOST_LISTED = 200
"""So many choices are looked for where a record may have several."""
ONE_LINE = frozenset({"text", "email", "phone", "url", "domain"})


@dataclass(frozen=True)
class Way:
    """How a family is grouped: the grouping of a property, and the steps there are to choose from."""

    grouping: Callable[[ObjectType, Property, str, Eyes, Context], Grouping]
    steps: Mapping[str, str]
    usual: str = ""

    def step(self, asked: str) -> str:
        """The step asked for, else the usual one: a form may still have that of the property chosen before."""
        return asked if asked in self.steps else self.usual


def way_of(kind: ObjectType, prop: Property) -> Way | None:
    """How a property is grouped by, None where it is not."""
    family = family_of(prop)
    if family is Family.TEXT and held_type(prop).name not in ONE_LINE:
        return None
    is_name = prop.settings.get("grouping") is False
    is_of_many = held_type(prop).name == "currency" and CURRENCY in kind.properties
    if family is Family.NUMBER and (is_name or (is_of_many and prop.settings.get("currency") != "home")):
        return None
    return WAYS.get(family)


def groupable(kind: ObjectType) -> list[Property]:
    """The properties that records of an object can be grouped by."""
    return [prop for prop in kind.properties.values() if way_of(kind, prop) is not None]


def _texts(kind: ObjectType, prop: Property, step: str, eyes: Eyes, context: Context) -> Grouping:
    column = kind.column(prop.name)

    def groups(found: Found, context: Context) -> list[Group]:
        named = [_text_group(prop, key, text) for key, text in found.texts.items()]
        shown = [one.conditions[0].values[0] if one.conditions else None for one in named]
        rest = None
        if all(shown):
            rest = (Condition(prop.name, "equal_none", tuple(map(str, shown))), Condition(prop.name, "known"))
        return [*sorted(named, key=lambda one: fold(one.label)), *last_groups(prop, found, context, rest)]

    key = sa.func.nullif(folded(sa.func.nullif(column, "")), "")
    return Grouping(prop, key, groups, text=column, most=FEW)


def _text_group(prop: Property, key: str, text: str) -> Group:
    asked = clean_line(text)
    is_found = fold(asked) == key and len(asked) <= LONGEST_VALUE
    return Group(key, asked or text, (Condition(prop.name, "equal_any", (asked,)),) if is_found else None)


def _choices(kind: ObjectType, prop: Property, step: str, eyes: Eyes, context: Context) -> Grouping:
    is_stage = prop.settings.get("options_from") == "stage"

    def groups(found: Found, context: Context) -> list[Group]:
        keys = _with_empty_stages(kind, found.texts) if is_stage else list(found.texts)
        return _chosen_groups(kind, prop, keys, found, context)

    return Grouping(prop, sa.func.nullif(kind.column(prop.name), ""), groups)


def _with_empty_stages(kind: ObjectType, keys: Iterable[str]) -> list[str]:
    """Every stage of the pipelines in which there are records: those without any tell something, too."""
    found = set(keys)
    met = [one for one in kind.pipelines if any(stage.name in found for stage in one.stages)]
    whole = [stage.name for pipeline in met for stage in pipeline.stages if not stage.is_leaving]
    return list(dict.fromkeys([*whole, *found]))


def _chosen_groups(
    kind: ObjectType, prop: Property, keys: Iterable[str], found: Found, context: Context
) -> list[Group]:
    options = {option.value: (place, option) for place, option in enumerate(prop.options)}
    names = _stage_names(kind, context) if prop.settings.get("options_from") == "stage" else {}
    ordered = sorted(keys, key=lambda key: (key not in options, options[key][0] if key in options else 0, key))
    groups = []
    for key in ordered:
        option = options[key][1] if key in options else None
        label = names.get(key) or (str(context.translate(option.label)) if option else key)
        # A choice that is none any more is shown by its value, as on records; no filter offers it.
        asked = (Condition(prop.name, "any", (key,)),) if option else None
        groups.append(Group(key, label, asked, option.color if option else None))
    return [*groups, *last_groups(prop, found, context, _none_of(prop, [key for key in ordered if key in options]))]


def _stage_names(kind: ObjectType, context: Context) -> dict[str, str]:
    """Stages with their pipelines, where there are several of those."""
    if len(kind.pipelines) < 2:
        return {}

    def name(stage: Stage, pipeline: str) -> str:
        return f"{context.translate(stage.label)} ({context.translate(pipeline)})"

    return {stage.name: name(stage, one.label) for one in kind.pipelines for stage in one.stages}


def _none_of(prop: Property, values: Sequence[str]) -> tuple[Condition, ...] | None:
    if not values or len(values) > MOST_VALUES:
        return None
    return Condition(prop.name, "none", tuple(values)), Condition(prop.name, "known")


def _several(kind: ObjectType, prop: Property, step: str, eyes: Eyes, context: Context) -> Grouping:
    """A record is in the group of each of its choices; what is chosen and is no choice any more is in none."""
    is_of_people = family_of(prop) is Family.USERS
    offered = [str(one) for one in context.users] if is_of_people else [option.value for option in prop.options]
    column = sa.func.nullif(kind.column(prop.name), "")
    each = [sa.select(sa.literal(one, sa.Text()).label("choice")) for one in offered[:MOST_LISTED] or [""]]
    listed = sa.union_all(*each).subquery(f"choices_{prop.id}")
    piece = sa.literal(SEPARATOR).concat(listed.c.choice).concat(SEPARATOR)
    is_chosen = place_in(sa.literal(SEPARATOR).concat(column).concat(SEPARATOR), piece) > 0
    key = sa.case((column.is_(None), None), else_=sa.func.coalesce(listed.c.choice, OTHER_KEY))

    def groups(found: Found, context: Context) -> list[Group]:
        if not is_of_people:
            # Who has none of the choices shown may have others, so no filter finds the rest.
            chosen = _chosen_groups(kind, prop, found.texts, found, context)
            return [replace(one, conditions=None) if one.key == OTHER_KEY else one for one in chosen]
        named = [_person(prop, one, context) for one in found.texts]
        return [*sorted(named, key=lambda one: one.label.casefold()), *last_groups(prop, found, context, None)]

    return Grouping(prop, key, groups, joined=(listed, sa.and_(column.is_not(None), is_chosen)))


def _people(kind: ObjectType, prop: Property, step: str, eyes: Eyes, context: Context) -> Grouping:
    def groups(found: Found, context: Context) -> list[Group]:
        named = sorted((_person(prop, one, context) for one in found.texts), key=lambda one: one.label.casefold())
        rest = _none_of(prop, [str(one) for one in found.texts])
        return [*named, *last_groups(prop, found, context, rest)]

    return Grouping(prop, kind.column(prop.name), groups)


def _person(prop: Property, key: Any, context: Context) -> Group:
    return Group(key, user_name(int(key), context), (Condition(prop.name, "any", (str(key),)),))


def _truths(kind: ObjectType, prop: Property, step: str, eyes: Eyes, context: Context) -> Grouping:
    def groups(found: Found, context: Context) -> list[Group]:
        both = ((True, YES, "true"), (False, NO, "false"))
        named = [
            Group(key, str(context.translate(label)), (Condition(prop.name, asked),))
            for key, label, asked in both
            if key in found.texts
        ]
        return [*named, *last_groups(prop, found, context, None)]

    return Grouping(prop, kind.column(prop.name), groups)


def _times(kind: ObjectType, prop: Property, step: str, eyes: Eyes, context: Context) -> Grouping:
    column, weekday = kind.column(prop.name), periods.first_weekday(context.locale)
    is_moment = family_of(prop) is Family.MOMENT
    key = (
        periods.moment_period(column, step, weekday, eyes.zone)
        if is_moment
        else periods.day_period(column, step, weekday)
    )

    def groups(found: Found, context: Context) -> list[Group]:
        starts = _without_gaps(sorted(map(date.fromisoformat, found.texts)), step)
        named = [_period(prop, start, step, context) for start in starts]
        before: list[Group] = []
        if found.has_other and starts:
            first = (Condition(prop.name, "before", (starts[0].isoformat(),)),)
            before = [Group(OTHER_KEY, str(context.translate(EARLIER)), first)]
        return [*before, *named, *last_groups(prop, replace(found, has_other=False), context, None)]

    return Grouping(prop, key, groups, most=MANY, is_in_order=True, is_time=True)


def _without_gaps(starts: Sequence[date], step: str) -> list[date]:
    """The periods with those between them, unless that makes too many."""
    whole = list(starts[:1])
    while whole and whole[-1] < starts[-1]:
        if len(whole) == MANY:
            return list(starts)
        whole.append(periods.next_period(whole[-1], step))
    return whole


def _period(prop: Property, start: date, step: str, context: Context) -> Group:
    first, last = max(start, date(FIRST_YEAR, 1, 1)), periods.period_end(start, step)
    asked = Condition(prop.name, "between", (first.isoformat(), last.isoformat()))
    if step == periods.DAY:
        asked = Condition(prop.name, "equal", (start.isoformat(),))
    return Group(start.isoformat(), periods.period_text(start, step, context), (asked,))


WAYS: Mapping[Family, Way] = {
    Family.TEXT: Way(_texts, {}),
    Family.CHOICE: Way(_choices, {}),
    Family.CHOICES: Way(_several, {}),
    Family.USER: Way(_people, {}),
    Family.USERS: Way(_several, {}),
    Family.TRUTH: Way(_truths, {}),
    Family.DAY: Way(_times, periods.STEPS, periods.MONTH),
    Family.MOMENT: Way(_times, periods.STEPS, periods.MONTH),
    Family.NUMBER: Way(number_groups, NUMBER_STEPS, RANGES),
}
ALL_STEPS = frozenset(step for way in WAYS.values() for step in way.steps)
