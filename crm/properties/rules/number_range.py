"""The least and the most a number may be, typed and kept the way the property shows its values.

A limit of a percentage is 20 and not 0.2, one of a duration 1 h 30 min; so the format of the property may still change.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import numbers

from crm.messages import N_, InvalidValue, Message
from crm.properties.rules import property_rules
from crm.properties.rules.base import NUMBERS, InvalidRule, Rule, RuledProperty, Setting
from crm.properties.types.base import Context
from crm.properties.types.number import checked, parse_decimal, parse_duration

_LONGEST = 30


class NumberRange(Rule):
    name = "number_range"
    label = N_("Smallest and largest")
    types = NUMBERS
    settings = (Setting("min", N_("At least")), Setting("max", N_("At most")))
    position = 110

    def parse(self, typed: Mapping[str, str], context: Context) -> dict[str, Any] | None:
        found: dict[str, Any] = {}
        errors = {}
        for name in ("min", "max"):
            try:
                if typed.get(name, "").strip():
                    found[name] = _canonical(typed[name].strip(), context.locale)
            except InvalidValue as error:
                errors[name] = error.message
        if not errors and len(found) == 2 and _comparable(found["min"]) > _comparable(found["max"]):
            errors["max"] = Message("This is less than the smallest.")
        if errors:
            raise InvalidRule(errors)
        return found or None

    def to_input(self, stored: Mapping[str, Any], context: Context) -> dict[str, str]:
        point = numbers.get_decimal_symbol(context.locale)
        return {name: text if _is_duration(text) else text.replace(".", point) for name, text in stored.items()}

    def error(self, value: Any, stored: Mapping[str, Any], prop: RuledProperty) -> Message | None:
        style = prop.settings.get("format", "")
        sign = "%" if style == "percent" else ""
        if "min" in stored and Decimal(value) < _limit(stored["min"], style):
            return Message("At least %(limit)s.", limit=stored["min"] + sign)
        if "max" in stored and Decimal(value) > _limit(stored["max"], style):
            return Message("At most %(limit)s.", limit=stored["max"] + sign)
        return None


def _canonical(text: str, locale: str) -> str:
    """The limit as it is kept: a plain number with a point, or a duration as it was typed. Raises InvalidValue."""
    if len(text) > _LONGEST:
        raise InvalidValue(Message("At most %(limit)s characters.", limit=_LONGEST))
    try:
        return f"{checked(parse_decimal(text.removesuffix('%').rstrip(), locale), {}):f}"
    except InvalidValue:
        if not _is_duration(text):
            raise
        parse_duration(text, "en")
        return text


def _comparable(text: str) -> Decimal:
    """Limits without knowing the format: of durations and numbers alike the lower one comes out lower."""
    return _limit(text, "duration" if _is_duration(text) else "")


def _is_duration(text: str) -> bool:
    return any(sign in text.casefold() for sign in ":hms")


@lru_cache(maxsize=512)
def _limit(text: str, style: str) -> Decimal:
    """The limit as values are stored. A bare number is minutes of a duration, also one no duration can have."""
    if _is_duration(text):
        return parse_duration(text, "en")
    factor = {"duration": Decimal(60_000), "percent": Decimal("0.01")}.get(style, Decimal(1))
    return Decimal(text) * factor


property_rules.register(NumberRange())
