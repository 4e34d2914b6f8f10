"""The table of what can be asked of values: for each family of property its operators (SPEC 5.2).

An operator is one row: its name in addresses, its words, what it compares with, and the SQL it becomes. Negative ones
hold for unknown values too.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from crm.filters.choice_shapes import Choices, People
from crm.filters.comparing import (
    Asked,
    all_of,
    any_of,
    compared,
    contains,
    ends_with,
    equals,
    far,
    has_all,
    has_any,
    in_days,
    in_period,
    is_exactly,
    is_false,
    is_known,
    is_true,
    near,
    negated,
    starts_with,
    with_other,
)
from crm.filters.counting import are_at_least, are_at_most, are_exactly, are_some
from crm.filters.day_shapes import Days, Distance, Period
from crm.filters.families import Family
from crm.filters.past import EVER_ANY, EVER_EQUAL, NEVER_ANY, NEVER_EQUAL, ever, never, was_in_days, was_updated
from crm.filters.shapes import Count, Numbers, OtherProperty, Shape, Text, Texts
from crm.messages import N_

Build = Callable[[Asked], sa.ColumnElement[bool]]


@dataclass(frozen=True)
class Operator:
    """One way of asking; a label may say with `%(values)s` where the values stand in it, else they follow it."""

    name: str
    label: str
    shape: Shape
    build: Build


NOTHING, ONE_DAY, TWO_DAYS, DISTANCE, OTHER = Shape(), Days(1), Days(2), Distance(), OtherProperty()
WHOLE, PIECES, CHOICES, PEOPLE, NUMBER = Texts(is_whole=True), Texts(), Choices(), People(), Numbers(1)
COUNT = Count()

KNOWN = (
    Operator("known", N_("is known"), NOTHING, is_known),
    Operator("unknown", N_("is unknown"), NOTHING, lambda asked: sa.not_(is_known(asked))),
)
UPDATED = (
    Operator("updated", N_("was updated in the last %(values)s"), DISTANCE, was_updated),
    Operator(
        "not_updated", N_("was not updated in the last %(values)s"), DISTANCE, lambda asked: sa.not_(was_updated(asked))
    ),
)
TEXTS = (
    Operator("equal_any", N_("is equal to any of"), WHOLE, any_of(equals)),
    Operator("equal_none", N_("is not equal to any of"), WHOLE, negated(any_of(equals))),
    Operator("contains_any", N_("contains any of"), PIECES, any_of(contains)),
    Operator("contains_all", N_("contains all of"), PIECES, all_of(contains)),
    Operator("contains_none", N_("doesn't contain any of"), PIECES, negated(any_of(contains))),
    Operator("contains", N_("contains exactly"), Text(), any_of(contains)),
    Operator("contains_not", N_("doesn't contain exactly"), Text(), negated(any_of(contains))),
    Operator("starts", N_("starts with any of"), PIECES, any_of(starts_with)),
    Operator("ends", N_("ends with any of"), PIECES, any_of(ends_with)),
    Operator("ever_equal", N_("has ever been equal to any of"), WHOLE, ever(any_of(equals))),
    Operator("never_equal", N_("has never been equal to any of"), WHOLE, never(any_of(equals))),
    Operator("ever_contained", N_("has ever contained"), PIECES, ever(any_of(contains))),
    Operator("never_contained", N_("has never contained"), PIECES, never(any_of(contains))),
    *KNOWN,
    *UPDATED,
)
NUMBERS = (
    Operator("equal", N_("is equal to"), NUMBER, compared("=")),
    Operator("not_equal", N_("is not equal to"), NUMBER, negated(compared("="))),
    Operator("greater", N_("is greater than"), NUMBER, compared(">")),
    Operator("greater_equal", N_("is greater than or equal to"), NUMBER, compared(">=")),
    Operator("less", N_("is less than"), NUMBER, compared("<")),
    Operator("less_equal", N_("is less than or equal to"), NUMBER, compared("<=")),
    Operator("between", N_("is between"), Numbers(2), compared("between")),
    Operator("not_between", N_("is not between"), Numbers(2), negated(compared("between"))),
    Operator("ever_equal", N_("has ever been equal to"), NUMBER, EVER_EQUAL),
    Operator("never_equal", N_("has never been equal to"), NUMBER, NEVER_EQUAL),
    *KNOWN,
    *UPDATED,
)


def _ever_in_days(how: str) -> Build:
    return ever(in_days(how), was_in_days(how))


DATES = (
    Operator("is", N_("is"), Period(), in_period),
    Operator("last", N_("is in the last %(values)s"), DISTANCE, near(-1)),
    Operator("next", N_("is in the next %(values)s"), DISTANCE, near(1)),
    Operator("equal", N_("is equal to"), ONE_DAY, in_days("on")),
    Operator("before", N_("is before"), ONE_DAY, in_days("before")),
    Operator("after", N_("is after"), ONE_DAY, in_days("after")),
    Operator("between", N_("is between"), TWO_DAYS, in_days("between")),
    Operator("not_between", N_("is not between"), TWO_DAYS, negated(in_days("between"))),
    Operator("more_ago", N_("is more than %(values)s ago"), DISTANCE, far(-1)),
    Operator("less_ago", N_("is less than %(values)s ago"), DISTANCE, near(-1)),
    Operator("more_ahead", N_("is more than %(values)s from now"), DISTANCE, far(1)),
    Operator("less_ahead", N_("is less than %(values)s from now"), DISTANCE, near(1)),
    Operator("before_property", N_("is before the property"), OTHER, with_other("<")),
    Operator("after_property", N_("is after the property"), OTHER, with_other(">")),
    Operator("ever_on", N_("has ever been equal to"), ONE_DAY, _ever_in_days("on")),
    Operator("ever_before", N_("has ever been before"), ONE_DAY, _ever_in_days("before")),
    Operator("ever_after", N_("has ever been after"), ONE_DAY, _ever_in_days("after")),
    Operator("ever_between", N_("has ever been between"), TWO_DAYS, _ever_in_days("between")),
    *KNOWN,
    *UPDATED,
)
LINKS = (
    Operator("has_any", N_("any"), NOTHING, are_some),
    Operator("has_none", N_("none"), NOTHING, lambda asked: sa.not_(are_some(asked))),
    Operator("at_least", N_("at least %(values)s"), COUNT, are_at_least),
    Operator("exactly", N_("exactly %(values)s"), COUNT, are_exactly),
    Operator("at_most", N_("at most %(values)s"), COUNT, are_at_most),
)


def _chosen(shape: Shape, *more: Operator) -> tuple[Operator, ...]:
    return (
        Operator("any", N_("is any of"), shape, has_any),
        Operator("none", N_("is none of"), shape, negated(has_any)),
        *more,
        Operator("ever_any", N_("has ever been any of"), shape, EVER_ANY),
        Operator("never_any", N_("has never been any of"), shape, NEVER_ANY),
        *KNOWN,
        *UPDATED,
    )


SEVERAL = (
    Operator("all", N_("is all of"), CHOICES, has_all),
    Operator("exactly", N_("is exactly"), CHOICES, is_exactly),
    Operator("not_exactly", N_("is not exactly"), CHOICES, negated(is_exactly)),
)
OPERATORS: Mapping[Family, Sequence[Operator]] = {
    Family.TEXT: TEXTS,
    Family.TEXTS: TEXTS,
    Family.NUMBER: NUMBERS,
    Family.DAY: DATES,
    Family.MOMENT: DATES,
    Family.CHOICE: _chosen(CHOICES),
    Family.CHOICES: _chosen(CHOICES, *SEVERAL),
    Family.USER: _chosen(PEOPLE),
    Family.USERS: _chosen(PEOPLE),
    Family.TRUTH: (
        Operator("true", N_("is true"), NOTHING, is_true),
        Operator("false", N_("is false"), NOTHING, is_false),
        *KNOWN,
        *UPDATED,
    ),
    Family.ANYTHING: (*KNOWN, *UPDATED),
    Family.LINKS: LINKS,
}
