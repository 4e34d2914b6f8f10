"""A day to come, or a day gone by; today is neither. Of moments the very moment counts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crm.clock import account_today, now
from crm.messages import N_, InvalidValue, Message
from crm.properties.rules import property_rules
from crm.properties.rules.base import DAYS, InvalidRule, Rule, RuledProperty, Setting, chosen
from crm.properties.types.base import Context

_WHEN = Setting(
    "when",
    N_("Days"),
    "select",
    help=N_("Today is neither in the future nor in the past."),
    choices=(("", N_("Any date")), ("future", N_("Only in the future")), ("past", N_("Only in the past"))),
)


class DateDirection(Rule):
    name = "date_direction"
    label = N_("Future or past")
    types = DAYS
    settings = (_WHEN,)
    position = 210

    def parse(self, typed: Mapping[str, str], context: Context) -> dict[str, Any] | None:
        try:
            when = chosen(typed.get("when", ""), _WHEN)
        except InvalidValue as error:
            raise InvalidRule({"when": error.message}) from None
        return {"when": when} if when else None

    def error(self, value: Any, stored: Mapping[str, Any], prop: RuledProperty) -> Message | None:
        present: Any = now() if isinstance(value, datetime) else account_today()
        if stored["when"] == "future" and value <= present:
            return Message("Only a date in the future.")
        if stored["when"] == "past" and value >= present:
            return Message("Only a date in the past.")
        return None


property_rules.register(DateDirection())
