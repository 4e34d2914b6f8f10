"""A filter as a part of an address: `filter=city:contains_any:Berlin|Rome`, and `filter=or` before each further group.

Bars and backslashes in a value stand behind a backslash. What a condition is about is a property, or the name of a
kind of subject and what it makes of the rest: `associated.company.city` (crm/filters/subjects/). `~1` behind it ties
it to the others of its group that have the same there.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from crm.filters.tree import LONGEST_VALUE, MOST_VALUES, Condition
from crm.messages import N_, InvalidValue, Message
from crm.properties.types.cleaning import clean_line, excerpt

ARGUMENT = "filter"
OR = "or"
NOT_A_CONDITION = N_("“%(typed)s” is no filter.")
TOO_MANY_VALUES = N_("At most %(limit)s values.")
TOO_LONG = N_("At most %(limit)s characters in a value.")
_SHAPE = re.compile(r"([a-z0-9_.-]{1,400})(?:~([1-9][0-9]{0,2}))?:([a-z_]{1,40})(?::(.*))?", re.DOTALL)
_PIECES = re.compile(r"\\(.)|(\|)|([^\\|]+)", re.DOTALL)


def split_groups(texts: Sequence[str]) -> list[list[str]]:
    """The texts of an address's arguments by group, empty groups left out."""
    groups: list[list[str]] = [[]]
    for text in texts:
        if text == OR:
            groups.append([])
        elif text:
            groups[-1].append(text)
    return [group for group in groups if group]


def join_groups(groups: Sequence[Sequence[str]]) -> list[str]:
    """The arguments that `split_groups` reads."""
    joined: list[str] = []
    for group in groups:
        if group:
            joined += [OR, *group] if joined else group
    return joined


def narrowed_by(texts: Sequence[str], text: str) -> list[str]:
    """The arguments of a filter with one more condition, which joins every group of it."""
    return join_groups([[*group, text] for group in split_groups(texts)] or [[text]])


def read_condition(text: str) -> Condition:
    """The condition that one argument says; nobody has looked whether it means anything. Raises InvalidValue."""
    found = _SHAPE.fullmatch(text)
    if not found:
        raise InvalidValue(Message(NOT_A_CONDITION, typed=excerpt(clean_line(text))))
    name, tie, operator, rest = found.groups()
    values = tuple(_values(rest)) if rest else ()
    check_size(values)
    return Condition(name, operator, values, int(tie or 0))


def readable_conditions(texts: Iterable[str]) -> Iterator[Condition]:
    """The conditions of an address's arguments that can be read at all, whatever their groups."""
    for text in texts:
        if text and text != OR:
            try:
                yield read_condition(text)
            except InvalidValue:
                continue


def write_condition(condition: Condition) -> str:
    """The argument that says a condition."""
    tie = f"~{condition.tie}" if condition.tie else ""
    head = f"{condition.subject}{tie}:{condition.operator}"
    values = [value.replace("\\", "\\\\").replace("|", "\\|") for value in condition.values]
    return f"{head}:{'|'.join(values)}" if values else head


def check_size(values: Sequence[str]) -> None:
    """Raises InvalidValue for more or longer values than one condition takes."""
    if len(values) > MOST_VALUES:
        raise InvalidValue(Message(TOO_MANY_VALUES, limit=MOST_VALUES))
    if any(len(value) > LONGEST_VALUE for value in values):
        raise InvalidValue(Message(TOO_LONG, limit=LONGEST_VALUE))


def _values(text: str) -> list[str]:
    values = [""]
    for escaped, bar, plain in _PIECES.findall(text):
        if bar:
            values.append("")
        else:
            values[-1] += escaped or plain
    return [cleaned for cleaned in map(clean_line, values) if cleaned]
