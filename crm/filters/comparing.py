"""From what an operator asks to a condition on one column, with bound values only."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.filters.choice_shapes import ME, MY_TEAM
from crm.filters.days import PERIODS, Span, day_after, moved, start_of
from crm.filters.families import Family
from crm.filters.sql_texts import ending, likeness, may_have, place_in
from crm.filters.tree import Eyes
from crm.folding import fold, folded
from crm.properties.types.checkboxes import SEPARATOR

Test = sa.ColumnElement[bool]
COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Asked:
    """A column, what its values are, what they are compared with, and who asks.

    `record_id` and `name` are the column of its record's id and the name of its property, by which its history is
    found; `is_text` says that the column has days and moments as ISO writes them.
    """

    column: Any
    family: Family
    values: Sequence[Any]
    eyes: Eyes
    record_id: Any = None
    name: str = ""
    is_text: bool = False


def is_known(asked: Asked) -> Test:
    """Whether there is a value; an empty text is none."""
    known = asked.column.is_not(None)
    return sa.and_(known, asked.column != "") if isinstance(asked.column.type, sa.Text) else known


def negated(build: Callable[[Asked], Test]) -> Callable[[Asked], Test]:
    """The opposite, which holds for unknown values too (SPEC 5.2)."""
    return lambda asked: sa.or_(sa.not_(is_known(asked)), sa.not_(build(asked)))


def any_of(test: Callable[[Asked, Any], Test]) -> Callable[[Asked], Test]:
    """Whether the test holds for one of the values."""
    return lambda asked: sa.or_(*(test(asked, value) for value in asked.values))


def all_of(test: Callable[[Asked, Any], Test]) -> Callable[[Asked], Test]:
    """Whether the test holds for each of the values."""
    return lambda asked: sa.and_(*(test(asked, value) for value in asked.values))


def equals(asked: Asked, text: str) -> Test:
    """Whether a text, or one of a list of texts, is this one."""
    wanted = fold(text)
    if asked.family is Family.TEXTS:
        return _in_list(asked, f"{SEPARATOR}{wanted}{SEPARATOR}", wanted)
    return _folded(asked, wanted, lambda text: text == wanted)


def contains(asked: Asked, text: str) -> Test:
    """Whether a text, or one of a list of texts, has this one in it."""
    wanted = fold(text)
    if asked.family is Family.TEXTS:
        return _in_list(asked, wanted, wanted)
    return _folded(asked, wanted, lambda text: place_in(text, wanted) > 0)


def starts_with(asked: Asked, text: str) -> Test:
    """Whether a text, or one of a list of texts, begins with this one."""
    wanted = fold(text)
    if asked.family is Family.TEXTS:
        return _in_list(asked, f"{SEPARATOR}{wanted}", wanted)
    return _folded(asked, wanted, lambda text: sa.func.substr(text, 1, len(wanted)) == wanted)


def ends_with(asked: Asked, text: str) -> Test:
    """Whether a text, or one of a list of texts, ends with this one."""
    wanted = fold(text)
    if asked.family is Family.TEXTS:
        return _in_list(asked, f"{wanted}{SEPARATOR}", wanted)
    return _folded(asked, wanted, lambda text: ending(text, len(wanted)) == wanted)


def _folded(asked: Asked, wanted: str, test: Callable[[Any], Test]) -> Test:
    """A test on the folded column that only holds where `wanted` stands in it."""
    return sa.and_(may_have(asked.column, likeness(wanted)), test(folded(asked.column)))


def _in_list(asked: Asked, piece: str, text: str) -> Test:
    """Whether a joined list has `piece` in it; a text with the separator in it stands in no list."""
    if SEPARATOR in text:
        return sa.false()
    return _folded(asked, text, lambda joined: place_in(_joined_list(joined), piece) > 0)


def _joined_list(column: Any) -> Any:
    return sa.literal(SEPARATOR).concat(column).concat(SEPARATOR)


def has_any(asked: Asked) -> Test:
    """Whether a choice, or one of several, is one of the values."""
    values = with_people(asked)
    if asked.family in (Family.CHOICE, Family.USER):
        return asked.column.in_(values)  # type: ignore[no-any-return]
    return sa.or_(*(_has(asked, value) for value in values)) if values else sa.false()


def has_all(asked: Asked) -> Test:
    """Whether all of the values are among several choices."""
    return sa.and_(*(_has(asked, value) for value in asked.values))


def is_exactly(asked: Asked) -> Test:
    """Whether the values and nothing else are chosen, in whatever order they were once written."""
    length = len(SEPARATOR.join(asked.values))
    return sa.and_(has_all(asked), sa.func.length(asked.column) == length)


def _has(asked: Asked, value: Any) -> Test:
    return place_in(_joined_list(asked.column), f"{SEPARATOR}{value}{SEPARATOR}") > 0


def with_people(asked: Asked) -> list[Any]:
    """The values with the people that "me" and "my team" are for whoever asks."""
    found: dict[Any, None] = {}
    for value in asked.values:
        if asked.family not in (Family.USER, Family.USERS) or value not in (ME, MY_TEAM):
            found[value] = None
        elif value == MY_TEAM:
            found |= dict.fromkeys(sorted(asked.eyes.team_ids))
        elif asked.eyes.user_id is not None:
            found[asked.eyes.user_id] = None
    return list(found)


def compared(sign: str) -> Callable[[Asked], Test]:
    """A number compared with one, or with the two it may lie between."""

    def build(asked: Asked) -> Test:
        if sign == "between":
            return sa.and_(asked.column >= asked.values[0], asked.column <= asked.values[1])
        return COMPARISONS[sign](asked.column, asked.values[0])  # type: ignore[no-any-return]

    return build


def is_true(asked: Asked) -> Test:
    """Whether a checkbox is ticked."""
    return asked.column.is_(True)  # type: ignore[no-any-return]


def is_false(asked: Asked) -> Test:
    """Whether a checkbox was left or made empty by somebody."""
    return asked.column.is_(False)  # type: ignore[no-any-return]


def in_days(how: str) -> Callable[[Asked], Test]:
    """A day compared with one, or with the first and last it may lie between."""

    def build(asked: Asked) -> Test:
        first, last = asked.values[0], asked.values[-1]
        if how == "before":
            return _within(asked, (None, first))
        beyond = day_after(last)
        if how == "after":
            return _within(asked, (beyond, None)) if beyond else sa.false()
        return _within(asked, (first, beyond))

    return build


def in_period(asked: Asked) -> Test:
    """Whether a day lies in a period of the calendar around today."""
    return _within(asked, PERIODS[asked.values[0]][1](asked.eyes.today))


def near(way: int) -> Callable[[Asked], Test]:
    """Whether a day is at most so far from today, today included and the day that is just as far left out."""

    def build(asked: Asked) -> Test:
        today = asked.eyes.today
        limit = moved(today, way * asked.values[0], asked.values[1])
        return _within(asked, (today, limit) if way > 0 else (day_after(limit), day_after(today)))

    return build


def far(way: int) -> Callable[[Asked], Test]:
    """Whether a day is farther from today than so much."""

    def build(asked: Asked) -> Test:
        limit = moved(asked.eyes.today, way * asked.values[0], asked.values[1])
        return _within(asked, (day_after(limit), None) if way > 0 else (None, limit))

    return build


def with_other(sign: str) -> Callable[[Asked], Test]:
    """A value compared with that of another property; nothing holds while one of them is unknown."""
    return lambda asked: COMPARISONS[sign](asked.column, asked.values[0])


def _within(asked: Asked, span: Span) -> Test:
    """Whether a day, or the day a moment falls on by the reader's clock, lies in a span."""
    limits: list[Any] = list(span)
    if asked.family is Family.MOMENT:
        limits = [day and start_of(day, asked.eyes.zone) for day in span]
    if asked.is_text:
        limits = [limit and limit.isoformat() for limit in limits]
    first, beyond = limits
    tests = [*([asked.column >= first] if first else []), *([asked.column < beyond] if beyond else [])]
    return sa.and_(asked.column.is_not(None), *tests)
