"""An e-mail address: its spelling is checked, nobody is asked whether it exists."""

import re
import unicodedata
from typing import Any

from email_validator import EmailNotValidError, validate_email

from crm.messages import N_, InvalidValue, Message
from crm.properties.types import property_types
from crm.properties.types.base import Context, PropertyLike, PropertyType, Raw, single
from crm.properties.types.cleaning import clean_line, excerpt

# Domains of a company's own network, or of its tests: addresses too, though no post goes there from outside.
_PRIVATE_END = re.compile(r"\.(local|test)$")
_PUBLIC_END = ".com"


def parse_email(text: str) -> str:
    """The address in lower case and normal form. Raises InvalidValue."""
    address = unicodedata.normalize("NFC", text.removeprefix("mailto:").lower())
    private = _PRIVATE_END.search(address)
    stand_in = _PRIVATE_END.sub(_PUBLIC_END, address)
    try:
        found = validate_email(stand_in, check_deliverability=False)
    except (EmailNotValidError, UnicodeError):
        message = Message("“%(typed)s” is not an e-mail address; write it as name@example.com.", typed=excerpt(text))
        raise InvalidValue(message) from None
    normal = unicodedata.normalize("NFC", found.normalized.lower())
    return normal.removesuffix(_PUBLIC_END) + private.group() if private else normal


class Email(PropertyType):
    name = "email"
    label = N_("E-mail")
    icon = "email"
    text = N_("An address that is checked; a click writes to it")
    can_be_unique = True
    input_type = "email"
    is_copyable = True
    position = 120

    def parse(self, raw: Raw, property: PropertyLike, context: Context) -> str | None:
        text = clean_line(single(raw))
        return parse_email(text) if text else None

    def href(self, value: Any, property: PropertyLike) -> str | None:
        return f"mailto:{value}" if value else None


property_types.register(Email())
