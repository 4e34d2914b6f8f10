"""A user of this CRM, kept by id; one who has left stays on old values."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from crm.messages import N_, InvalidValue, Message
from crm.properties.types import property_types
from crm.properties.types.base import Choice, Context, PropertyLike, PropertyType, Raw, UserLike, single
from crm.properties.types.cleaning import clean_line, excerpt


class User(PropertyType):
    name = "user"
    label = N_("User")
    icon = "user"
    text = N_("One of the people who work here")
    input_type = "select"
    position = 110

    def column_type(self) -> TypeEngine[Any]:
        return sa.BigInteger()

    def parse(self, raw: Raw, property: PropertyLike, context: Context) -> int | None:
        text = clean_line(single(raw))
        return find_user(text, context) if text else None

    def to_text(self, value: Any, property: PropertyLike, context: Context) -> str:
        return "" if value is None else user_name(value, context)

    def choices(self, property: PropertyLike, context: Context, value: Any = None) -> list[Choice]:
        return user_choices(context, [] if value is None else [value])

    def from_history(self, text: str | None) -> int | None:
        return None if text is None else int(text)


def user_name(user_id: int, context: Context) -> str:
    """The name of a user; one who is not known any more is named by the id."""
    user = context.users.get(user_id)
    return user.name if user else str(context.translate(Message("Former user %(id)s", id=user_id)))


def user_choices(context: Context, chosen: Sequence[int]) -> list[Choice]:
    """Every active user by name, and whoever is chosen already."""
    offered = {user.id: user.name for user in context.users.values() if user.is_active}
    offered |= {user_id: user_name(user_id, context) for user_id in chosen}
    ordered = sorted(offered.items(), key=lambda item: (item[1].casefold(), item[0]))
    return [Choice(str(user_id), name) for user_id, name in ordered]


def find_user(text: str, context: Context) -> int:
    """The id of the user whose id, e-mail or name is `text`. Of two of one name the one still active is meant."""
    if text.isdecimal() and len(text) < 19 and int(text) in context.users:
        return int(text)
    folded = " ".join(text.casefold().split())
    everyone = context.users.values()
    found = [user for user in everyone if user.email.casefold() == folded] or [
        user for user in everyone if " ".join(user.name.casefold().split()) == folded
    ]
    found = _active(found) if len(found) > 1 else found
    if len(found) > 1:
        message = Message("Several users are called “%(typed)s”; choose one by e-mail address.", typed=excerpt(text))
        raise InvalidValue(message)
    if not found:
        raise InvalidValue(Message("There is no user “%(typed)s”.", typed=excerpt(text)))
    return found[0].id


def _active(users: list[UserLike]) -> list[UserLike]:
    return [user for user in users if user.is_active] or users


property_types.register(User())
