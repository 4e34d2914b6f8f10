"""Who is mentioned in what people write about an activity (SPEC 1.6).

In a body a mention is `<data value="7">@Bob Stone</data>`, put there by choosing from a list; everywhere, an address
after an `@` is one too, as somebody without JavaScript types it: `@bob@example.com`.
"""

import re
from collections.abc import Iterator

from crm.accounts.queries import directory
from crm.properties.rich_text import to_text

_CHOSEN = re.compile(r'<data value="(\d{1,9})">')
_TYPED = re.compile(r"(?<![\w@.])@([\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})", re.ASCII)


def mentioned_in(body: str) -> set[int]:
    """The active people that a stored body mentions."""
    if "@" not in body and "<data" not in body:
        return set()
    people = directory().users
    chosen = {int(number) for number in _CHOSEN.findall(body)}
    return {one for one in chosen if one in people and people[one].is_active} | mentioned_in_text(to_text(body))


def mentioned_in_text(text: str) -> set[int]:
    """The active people that a plain text mentions."""
    return {user_id for _text, user_id in parts(text) if user_id is not None}


def parts(text: str) -> Iterator[tuple[str, int | None]]:
    """A plain text in pieces: what is written, and for a mention of somebody active also who that is."""
    known = {user.email: user.id for user in directory().active_users()} if "@" in text else {}
    end = 0
    for found in _TYPED.finditer(text):
        user_id = known.get(found.group(1).lower())
        if user_id is not None:
            yield text[end : found.start()], None
            yield found.group(), user_id
            end = found.end()
    yield text[end:], None
