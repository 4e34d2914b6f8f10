"""How many decimals a number may have, as people see it: those of a percentage are counted in percent."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from crm.messages import N_, InvalidValue, Message
from crm.properties.rules import property_rules
from crm.properties.rules.base import NUMBERS, InvalidRule, Rule, RuledProperty, Setting, whole
from crm.properties.types.base import Context
from crm.properties.types.number import MOST_DECIMALS, plain_decimal


class Decimals(Rule):
    name = "decimals"
    label = N_("Decimals")
    types = NUMBERS
    settings = (Setting("most", N_("At most this many decimals"), "number"),)
    position = 120

    def parse(self, typed: Mapping[str, str], context: Context) -> dict[str, Any] | None:
        if not typed.get("most", "").strip():
            return None
        try:
            return {"most": whole(typed["most"], 0, MOST_DECIMALS)}
        except InvalidValue as error:
            raise InvalidRule({"most": error.message}) from None

    def error(self, value: Any, stored: Mapping[str, Any], prop: RuledProperty) -> Message | None:
        style = prop.settings.get("format")
        if style == "duration":
            return None
        number = Decimal(value).scaleb(2) if style == "percent" else Decimal(value)
        decimals = max(0, -int(plain_decimal(number).as_tuple().exponent))
        if decimals <= stored["most"]:
            return None
        if stored["most"] == 0:
            return Message("Write a whole number.")
        return Message("At most %(limit)s decimals.", limit=stored["most"])


property_rules.register(Decimals())
