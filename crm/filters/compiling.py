"""A filter as SQL on the table of its object: one condition for a WHERE, with bound values only.

`compile_filter` is the one way there from the texts of an address: pages, lists and work in bulk find the same records.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from crm.filters.addresses import read_condition, split_groups
from crm.filters.operators import Operator
from crm.filters.registry import Subject, subject_of
from crm.filters.tree import Condition, Eyes, check_count
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType

NO_OPERATOR = N_("“%(label)s” cannot be compared like that.")


def operator_for(kind: ObjectType, condition: Condition) -> tuple[Subject, Operator]:
    """What a condition is about and how it is asked; raises InvalidValue where either is none."""
    subject = subject_of(kind, condition.subject)
    found = subject.operator(condition.operator)
    if found is None:
        raise InvalidValue(Message(NO_OPERATOR, label=subject.label))
    return subject, found


def compile_condition(kind: ObjectType, condition: Condition, eyes: Eyes) -> sa.ColumnElement[bool]:
    """The SQL of one condition on the records of `kind`; raises InvalidValue when it means nothing there."""
    subject, found = operator_for(kind, condition)
    return subject.build(found, found.shape.values(condition.values, subject.prop, subject.kind), eyes)


def compile_filter(kind: ObjectType, texts: Sequence[str], eyes: Eyes) -> sa.ColumnElement[bool] | None:
    """The SQL of the filter of an address, None where it narrows nothing; raises InvalidValue for nonsense."""
    groups = split_groups(texts)
    count = sum(map(len, groups))
    check_count(count)
    eyes = eyes.on(count)
    tests = [sa.and_(*(compile_condition(kind, read_condition(text), eyes) for text in group)) for group in groups]
    return sa.or_(*tests) if tests else None
