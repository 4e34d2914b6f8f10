"""Who is mentioned in what people write about an activity (SPEC 1.6).

In a body a mention is `<data value="7">@Bob Stone</data>`, put there by choosing from a list; everywhere, an address
after an `@` is one too, as somebody without JavaScript types it: `@bob@example.com`. A number that stands with the name
of somebody else mentions nobody: whoever reads the text must see who is told of it.
"""

import re
from collections.abc import Iterator

from crm.accounts.queries import directory
from crm.properties.rich_text import to_text

_CHOSEN = re.compile(r'<data value="(\d{1,9})">(.*?)</data>', re.DOTALL)
_TYPED = re.compile(r"(?<![\w@.])@([\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})", re.ASCII)


def mentioned_in(body: str) -> set[int]:
    """The active people that a stored body mentions."""
    if "@" not in body and "<data" not in body:
        return set()
    named = {(int(number), _plain(words)) for number, words in _CHOSEN.findall(body)}
    return {one for one, words in named if _is_name_of(words, one)} | mentioned_in_text(to_text(body))


def _is_name_of(words: frozenset[str], user_id: int) -> bool:
    """Whether these are words of this person's name, a first name for one, or their address."""
    person = directory().users.get(user_id)
    if person is None or not person.is_active or not words:
        return False
    return words <= frozenset(person.name.casefold().split()) or words == {person.email.casefold()}


def _plain(words: str) -> frozenset[str]:
    return frozenset(to_text(words).removeprefix("@").casefold().split())


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
