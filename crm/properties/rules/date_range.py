"""A day between two days, both of them included."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from crm.messages import N_, InvalidValue, Message
from crm.properties.rules import property_rules
from crm.properties.rules.base import DAYS, InvalidRule, Rule, RuledProperty, Setting, day_of
from crm.properties.types.base import Context
from crm.properties.types.date import parse_day


class DateRange(Rule):
    name = "date_range"
    label = N_("Earliest and latest day")
    types = DAYS
    settings = (Setting("first", N_("Not before"), "date"), Setting("last", N_("Not after"), "date"))
    position = 220

    def parse(self, typed: Mapping[str, str], context: Context) -> dict[str, Any] | None:
        found, errors = {}, {}
        for name in ("first", "last"):
            try:
                if typed.get(name, "").strip():
                    found[name] = parse_day(typed[name].strip(), context.locale).isoformat()
            except InvalidValue as error:
                errors[name] = error.message
        if not errors and len(found) == 2 and found["first"] > found["last"]:
            errors["last"] = Message("This is before the first day.")
        if errors:
            raise InvalidRule(errors)
        return found or None

    def error(self, value: Any, stored: Mapping[str, Any], prop: RuledProperty) -> Message | None:
        day = day_of(value)
        if "first" in stored and day < date.fromisoformat(stored["first"]):
            return Message("Not before %(day)s.", day=stored["first"])
        if "last" in stored and day > date.fromisoformat(stored["last"]):
            return Message("Not after %(day)s.", day=stored["last"])
        return None


property_rules.register(DateRange())
