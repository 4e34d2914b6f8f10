"""A filter as SQL on the table of its object: one condition for a WHERE, with bound values only."""

import sqlalchemy as sa

from crm.filters.comparing import Asked
from crm.filters.families import family_of
from crm.filters.operators import Operator, operator_of
from crm.filters.tree import Condition, Eyes
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType

NO_PROPERTY = N_("%(objects)s have no property “%(name)s”.")
NO_OPERATOR = N_("“%(label)s” cannot be compared like that.")


def operator_for(kind: ObjectType, condition: Condition) -> Operator:
    """The row of the table that a condition names; raises InvalidValue for a property or an operator that is none."""
    prop = kind.properties.get(condition.property)
    if prop is None:
        raise InvalidValue(Message(NO_PROPERTY, objects=kind.plural_label, name=condition.property))
    found = operator_of(family_of(prop), condition.operator)
    if found is None:
        raise InvalidValue(Message(NO_OPERATOR, label=prop.label))
    return found


def compile_condition(kind: ObjectType, condition: Condition, eyes: Eyes) -> sa.ColumnElement[bool]:
    """The SQL of one condition on the records of `kind`; raises InvalidValue when it means nothing there."""
    found, prop = operator_for(kind, condition), kind.property(condition.property)
    values = found.shape.values(condition.values, prop, kind)
    return found.build(Asked(kind.column(prop.name), family_of(prop), values, eyes))
