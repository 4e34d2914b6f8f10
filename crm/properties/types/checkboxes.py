"""Several choices of several: kept as their values joined by ';', in the order of the options."""

from typing import Any

from crm.messages import N_
from crm.properties.types import property_types
from crm.properties.types.base import Choice, Context, PropertyLike, PropertyType, Raw
from crm.properties.types.cleaning import clean_line
from crm.properties.types.dropdown import find_option, moved_to, not_a_choice, option_choices, option_label

SEPARATOR = ";"


class Checkboxes(PropertyType):
    name = "checkboxes"
    label = N_("Multiple checkboxes")
    icon = "checkboxes"
    text = N_("Any number of choices from a list")
    input_type = "checkboxes"
    is_sortable = False
    is_multiple = True
    has_options = True
    position = 90

    def parse(self, raw: Raw, property: PropertyLike, context: Context) -> str | None:
        chosen = set()
        for text in [raw] if isinstance(raw, str) else raw:
            for part in _parts(clean_line(text), property, context):
                option = find_option(part, property.options, context)
                if option is None:
                    raise not_a_choice(part)
                chosen.add(moved_to(option))
        return SEPARATOR.join(option.value for option in property.options if option.value in chosen) or None

    def to_input(self, value: Any, property: PropertyLike, context: Context) -> list[str]:
        return value.split(SEPARATOR) if value else []

    def to_text(self, value: Any, property: PropertyLike, context: Context) -> str:
        chosen = self.to_input(value, property, context)
        return ", ".join(option_label(part, property.options, context) for part in chosen)

    def choices(self, property: PropertyLike, context: Context, value: Any = None) -> list[Choice]:
        return option_choices(property, context, self.to_input(value, property, context))


def _parts(text: str, property: PropertyLike, context: Context) -> list[str]:
    """The choices in one text; a label that holds the separator itself is one choice."""
    if find_option(text, property.options, context):
        return [text]
    return [part.strip() for part in text.split(SEPARATOR) if part.strip()]


property_types.register(Checkboxes())
