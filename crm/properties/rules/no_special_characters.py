"""A text of letters, digits and spaces, and nothing else."""

from collections.abc import Mapping
from typing import Any

from crm.messages import N_, Message
from crm.properties.rules import property_rules
from crm.properties.rules.base import TEXTS, Rule, RuledProperty, Setting
from crm.properties.rules.characters import is_digit, is_letter
from crm.properties.types.base import Context


class NoSpecialCharacters(Rule):
    name = "no_special_characters"
    label = N_("No special characters")
    types = TEXTS
    settings = (Setting("on", N_("Only letters, digits and spaces"), "tick"),)
    position = 30

    def parse(self, typed: Mapping[str, str], context: Context) -> dict[str, Any] | None:
        return {"on": True} if typed.get("on") else None

    def to_input(self, stored: Mapping[str, Any], context: Context) -> dict[str, str]:
        return {"on": "true"}

    def error(self, value: Any, stored: Mapping[str, Any], prop: RuledProperty) -> Message | None:
        for character in value:
            if not (is_letter(character) or is_digit(character) or character.isspace()):
                return Message("No special characters such as “%(found)s”.", found=character)
        return None


property_rules.register(NoSpecialCharacters())
