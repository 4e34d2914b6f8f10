"""Of which characters a text consists: digits, letters, or both, of any script."""

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from crm.messages import N_, InvalidValue, Message
from crm.properties.rules import property_rules
from crm.properties.rules.base import TEXTS, InvalidRule, Rule, RuledProperty, Setting, chosen
from crm.properties.types.base import Context

_WHAT = Setting(
    "only",
    N_("Characters"),
    "select",
    choices=(
        ("", N_("Any")),
        ("digits", N_("Only digits")),
        ("letters", N_("Only letters")),
        ("alphanumeric", N_("Only letters and digits")),
    ),
)
_MESSAGES = {
    "digits": N_("Only digits; “%(found)s” is none."),
    "letters": N_("Only letters; “%(found)s” is none."),
    "alphanumeric": N_("Only letters and digits; “%(found)s” is neither."),
}


def visible_length(text: str) -> int:
    """How many characters a reader counts: a letter and the marks on it are one."""
    return len(text) if text.isascii() else sum(not unicodedata.combining(character) for character in text)


def is_letter(character: str) -> bool:
    """A letter of any script, or a mark on one."""
    return unicodedata.category(character)[0] in "LM"


def is_digit(character: str) -> bool:
    """A digit of any script."""
    return unicodedata.category(character) == "Nd"


_ALLOWED: Mapping[str, Callable[[str], bool]] = {
    "digits": is_digit,
    "letters": is_letter,
    "alphanumeric": lambda character: is_letter(character) or is_digit(character),
}


class Characters(Rule):
    name = "characters"
    label = N_("Characters")
    types = TEXTS
    settings = (_WHAT, Setting("spaces", N_("Spaces between them are allowed"), "tick"))
    position = 20

    def parse(self, typed: Mapping[str, str], context: Context) -> dict[str, Any] | None:
        try:
            only = chosen(typed.get("only", ""), _WHAT)
        except InvalidValue as error:
            raise InvalidRule({"only": error.message}) from None
        return {"only": only, "spaces": bool(typed.get("spaces"))} if only else None

    def to_input(self, stored: Mapping[str, Any], context: Context) -> dict[str, str]:
        return {"only": stored["only"], "spaces": "true" if stored["spaces"] else ""}

    def error(self, value: Any, stored: Mapping[str, Any], prop: RuledProperty) -> Message | None:
        is_allowed = _ALLOWED[stored["only"]]
        for character in value:
            if not is_allowed(character) and not (stored["spaces"] and character.isspace()):
                return Message(_MESSAGES[stored["only"]], found=character)
        return None


property_rules.register(Characters())
