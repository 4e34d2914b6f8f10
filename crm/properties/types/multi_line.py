"""Text of several lines."""

from crm.messages import N_
from crm.properties.types import property_types
from crm.properties.types.base import Context, PropertyLike, PropertyType, Raw, single
from crm.properties.types.cleaning import TEXT_LIMIT, clean_lines, refuse_long


class MultiLine(PropertyType):
    name = "multi_line"
    label = N_("Multi-line text")
    icon = "lines"
    text = N_("Several lines without formatting")
    input_type = "textarea"
    is_sortable = False
    position = 20

    def parse(self, raw: Raw, property: PropertyLike, context: Context) -> str | None:
        text = clean_lines(single(raw))
        refuse_long(text, property.settings.get("max_length", TEXT_LIMIT))
        return text or None


property_types.register(MultiLine())
