"""Several users of this CRM: their ids joined by ';', in the order of choice."""

from typing import Any

from crm.messages import N_
from crm.properties.types import property_types
from crm.properties.types.base import Choice, Context, PropertyLike, PropertyType, Raw
from crm.properties.types.cleaning import clean_line
from crm.properties.types.user import find_user, user_choices, user_name

SEPARATOR = ";"


class Users(PropertyType):
    name = "users"
    label = N_("Several users")
    icon = "users"
    text = N_("Several of the people who work here")
    input_type = "checkboxes"
    is_sortable = False
    is_multiple = True
    position = 115

    def parse(self, raw: Raw, property: PropertyLike, context: Context) -> str | None:
        texts = raw.split(SEPARATOR) if isinstance(raw, str) else raw
        found = [find_user(text, context) for text in map(clean_line, texts) if text]
        return SEPARATOR.join(map(str, dict.fromkeys(found))) or None

    def to_input(self, value: Any, property: PropertyLike, context: Context) -> list[str]:
        return value.split(SEPARATOR) if value else []

    def to_text(self, value: Any, property: PropertyLike, context: Context) -> str:
        return ", ".join(user_name(int(part), context) for part in self.to_input(value, property, context))

    def choices(self, property: PropertyLike, context: Context, value: Any = None) -> list[Choice]:
        return user_choices(context, [int(part) for part in self.to_input(value, property, context)])


property_types.register(Users())
