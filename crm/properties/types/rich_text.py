"""Rich text: kept as sanitised HTML; plain text that arrives becomes paragraphs."""

from typing import Any

from crm.messages import N_
from crm.properties import rich_text
from crm.properties.types import property_types
from crm.properties.types.base import Context, PropertyLike, PropertyType, Raw, single


class RichText(PropertyType):
    name = "rich_text"
    label = N_("Rich text")
    icon = "rich-text"
    text = N_("Text with bold words, lists and links")
    input_type = "rich"
    is_sortable = False
    position = 30

    def parse(self, raw: Raw, property: PropertyLike, context: Context) -> str | None:
        return rich_text.from_anything(single(raw)) or None

    def to_text(self, value: Any, property: PropertyLike, context: Context) -> str:
        return rich_text.to_text(value) if value else ""


property_types.register(RichText())
