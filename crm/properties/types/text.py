"""Single-line text. `settings`: `max_length`."""

from crm.messages import N_
from crm.properties.types import property_types
from crm.properties.types.base import Context, PropertyLike, PropertyType, Raw, single
from crm.properties.types.cleaning import TEXT_LIMIT, clean_line, refuse_long


class Text(PropertyType):
    name = "text"
    label = N_("Single-line text")
    icon = "text"
    text = N_("One line, such as the number of an invoice")
    can_be_unique = True
    position = 10

    def parse(self, raw: Raw, property: PropertyLike, context: Context) -> str | None:
        text = clean_line(single(raw))
        refuse_long(text, property.settings.get("max_length", TEXT_LIMIT))
        return text or None


property_types.register(Text())
