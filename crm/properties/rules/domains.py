"""A domain that is one of these, or below one of them."""

from collections.abc import Mapping
from typing import Any

from crm.messages import N_, Message
from crm.properties.domain_lists import is_among, named, parse_domains
from crm.properties.rules import property_rules
from crm.properties.rules.base import Rule, RuledProperty, Setting
from crm.properties.types.base import Context


class DomainRule(Rule):
    """A rule whose setting is a list of domains, called `wanted` in its form."""

    wanted = N_("These domains only")

    def __init__(self) -> None:
        help = N_("One domain on each line; those below it are allowed too.")
        self.settings = (Setting("domains", self.wanted, "textarea", help=help),)

    def parse(self, typed: Mapping[str, str], context: Context) -> dict[str, Any] | None:
        return parse_domains(typed.get("domains", ""))

    def to_input(self, stored: Mapping[str, Any], context: Context) -> dict[str, str]:
        return {"domains": "\n".join(stored["domains"])}


class Domains(DomainRule):
    name = "domains"
    label = N_("Allowed domains")
    types = frozenset({"text", "domain"})
    position = 70

    def error(self, value: Any, stored: Mapping[str, Any], prop: RuledProperty) -> Message | None:
        return None if is_among(value, stored) else Message("Only %(domains)s.", domains=named(stored))


property_rules.register(Domains())
