"""An e-mail address at one of these domains."""

from collections.abc import Mapping
from typing import Any

from crm.messages import N_, InvalidValue, Message
from crm.properties.domain_lists import is_among, named
from crm.properties.rules import property_rules
from crm.properties.rules.base import RuledProperty
from crm.properties.rules.domains import DomainRule
from crm.properties.types.email import parse_email


class EmailDomains(DomainRule):
    name = "email_domains"
    label = N_("Allowed e-mail addresses")
    types = frozenset({"text", "email"})
    wanted = N_("E-mail addresses at these domains only")
    position = 60

    def error(self, value: Any, stored: Mapping[str, Any], prop: RuledProperty) -> Message | None:
        try:
            host = parse_email(value).rpartition("@")[2]
        except InvalidValue as error:
            return error.message
        if is_among(host, stored):
            return None
        return Message("Only e-mail addresses at %(domains)s.", domains=named(stored))


property_rules.register(EmailDomains())
