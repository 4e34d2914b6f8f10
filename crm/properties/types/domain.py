"""The domain of a web site or of e-mail addresses, without anything round it: example.com."""

import re
from typing import Any

from crm.messages import N_, InvalidValue, Message
from crm.properties.types import property_types
from crm.properties.types.base import Context, PropertyLike, PropertyType, Raw, single
from crm.properties.types.cleaning import clean_line, excerpt

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")
LONGEST = 253


def as_domain(text: str) -> str | None:
    """The domain in "https://www.Acme.com/about", "acme.com" or "jo@acme.com"; None when it is none."""
    bare = text.strip().lower().rpartition("@")[2]
    bare = re.sub(r"^[a-z]+://", "", bare)
    bare = re.split(r"[/?#:]", bare, maxsplit=1)[0].strip(".")
    while bare.startswith("www.") and "." in bare[4:]:
        bare = bare[4:]
    try:
        ascii_form = bare.encode("idna").decode("ascii") if not bare.isascii() else bare
    except UnicodeError:
        return None
    return bare if len(ascii_form) <= LONGEST and _DOMAIN.fullmatch(ascii_form) else None


def parse_domain(text: str) -> str:
    """The domain in `text`. Raises InvalidValue."""
    domain = as_domain(text)
    if domain is None:
        message = Message(N_("“%(typed)s” is no domain; write it as example.com."), typed=excerpt(text))
        raise InvalidValue(message)
    return domain


class Domain(PropertyType):
    name = "domain"
    label = N_("Domain")
    icon = "link"
    text = N_("The domain of a web site, such as acme.com")
    is_copyable = True
    position = 150

    def parse(self, raw: Raw, property: PropertyLike, context: Context) -> str | None:
        text = clean_line(single(raw))
        return parse_domain(text) if text else None

    def href(self, value: Any, property: PropertyLike) -> str | None:
        return f"https://{value}" if value and as_domain(value) == value else None


property_types.register(Domain())
