"""Comparing, deciding, and what to do with unknown values. Whatever is compared with the unknown is unknown."""

import operator
from collections.abc import Callable
from typing import Any

from crm.messages import N_, InvalidValue, Message
from crm.properties.formulas.formula import Lazy
from crm.properties.formulas.functions import ANY, COMPARABLE, TEXT, WRONG_NUMBER, YES_NO, Kinds, register, wants
from crm.properties.formulas.kinds import Kind

CHOICES = frozenset({Kind.CHOICES})
IF = "if(condition, then, otherwise)"


def _folded(value: Any) -> Any:
    """Texts are compared without regard to case and outer blanks (SPEC 5.2)."""
    return value.strip().casefold() if isinstance(value, str) else value


def _comparing(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda one, other: compare(_folded(one), _folded(other))


for sign, compare in {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}.items():
    signature = f"a {sign} b"
    result = wants(sign, signature, COMPARABLE, COMPARABLE, answers=Kind.YES_NO, alike=True)
    register(sign, signature, N_("Compares two values of one kind."), result, _comparing(compare), is_operator=True)


def _and(one: Lazy, other: Lazy) -> bool | None:
    first = one()
    if first is False:
        return False
    second = other()
    return False if second is False else (None if first is None or second is None else True)


def _or(one: Lazy, other: Lazy) -> bool | None:
    first = one()
    if first is True:
        return True
    second = other()
    return True if second is True else (None if first is None or second is None else False)


def _if(condition: Lazy, then: Lazy, otherwise: Lazy) -> Any:
    decided = condition()
    if decided is None:
        return None
    return then() if decided else otherwise()


def _if_kind(kinds: Kinds) -> Kind | None:
    if len(kinds) != 3:
        raise InvalidValue(Message(WRONG_NUMBER, name="if", signature=IF))
    wants("if", IF, YES_NO)(kinds[:1])
    return wants("if", IF, COMPARABLE, COMPARABLE, alike=True)(kinds[1:])


def _coalesce(*values: Lazy) -> Any:
    return next((value for value in (later() for later in values) if value is not None), None)


def _includes(choices: Any, choice: str) -> bool:
    chosen = choices.split(";") if isinstance(choices, str) else choices
    return _folded(choice) in [_folded(str(one)) for one in chosen]


register(
    "and",
    "a and b",
    N_("Whether both are true."),
    wants("and", "a and b", YES_NO, YES_NO, answers=Kind.YES_NO),
    _and,
    is_lazy=True,
    is_operator=True,
)
register(
    "or",
    "a or b",
    N_("Whether one of them is true."),
    wants("or", "a or b", YES_NO, YES_NO, answers=Kind.YES_NO),
    _or,
    is_lazy=True,
    is_operator=True,
)
register(
    "not",
    "not a",
    N_("True for false and the other way round."),
    wants("not", "not a", YES_NO, answers=Kind.YES_NO),
    operator.not_,
    is_operator=True,
)
register("if", IF, N_("One value when the condition is true, the other when it is false."), _if_kind, _if, is_lazy=True)
register(
    "is_known",
    "is_known(a)",
    N_("Whether there is a value."),
    wants("is_known", "is_known(a)", ANY, answers=Kind.YES_NO),
    lambda value: value is not None,
    takes_unknown=True,
)
register(
    "coalesce",
    "coalesce(a, b, …)",
    N_("The first of the values that is known."),
    wants("coalesce", "coalesce(a, b, …)", COMPARABLE, repeats=True, alike=True),
    _coalesce,
    is_lazy=True,
)
register(
    "includes",
    "includes(choices, choice)",
    N_("Whether a choice is among those ticked, by its internal value."),
    wants("includes", "includes(choices, choice)", CHOICES, TEXT, answers=Kind.YES_NO),
    _includes,
)
