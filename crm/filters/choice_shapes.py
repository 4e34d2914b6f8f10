"""What choices are compared with: some of those a property has, or people."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from crm.filters.shapes import Input, Shape, some
from crm.messages import N_
from crm.objects.schema import ObjectType, Property
from crm.properties.types.base import Choice, Context
from crm.properties.types.dropdown import not_a_choice, option_choices, option_label
from crm.properties.types.user import user_choices, user_name

ME, MY_TEAM = "me", "my_team"
PEOPLE: Mapping[str, str] = {ME: N_("Me"), MY_TEAM: N_("My team")}
_USER = re.compile(r"[0-9]{1,9}")  # as large as the database takes


class Choices(Shape):
    """Some of the choices of the property."""

    name = "choices"

    def inputs(self, prop: Property, kind: ObjectType, context: Context) -> list[Input]:
        return [Input(N_("Values"), "checkboxes", tuple(option_choices(prop, context, [])))]

    def typed(self, texts: Sequence[str], prop: Property, context: Context) -> list[str | list[str]]:
        return [list(texts)]

    def read(self, typed: Sequence[str], prop: Property, context: Context) -> tuple[str, ...]:
        return some(tuple(dict.fromkeys(filter(None, typed))))

    def values(self, texts: Sequence[str], prop: Property, kind: ObjectType) -> list[Any]:
        known = {option.value for option in prop.options}
        for text in some(texts):
            if text not in known:
                raise not_a_choice(text)
        return list(dict.fromkeys(texts))

    def words(self, texts: Sequence[str], prop: Property, kind: ObjectType, context: Context) -> str:
        return ", ".join(option_label(text, prop.options, context) for text in texts)


class People(Choices):
    """Some users: named, the reader, or everybody in the reader's team."""

    name = "people"

    def inputs(self, prop: Property, kind: ObjectType, context: Context) -> list[Input]:
        own = [Choice(name, context.translate(label)) for name, label in PEOPLE.items()]
        return [Input(N_("Values"), "checkboxes", (*own, *user_choices(context, [])))]

    def values(self, texts: Sequence[str], prop: Property, kind: ObjectType) -> list[Any]:
        for text in some(texts):
            if text not in PEOPLE and not _USER.fullmatch(text):
                raise not_a_choice(text)
        return [text if text in PEOPLE else int(text) for text in dict.fromkeys(texts)]

    def words(self, texts: Sequence[str], prop: Property, kind: ObjectType, context: Context) -> str:
        return ", ".join(
            str(context.translate(PEOPLE[text])) if text in PEOPLE else user_name(int(text), context) for text in texts
        )
