"""A condition in words, in the reader's language: "Close date is more than 90 days ago"."""

from collections.abc import Sequence

from crm.filters.compiling import operator_for
from crm.filters.operators import Operator
from crm.filters.tree import Condition
from crm.objects.schema import ObjectType
from crm.properties.types.base import Context

VALUES = "%(values)s"


def describe(kind: ObjectType, condition: Condition, context: Context, is_tied: bool = False) -> str:
    """The condition as a sentence; raises InvalidValue when it means nothing.

    One that `is_tied` to one before it goes on where that one ends: "and whose City is any of Oslo".
    """
    subject, found = operator_for(kind, condition)
    found.shape.values(condition.values, subject.prop, subject.kind)
    values = found.shape.words(condition.values, subject.prop, subject.kind, context)
    label = str(context.translate(found.label))
    said = label.replace(VALUES, values) if VALUES in label else f"{label} {values}".rstrip()
    return f"{context.translate(subject.also if is_tied else subject.label)} {said}"


def describe_part(kind: ObjectType, conditions: Sequence[Condition], context: Context) -> str:
    """One condition, or some that are tied, as one sentence; raises InvalidValue when a part of it means nothing."""
    return " ".join(describe(kind, one, context, is_tied=place > 0) for place, one in enumerate(conditions))


def operator_text(operator: Operator, context: Context) -> str:
    """An operator as a form offers it, with dots where the values will stand."""
    return str(context.translate(operator.label)).replace(VALUES, "…")
