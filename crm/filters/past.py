"""What the values of a record once were, asked of the history of its property (SPEC 2.6, 5.2).

The value there is now has been one, too, so that what no history tells of is found as well. The history keeps values as
texts that are the same for every reader, and is asked for one property of one record at a time, as its index has it.
"""

from collections.abc import Callable
from dataclasses import replace

import sqlalchemy as sa

from crm.filters.comparing import Asked, Test, compared, has_any, in_days, is_known, negated, with_people
from crm.filters.days import ONE, moved, start_of
from crm.filters.families import Family
from crm.filters.sql_texts import in_byte_order
from crm.properties.models import PropertyHistoryRow
from crm.properties.types.number import plain_decimal

HISTORY: sa.Table = PropertyHistoryRow.__table__  # type: ignore[assignment]
# Each subquery has it by itself, so one will do for all; making one costs what its columns do.
PAST = HISTORY.alias()
Build = Callable[[Asked], Test]


def ever(test: Build, of_text: Build | None = None) -> Build:
    """Whether a test holds for the value or held for an earlier one; `of_text` is the test on what history keeps."""
    return lambda asked: sa.or_(sa.and_(is_known(asked), test(asked)), _was(asked, of_text or test))


def never(test: Build, of_text: Build | None = None) -> Build:
    """The opposite, which holds for records without any value, too."""
    return lambda asked: sa.and_(negated(test)(asked), sa.not_(_was(asked, of_text or test)))


def was_updated(asked: Asked) -> Test:
    """Whether the value was changed at most so long ago, today included and the day that is just as far left out."""
    count, unit = asked.values
    start = start_of(moved(asked.eyes.today, -count, unit) + ONE, asked.eyes.zone)
    return _in_history(asked, PAST.c.moment >= start)


def was_number(asked: Asked) -> Test:
    """Whether a number of the history is this one; they are kept without superfluous digits."""
    return asked.column == f"{plain_decimal(asked.values[0]):f}"  # type: ignore[no-any-return]


def was_any(asked: Asked) -> Test:
    """Whether one of some choices or people was chosen."""
    if asked.family is Family.USER:
        return asked.column.in_([str(one) for one in with_people(asked)])  # type: ignore[no-any-return]
    return has_any(asked)


def was_in_days(how: str) -> Build:
    """The same as `in_days` of the days and moments that history keeps: as ISO writes them, so in order as texts."""
    return lambda asked: in_days(how)(replace(asked, column=in_byte_order(asked.column), is_text=True))


def _was(asked: Asked, test: Build) -> Test:
    """Whether the history tells of a value for which a test holds."""
    return _in_history(asked, sa.or_(*(test(replace(asked, column=column)) for column in (PAST.c.new, PAST.c.old))))


def _in_history(asked: Asked, test: Test) -> Test:
    of_property = (PAST.c.record_id == asked.record_id, PAST.c.property_name == asked.name)
    found = sa.select(sa.literal(1)).where(*of_property, test).correlate(asked.record_id.table)
    # PostgreSQL would plan a join of a hundred of them for a minute; with an OFFSET it looks record by record.
    return (found.offset(0) if asked.eyes.is_long else found).exists()


EVER_EQUAL, NEVER_EQUAL = (how(compared("="), was_number) for how in (ever, never))
EVER_ANY, NEVER_ANY = (how(has_any, was_any) for how in (ever, never))
