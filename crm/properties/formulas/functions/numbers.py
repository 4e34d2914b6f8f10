"""Numbers. Days take part in + and -: a date plus 7, or one date minus another, in days."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from crm.messages import N_, InvalidValue, Message
from crm.properties.formulas.functions import COMPARABLE, NUMBER, WRONG_NUMBER, Kinds, register, wants
from crm.properties.formulas.kinds import Kind
from crm.properties.types.number import MOST_DECIMALS

LARGEST_POWER = 20


def _plus_kind(kinds: Kinds) -> Kind | None:
    if list(kinds)[:1] == [Kind.DATE]:
        return _days_kind("+", kinds)
    return wants("+", "a + b", NUMBER, NUMBER, answers=Kind.NUMBER)(kinds)


def _minus_kind(kinds: Kinds) -> Kind | None:
    if kinds[0] is Kind.DATE and kinds[1] is Kind.DATE:
        return Kind.NUMBER
    if kinds[0] is Kind.DATE:
        return _days_kind("-", kinds)
    return wants("-", "a - b", NUMBER, NUMBER, answers=Kind.NUMBER)(kinds)


def _days_kind(sign: str, kinds: Kinds) -> Kind:
    wants(sign, f"date {sign} days", NUMBER)(kinds[1:])
    return Kind.DATE


def _plus(one: Any, other: Any) -> Any:
    return one + timedelta(days=int(other)) if isinstance(one, date) else one + other


def _minus(one: Any, other: Any) -> Any:
    if isinstance(one, date) and isinstance(other, date):
        return Decimal((one - other).days)
    return one - timedelta(days=int(other)) if isinstance(one, date) else one - other


def _power(base: Decimal, exponent: Decimal) -> Decimal | None:
    if exponent != int(exponent) or abs(exponent) > LARGEST_POWER:
        return None
    return base ** int(exponent)


def _round(value: Decimal, digits: Decimal = Decimal(0)) -> Decimal:
    places = max(0, min(MOST_DECIMALS, int(digits)))
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _known(summary: Callable[[list[Any]], Any]) -> Callable[..., Any]:
    """Of the values that are known; unknown when none is."""

    def run(*values: Any) -> Any:
        known = [value for value in values if value is not None]
        return summary(known) if known else None

    return run


def _binary(sign: str, text: str, run: Callable[[Decimal, Decimal], Any]) -> None:
    signature = f"a {sign} b"
    register(sign, signature, text, wants(sign, signature, NUMBER, NUMBER, answers=Kind.NUMBER), run, is_operator=True)


def _unary(name: str, text: str, run: Callable[[Decimal], Any], is_operator: bool = False) -> None:
    signature = f"{name}(a)"
    register(name, signature, text, wants(name, signature, NUMBER, answers=Kind.NUMBER), run, is_operator=is_operator)


def _several(name: str, text: str, run: Callable[[list[Any]], Any], of_any_kind: bool = False) -> None:
    signature = f"{name}(a, b, …)"
    kinds = COMPARABLE - {Kind.TEXT, Kind.YES_NO} if of_any_kind else NUMBER
    result = wants(name, signature, kinds, repeats=True, alike=True)
    register(name, signature, text, _not_empty(name, signature, result), _known(run), takes_unknown=True)


def _not_empty(name: str, signature: str, result: Callable[[Kinds], Kind | None]) -> Callable[[Kinds], Kind | None]:
    def checked(kinds: Kinds) -> Kind | None:
        if not kinds:
            raise InvalidValue(Message(WRONG_NUMBER, name=name, signature=signature))
        return result(kinds)

    return checked


register("+", "a + b", N_("Adds numbers, or days to a date."), _plus_kind, _plus, is_operator=True)
register("-", "a - b", N_("Subtracts; two dates make days."), _minus_kind, _minus, is_operator=True)
_binary("*", N_("Multiplies."), lambda one, other: one * other)
_binary("/", N_("Divides; by zero it is unknown."), lambda one, other: one / other if other else None)
_binary("%", N_("What is left of a division."), lambda one, other: one % other if other else None)
_unary("negative", N_("The same below zero."), lambda one: -one, is_operator=True)
_unary("abs", N_("The number without its sign."), abs)
_unary("floor", N_("The whole number below."), lambda one: one.to_integral_value(ROUND_FLOOR))
_unary("ceiling", N_("The whole number above."), lambda one: one.to_integral_value(ROUND_CEILING))
register(
    "round",
    "round(a, decimals)",
    N_("Rounds to whole numbers, or to so many decimals."),
    wants("round", "round(a, decimals)", NUMBER, NUMBER, answers=Kind.NUMBER, optional=1),
    _round,
)
register(
    "power",
    "power(a, n)",
    N_("A number times itself, n times (at most 20)."),
    wants("power", "power(a, n)", NUMBER, NUMBER, answers=Kind.NUMBER),
    _power,
)
_several("min", N_("The least of the known values."), min, of_any_kind=True)
_several("max", N_("The greatest of the known values."), max, of_any_kind=True)
_several("sum", N_("The known values together."), sum)
_several("average", N_("The average of the known values."), lambda known: sum(known) / len(known))
