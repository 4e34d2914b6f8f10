"""Lists of domains, for the rules that allow addresses of these only."""

import re
from collections.abc import Mapping
from typing import Any

from crm.messages import Message
from crm.properties.rules.base import InvalidRule

MOST = 200
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]")


def parse_domains(text: str) -> dict[str, Any] | None:
    """The domains in a text, separated by line ends, commas, semicolons or blanks. Raises InvalidRule."""
    found = [part.casefold().removeprefix("@").removeprefix("*.").rstrip(".") for part in re.split(r"[\s,;]+", text)]
    domains = list(dict.fromkeys(part for part in found if part))
    if not domains:
        return None
    wrong = next((part for part in domains if len(part) > 253 or not _DOMAIN.fullmatch(part)), None)
    if wrong is not None:
        message = Message("“%(typed)s” is not a domain; write it as example.com.", typed=wrong[:40])
        raise InvalidRule({"domains": message})
    if len(domains) > MOST:
        raise InvalidRule({"domains": Message("At most %(limit)s domains.", limit=MOST)})
    return {"domains": domains}


def is_among(host: str, stored: Mapping[str, Any]) -> bool:
    """Whether a host is one of the domains kept, or below one of them."""
    host = host.casefold().rstrip(".")
    return any(host == domain or host.endswith(f".{domain}") for domain in stored["domains"])


def named(stored: Mapping[str, Any]) -> str:
    """The domains in a sentence, not all of very many."""
    domains = stored["domains"]
    return ", ".join(domains[:5]) + (", …" if len(domains) > 5 else "")
