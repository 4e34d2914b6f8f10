"""A day from Monday to Friday."""

from collections.abc import Mapping
from typing import Any

from crm.messages import N_, Message
from crm.properties.rules import property_rules
from crm.properties.rules.base import DAYS, Rule, RuledProperty, Setting, day_of
from crm.properties.types.base import Context

_SATURDAY = 5


class Weekdays(Rule):
    name = "weekdays"
    label = N_("Weekdays")
    types = DAYS
    settings = (Setting("on", N_("Only Monday to Friday"), "tick"),)
    position = 240

    def parse(self, typed: Mapping[str, str], context: Context) -> dict[str, Any] | None:
        return {"on": True} if typed.get("on") else None

    def to_input(self, stored: Mapping[str, Any], context: Context) -> dict[str, str]:
        return {"on": "true"}

    def error(self, value: Any, stored: Mapping[str, Any], prop: RuledProperty) -> Message | None:
        return Message("Only a day from Monday to Friday.") if day_of(value).weekday() >= _SATURDAY else None


property_rules.register(Weekdays())
