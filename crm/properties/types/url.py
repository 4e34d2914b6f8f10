"""A web address: http or https, which is added when it is missing."""

import re
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from crm.messages import N_, InvalidValue, Message
from crm.properties.types import property_types
from crm.properties.types.base import Context, PropertyLike, PropertyType, Raw, single
from crm.properties.types.cleaning import clean_line, excerpt, refuse_long

LONGEST = 2_048
_HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]|(?:\d{1,3}\.){3}\d{1,3}|localhost")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?!\d)", re.IGNORECASE)


def parse_url(text: str) -> str:
    """The address with its scheme, scheme and host in lower case. Raises InvalidValue."""
    refuse_long(text, LONGEST)
    scheme = _SCHEME.match(text)
    if scheme and scheme.group(1).lower() not in ("http", "https"):
        raise InvalidValue(Message("Only web addresses that start with http:// or https:// can be kept."))
    address = text if scheme else f"https://{text.removeprefix('//')}"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise _not_an_address(text) from None
    host = (parts.hostname or "").lower()
    if not _HOST.fullmatch(host) or re.search(r"[\s<>\"\\^`{|}]", address) or "@" in parts.netloc:
        raise _not_an_address(text)
    netloc = host if port is None else f"{host}:{port}"
    return urlunsplit((parts.scheme.lower(), netloc, parts.path, parts.query, parts.fragment))


def _not_an_address(text: str) -> InvalidValue:
    message = Message("“%(typed)s” is not a web address; write it as https://example.com.", typed=excerpt(text))
    return InvalidValue(message)


class Url(PropertyType):
    name = "url"
    label = N_("URL")
    icon = "link"
    text = N_("A web address; a click opens it")
    can_be_unique = True
    # Not "url": browsers then refuse a bare host before it gets here.
    input_type = "text"
    is_copyable = True
    position = 140

    def parse(self, raw: Raw, property: PropertyLike, context: Context) -> str | None:
        text = clean_line(single(raw))
        return parse_url(text) if text else None

    def href(self, value: Any, property: PropertyLike) -> str | None:
        return value or None


property_types.register(Url())
