"""A filter as SQL on the table of its object: one condition for a WHERE, with bound values only."""

import sqlalchemy as sa

from crm.filters.operators import Operator
from crm.filters.registry import Subject, subject_of
from crm.filters.tree import Condition, Eyes
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
