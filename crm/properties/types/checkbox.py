"""Yes or no; None while nobody has said."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from crm.messages import N_, InvalidValue, Message
from crm.properties.types import property_types
from crm.properties.types.base import Context, PropertyLike, PropertyType, Raw, single
from crm.properties.types.cleaning import clean_line, excerpt

YES, NO = N_("Yes"), N_("No")
_TRUE = frozenset({"true", "yes", "y", "on", "1", "t", "x"})
_FALSE = frozenset({"false", "no", "n", "off", "0", "f"})


class Checkbox(PropertyType):
    name = "checkbox"
    label = N_("Single checkbox")
    icon = "checkbox"
    text = N_("Yes or no")
    input_type = "checkbox"
    position = 100

    def column_type(self) -> TypeEngine[Any]:
        return sa.Boolean()

    def parse(self, raw: Raw, property: PropertyLike, context: Context) -> bool | None:
        text = clean_line(single(raw))
        folded = text.casefold()
        if not folded:
            return None
        if folded in _TRUE or folded == str(context.translate(YES)).casefold():
            return True
        if folded in _FALSE or folded == str(context.translate(NO)).casefold():
            return False
        raise InvalidValue(Message("“%(typed)s” is neither yes nor no.", typed=excerpt(text)))

    def to_input(self, value: Any, property: PropertyLike, context: Context) -> str:
        return "" if value is None else "true" if value else "false"

    def to_text(self, value: Any, property: PropertyLike, context: Context) -> str:
        return "" if value is None else str(context.translate(YES if value else NO))

    def to_history(self, value: Any) -> str | None:
        return None if value is None else "true" if value else "false"

    def from_history(self, text: str | None) -> bool | None:
        return None if text is None else text == "true"


property_types.register(Checkbox())
