"""Several e-mail addresses, joined by ';' in the order in which they were written; each stands once."""

import re
from collections.abc import Iterable
from typing import Any

from crm.messages import N_, InvalidValue, Message
from crm.properties.types import property_types
from crm.properties.types.base import Context, PropertyLike, PropertyType, Raw
from crm.properties.types.cleaning import clean_lines
from crm.properties.types.email import parse_email

SEPARATOR = ";"
MOST = 100
_BETWEEN = re.compile(r"[;,\s]+")


def parts(value: str | None) -> list[str]:
    """The single ones of a stored list."""
    return value.split(SEPARATOR) if value else []


def joined(values: Iterable[str]) -> str | None:
    """What is stored for these values; None for none."""
    return SEPARATOR.join(dict.fromkeys(values)) or None


class ListOfTexts(PropertyType):
    """Several texts of one kind, each read by `parse_one`; a form shows one on each line."""

    input_type = "textarea"
    is_sortable = False
    is_creatable = False

    def parse_one(self, text: str) -> str:
        """One of them in normal form. Raises InvalidValue."""
        raise NotImplementedError

    def parse(self, raw: Raw, property: PropertyLike, context: Context) -> str | None:
        typed = clean_lines(raw if isinstance(raw, str) else "\n".join(raw))
        found = list(dict.fromkeys(self.parse_one(part) for part in _BETWEEN.split(typed) if part))
        if len(found) > MOST:
            text = N_("At most %(limit)s of them; these are %(count)s.")
            raise InvalidValue(Message(text, limit=MOST, count=len(found)))
        return joined(found)

    def to_input(self, value: Any, property: PropertyLike, context: Context) -> str:
        return "\n".join(parts(value))

    def to_text(self, value: Any, property: PropertyLike, context: Context) -> str:
        return ", ".join(parts(value))


class Emails(ListOfTexts):
    name = "emails"
    label = N_("Several e-mail addresses")
    icon = "email"
    text = N_("Several addresses, each of them checked")
    position = 125

    def parse_one(self, text: str) -> str:
        return parse_email(text)


property_types.register(Emails())
