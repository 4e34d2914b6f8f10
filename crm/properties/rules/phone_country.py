"""A valid phone number of one of these countries; the first of them is that of numbers without a prefix."""

import re
from collections.abc import Mapping
from typing import Any

import phonenumbers
from phonenumbers import NumberParseException

from crm.messages import N_, Message
from crm.properties.rules import property_rules
from crm.properties.rules.base import InvalidRule, Rule, RuledProperty, Setting
from crm.properties.types.base import Context
from crm.properties.types.phone import EXTENSION


class PhoneCountry(Rule):
    name = "phone_country"
    label = N_("Countries")
    types = frozenset({"phone"})
    settings = (
        Setting(
            "countries",
            N_("Valid numbers of these countries only"),
            help=N_("Codes of two letters, such as PL, SE; the first is meant when a number has no prefix."),
        ),
    )
    position = 310

    def parse(self, typed: Mapping[str, str], context: Context) -> dict[str, Any] | None:
        codes = list(dict.fromkeys(part for part in re.split(r"[\s,;]+", typed.get("countries", "").upper()) if part))
        wrong = next((code for code in codes if code not in phonenumbers.SUPPORTED_REGIONS), None)
        if wrong is not None:
            message = Message("“%(typed)s” is not the code of a country; write PL or SE.", typed=wrong[:40])
            raise InvalidRule({"countries": message})
        return {"countries": codes} if codes else None

    def to_input(self, stored: Mapping[str, Any], context: Context) -> dict[str, str]:
        return {"countries": ", ".join(stored["countries"])}

    def error(self, value: Any, stored: Mapping[str, Any], prop: RuledProperty) -> Message | None:
        named = ", ".join(stored["countries"])
        if _country(value.partition(EXTENSION)[0]) in stored["countries"]:
            return None
        return Message("Only valid phone numbers of %(countries)s.", countries=named)


def _country(number: str) -> str | None:
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException:
        return None
    return phonenumbers.region_code_for_number(parsed) if phonenumbers.is_valid_number(parsed) else None


property_rules.register(PhoneCountry())
