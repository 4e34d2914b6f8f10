"""A web address at one of these domains."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from crm.messages import N_, InvalidValue, Message
from crm.properties.domain_lists import is_among, named
from crm.properties.rules import property_rules
from crm.properties.rules.base import RuledProperty
from crm.properties.rules.domains import DomainRule
from crm.properties.types.url import parse_url


class WebAddresses(DomainRule):
    name = "web_addresses"
    label = N_("Allowed web addresses")
    types = frozenset({"text", "url"})
    wanted = N_("Web addresses at these domains only")
    position = 80

    def error(self, value: Any, stored: Mapping[str, Any], prop: RuledProperty) -> Message | None:
        try:
            host = urlsplit(parse_url(value)).hostname or ""
        except InvalidValue as error:
            return error.message
        if is_among(host, stored):
            return None
        return Message("Only web addresses at %(domains)s.", domains=named(stored))


property_rules.register(WebAddresses())
