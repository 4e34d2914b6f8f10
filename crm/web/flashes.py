"""Short messages about what was just done, with a way back where there is one (QUALITY 4: undo beats confirm)."""
from dataclasses import dataclass
from typing import Any

from flask import g, session

from crm.messages import N_, Message, message_of, stored_message

STORED = "flashes"
LONGEST = 200
"""So many signs of each text in a message go into the cookie."""


@dataclass(frozen=True)
class Flash:
    """One message; `kind` is "done" or "failed".

    `undo_url` takes a POST that reverts what the message tells, `link_url` leads to what it tells of.
    """

    kind: str
    text: str | Message
    undo_url: str | None = None
    undo_label: str = N_("Undo")
    link_url: str | None = None
    link_label: str = ""


def flash(
    text: str | Message,
    undo_url: str | None = None,
    *,
    kind: str = "done",
    undo_label: str = N_("Undo"),
    link_url: str | None = None,
    link_label: str = "",
) -> None:
    """Say `text` (marked by N_, or a Message) in this answer, or in the next page when this answer redirects."""
    g.setdefault(STORED, []).append(Flash(kind, text, undo_url, undo_label, link_url, link_label))


def has_flashes() -> bool:
    """Whether a message waits to be shown."""
    return bool(g.get(STORED)) or STORED in session


def take_flashes() -> list[Flash]:
    """The messages that wait, oldest first; each is handed out once."""
    kept = [_from_cookie(item) for item in session.pop(STORED, ())] if STORED in session else []
    return kept + g.pop(STORED, [])


def keep_flashes() -> None:
    """Carry the messages of this request over to the next one; called for redirects."""
    if g.get(STORED):
        session[STORED] = [_to_cookie(item) for item in take_flashes()][-5:]


def _to_cookie(item: Flash) -> list[Any]:
    text = stored_message(item.text, LONGEST) if isinstance(item.text, Message) else item.text
    return [item.kind, text, item.undo_url, item.undo_label, item.link_url, item.link_label]


def _from_cookie(item: list[Any]) -> Flash:
    kind, text, *more = item
    return Flash(kind, text if isinstance(text, str) else message_of(text), *more)
