"""A filter as SQL on the table of its object: one condition for a WHERE, with bound values only.

`compile_filter` is the one way there from the texts of an address: pages, lists and work in bulk find the same records.
"""

import itertools
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.sql.elements import Grouping

from crm.filters.addresses import read_condition, split_groups
from crm.filters.operators import Operator
from crm.filters.registry import Asking, Subject, subject_of
from crm.filters.tree import Condition, Eyes, check_count, check_values
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType

NO_OPERATOR = N_("“%(label)s” cannot be compared like that.")
NOT_TIED = N_("“%(label)s” is not about another record, so there is no same one.")


def operator_for(kind: ObjectType, condition: Condition) -> tuple[Subject, Operator]:
    """What a condition is about and how it is asked; raises InvalidValue where either is none."""
    subject = subject_of(kind, condition.subject)
    found = subject.operator(condition.operator)
    if found is None:
        raise InvalidValue(Message(NO_OPERATOR, label=subject.label))
    if condition.tie and not subject.head:
        raise InvalidValue(Message(NOT_TIED, label=subject.label))
    return subject, found


def compile_condition(kind: ObjectType, condition: Condition, eyes: Eyes) -> sa.ColumnElement[bool]:
    """The SQL of one condition on the records of `kind`; raises InvalidValue when it means nothing there."""
    return compile_part([_asking(kind, condition)], eyes)


def compile_part(part: Sequence[Asking], eyes: Eyes) -> sa.ColumnElement[bool]:
    """The SQL of one condition, or of some that are tied."""
    first = part[0]
    if len(part) == 1 or first.subject.together is None:
        return first.subject.build(first.operator, first.values, eyes)
    return first.subject.together(part, eyes)


def parts_of(kind: ObjectType, conditions: Iterable[Condition]) -> list[list[Asking]]:
    """The conditions of a group, those that are tied together as one; raises InvalidValue for nonsense in them."""
    parts: dict[object, list[Asking]] = {}
    for place, condition in enumerate(conditions):
        asking = _asking(kind, condition)
        key = (asking.subject.head, condition.tie) if condition.tie else place
        parts.setdefault(key, []).append(asking)
    return list(parts.values())


def compile_filter(kind: ObjectType, texts: Sequence[str], eyes: Eyes) -> sa.ColumnElement[bool] | None:
    """The SQL of the filter of an address, None where it narrows nothing; raises InvalidValue for nonsense in it."""
    groups = read_groups(texts)
    eyes = eyes.on(sum(map(len, groups)))
    tests = [sa.and_(*(_Apart(compile_part(part, eyes)) for part in parts_of(kind, group))) for group in groups]
    return sa.or_(*map(_Apart, tests)) if tests else None


def read_groups(texts: Sequence[str]) -> list[list[Condition]]:
    """The conditions of the filter of an address by group; raises InvalidValue for too much in it or nonsense."""
    groups = split_groups(texts)
    check_count(sum(map(len, groups)))
    conditions = [[read_condition(text) for text in group] for group in groups]
    check_values(itertools.chain.from_iterable(conditions))
    return conditions


class _Apart(Grouping[bool]):
    """A part that keeps its parentheses. Without them the values of all parts are one chain, and SQLite weighs no more
    than a thousand links.
    """

    inherit_cache = True
    operator = None  # with that of what it holds it would be joined to its neighbours


def _asking(kind: ObjectType, condition: Condition) -> Asking:
    subject, found = operator_for(kind, condition)
    return Asking(subject, found, found.shape.values(condition.values, subject.prop, subject.kind), condition)
