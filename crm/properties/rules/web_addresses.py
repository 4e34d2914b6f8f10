"""A web address at one of these domains."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from crm.messages import N_, InvalidValue, Message
from crm.properties.domain_lists import is_among, named, parse_domains
from crm.properties.rules import property_rules
from crm.properties.rules.base import Rule, RuledProperty, Setting
from crm.properties.types.base import Context
from crm.properties.types.url import parse_url


class WebAddresses(Rule):
    name = "web_addresses"
    label = N_("Allowed web addresses")
    types = frozenset({"text", "url"})
    settings = (
        Setting(
            "domains",
            N_("Web addresses at these domains only"),
            "textarea",
            help=N_("One domain on each line; those below it are allowed too."),
        ),
    )
    position = 80

    def parse(self, typed: Mapping[str, str], context: Context) -> dict[str, Any] | None:
        return parse_domains(typed.get("domains", ""))

    def to_input(self, stored: Mapping[str, Any], context: Context) -> dict[str, str]:
        return {"domains": "\n".join(stored["domains"])}

    def error(self, value: Any, stored: Mapping[str, Any], prop: RuledProperty) -> Message | None:
        try:
            host = urlsplit(parse_url(value)).hostname or ""
        except InvalidValue as error:
            return error.message
        if is_among(host, stored):
            return None
        return Message("Only web addresses at %(domains)s.", domains=named(stored))


property_rules.register(WebAddresses())
