"""A phone number: E.164 with its extension when it is a valid one, otherwise as it was typed.

Numbers of people's own making ("659-980-2015", extensions of a switchboard, retired area codes) are all they have; a
CRM that refuses them loses them.
"""

import re
from functools import lru_cache
from typing import Any

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from crm.messages import N_, InvalidValue, Message
from crm.properties.types import property_types
from crm.properties.types.base import Context, PropertyLike, PropertyType, Raw, single
from crm.properties.types.cleaning import clean_line, excerpt, refuse_long

LONGEST = 100
FEWEST_DIGITS = 3
EXTENSION = ";ext="

_EXTENSION_AT_END = re.compile(
    r"[\s,;]*(?:ext(?:ension|n)?|x|#|wew|ankn|anknytning)[\s.:=]*\d{1,9}#?\s*$", re.IGNORECASE
)
_CANONICAL = re.compile(r"(\+\d{3,15})(?:;ext=(\d{1,20}))?")
_MOST_DIGITS = 15
_SEVERAL = re.compile(r"[/,|]")


def parse_phone(text: str, country: str) -> str:
    """`text` as "+16599802015" or "+16599802015;ext=371", unchanged when it is no valid number. Raises InvalidValue."""
    refuse_long(text, LONGEST)
    text = re.sub(r"^tel:\s*", "", text, flags=re.IGNORECASE)
    valid = _valid(text, country)
    if valid is not None:
        return valid
    body = _EXTENSION_AT_END.sub("", text)
    if any(character.isalpha() for character in body) or sum(map(str.isdigit, body)) < FEWEST_DIGITS:
        message = Message("“%(typed)s” is not a phone number; write it as +1 202 555 0142.", typed=excerpt(text))
        raise InvalidValue(message)
    return text


def _valid(text: str, country: str) -> str | None:
    try:
        number = phonenumbers.parse(text, country)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    extension = f"{EXTENSION}{number.extension}" if number.extension else ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) + extension


@lru_cache(maxsize=4096)
def _spaced(value: str) -> str:
    """A stored number as people of its country write it for foreigners; one kept as typed stays so."""
    found = _CANONICAL.fullmatch(value)
    if not found:
        return value
    try:
        number = phonenumbers.parse(found.group(1))
    except NumberParseException:
        return value
    shown = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    return f"{shown} ext. {found.group(2)}" if found.group(2) else shown


class Phone(PropertyType):
    name = "phone"
    label = N_("Phone number")
    icon = "phone"
    text = N_("Checked by country; a click calls it")
    can_be_unique = True
    input_type = "tel"
    is_copyable = True
    position = 130

    def parse(self, raw: Raw, property: PropertyLike, context: Context) -> str | None:
        text = clean_line(single(raw))
        countries = property.settings.get("rules", {}).get("phone_country", {}).get("countries")
        return parse_phone(text, countries[0] if countries else context.country) if text else None

    def to_text(self, value: Any, property: PropertyLike, context: Context) -> str:
        return _spaced(value) if value else ""

    def href(self, value: Any, property: PropertyLike) -> str | None:
        if not value:
            return None
        if _CANONICAL.fullmatch(value):
            return f"tel:{value}"
        digits = re.sub(r"[^\d+]", "", _EXTENSION_AT_END.sub("", value))
        # Two numbers in one field are none to call.
        return None if len(digits) > _MOST_DIGITS or _SEVERAL.search(value) else f"tel:{digits}"


property_types.register(Phone())
