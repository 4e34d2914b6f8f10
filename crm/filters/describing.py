"""A condition in words, in the reader's language: "Close date is more than 90 days ago"."""

from crm.filters.compiling import operator_for
from crm.filters.operators import Operator
from crm.filters.tree import Condition
from crm.objects.schema import ObjectType
from crm.properties.types.base import Context

VALUES = "%(values)s"


def describe(kind: ObjectType, condition: Condition, context: Context) -> str:
    """The condition as a sentence; raises InvalidValue when it means nothing."""
    subject, found = operator_for(kind, condition)
    found.shape.values(condition.values, subject.prop, subject.kind)
    values = found.shape.words(condition.values, subject.prop, subject.kind, context)
    label = str(context.translate(found.label))
    said = label.replace(VALUES, values) if VALUES in label else f"{label} {values}".rstrip()
    return f"{context.translate(subject.label)} {said}"


def operator_text(operator: Operator, context: Context) -> str:
    """An operator as a form offers it, with dots where the values will stand."""
    return str(context.translate(operator.label)).replace(VALUES, "…")
