"""How long a text must and may be."""

from collections.abc import Mapping
from typing import Any

from crm.messages import N_, InvalidValue, Message
from crm.properties.rules import property_rules
from crm.properties.rules.base import TEXTS, InvalidRule, Rule, RuledProperty, Setting, whole
from crm.properties.rules.characters import visible_length
from crm.properties.types.base import Context
from crm.properties.types.cleaning import TEXT_LIMIT


class Length(Rule):
    name = "length"
    label = N_("Length")
    types = TEXTS
    settings = (
        Setting("min", N_("At least this many characters"), "number"),
        Setting("max", N_("At most this many characters"), "number"),
    )
    position = 10

    def parse(self, typed: Mapping[str, str], context: Context) -> dict[str, Any] | None:
        found: dict[str, Any] = {}
        errors = {}
        for name in ("min", "max"):
            try:
                if typed.get(name):
                    found[name] = whole(typed[name], 1, TEXT_LIMIT)
            except InvalidValue as error:
                errors[name] = error.message
        if not errors and len(found) == 2 and found["min"] > found["max"]:
            errors["max"] = Message("This is less than the smallest length.")
        if errors:
            raise InvalidRule(errors)
        return found or None

    def error(self, value: Any, stored: Mapping[str, Any], prop: RuledProperty) -> Message | None:
        length = visible_length(value)
        if length < stored.get("min", 0):
            return Message("At least %(limit)s characters; this has %(length)s.", limit=stored["min"], length=length)
        if length > stored.get("max", TEXT_LIMIT):
            return Message("At most %(limit)s characters; this has %(length)s.", limit=stored["max"], length=length)
        return None


property_rules.register(Length())
