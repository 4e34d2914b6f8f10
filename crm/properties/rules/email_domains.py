"""An e-mail address at one of these domains."""

from collections.abc import Mapping
from typing import Any

from crm.messages import N_, InvalidValue, Message
from crm.properties.domain_lists import is_among, named, parse_domains
from crm.properties.rules import property_rules
from crm.properties.rules.base import Rule, RuledProperty, Setting
from crm.properties.types.base import Context
from crm.properties.types.email import parse_email


class EmailDomains(Rule):
    name = "email_domains"
    label = N_("Allowed e-mail addresses")
    types = frozenset({"text", "email"})
    settings = (
        Setting(
            "domains",
            N_("E-mail addresses at these domains only"),
            "textarea",
            help=N_("One domain on each line; those below it are allowed too."),
        ),
    )
    position = 60

    def parse(self, typed: Mapping[str, str], context: Context) -> dict[str, Any] | None:
        return parse_domains(typed.get("domains", ""))

    def to_input(self, stored: Mapping[str, Any], context: Context) -> dict[str, str]:
        return {"domains": "\n".join(stored["domains"])}

    def error(self, value: Any, stored: Mapping[str, Any], prop: RuledProperty) -> Message | None:
        try:
            host = parse_email(value).rpartition("@")[2]
        except InvalidValue as error:
            return error.message
        if is_among(host, stored):
            return None
        return Message("Only e-mail addresses at %(domains)s.", domains=named(stored))


property_rules.register(EmailDomains())
