"""Whether a text is in capital or in small letters; scripts that have neither are both."""

from collections.abc import Mapping
from typing import Any

from crm.messages import N_, InvalidValue, Message
from crm.properties.rules import property_rules
from crm.properties.rules.base import TEXTS, InvalidRule, Rule, RuledProperty, Setting, chosen
from crm.properties.types.base import Context

_CASE = Setting(
    "case",
    N_("Letters"),
    "select",
    choices=(("", N_("Any")), ("upper", N_("Only capital letters")), ("lower", N_("Only small letters"))),
)


class LetterCase(Rule):
    name = "letter_case"
    label = N_("Letter case")
    types = TEXTS
    settings = (_CASE,)
    position = 40

    def parse(self, typed: Mapping[str, str], context: Context) -> dict[str, Any] | None:
        try:
            case = chosen(typed.get("case", ""), _CASE)
        except InvalidValue as error:
            raise InvalidRule({"case": error.message}) from None
        return {"case": case} if case else None

    def error(self, value: Any, stored: Mapping[str, Any], prop: RuledProperty) -> Message | None:
        if stored["case"] == "upper":
            small = next((character for character in value if character.islower()), None)
            return small and Message("Only capital letters; “%(found)s” is a small one.", found=small)
        capital = next((character for character in value if character.isupper() or character.istitle()), None)
        return capital and Message("Only small letters; “%(found)s” is a capital.", found=capital)


property_rules.register(LetterCase())
