"""Several domains, kept like several e-mail addresses."""

from crm.messages import N_
from crm.properties.types import property_types
from crm.properties.types.domain import parse_domain
from crm.properties.types.emails import ListOfTexts


class Domains(ListOfTexts):
    name = "domains"
    label = N_("Several domains")
    icon = "link"
    text = N_("Several domains of web sites")
    position = 155

    def parse_one(self, text: str) -> str:
        return parse_domain(text)


property_types.register(Domains())
