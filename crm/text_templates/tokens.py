"""Tokens in texts: `{{contact.firstname}}`, or with what stands there for want of it, `{{contact.firstname | there}}`.

A token is a pattern of names and nothing else: no expression, no call, and what it is replaced by is not read again.
"""

import html
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from crm.messages import N_, Message
from crm.properties.rich_text import sanitize, to_text

_SPACE = r"(?:\s|&nbsp;)*"
TOKEN = re.compile(
    rf"\{{\{{{_SPACE}([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?){_SPACE}(?:\|([^{{}}<>|]*))?\}}\}}", re.IGNORECASE
)
_TAG = re.compile(r"(<[^<>]*>)")
MOST_TOLD = 5
UNKNOWN = N_("Nothing is called %(tokens)s. Choose from the list of tokens.")
BROKEN = N_("A token is not closed, or part of it is formatted. Write it in one piece: {{contact.firstname}}")


@dataclass(frozen=True)
class Token:
    """One token of a text: its name, and the text for when there is no value (None: none was given)."""

    name: str
    fallback: str | None

    def __str__(self) -> str:
        return f"{{{{{self.name}}}}}"


Lookup = Callable[[str], str | None]
"""Gives the value of the token called so, None where there is none, or none to be seen."""


def names_in(*texts: str) -> list[str]:
    """The names of the tokens in plain or rich texts, each once, in order."""
    return list(dict.fromkeys(_read(found).name for text in texts for found in TOKEN.finditer(text)))


def problem_with(text: str, known: Collection[str]) -> Message | None:
    """Why a plain or rich text cannot be a template: it names a token that is none, or one is broken up."""
    unknown = [f"{{{{{name}}}}}" for name in names_in(text) if name not in known]
    if unknown:
        return Message(UNKNOWN, tokens=", ".join(unknown[:MOST_TOLD]))
    rest = TOKEN.sub("", text)
    return Message(BROKEN) if "{{" in rest or "}}" in rest else None


def fill_plain(text: str, lookup: Lookup) -> str:
    """A line with values in place of its tokens; one without value and fallback stays as it is."""

    def value(found: re.Match[str]) -> str:
        known = _value(found, lookup)
        return str(_read(found)) if known is None else " ".join(known.split())

    return TOKEN.sub(value, text)


def fill_rich(text: str, lookup: Lookup) -> str:
    """Sanitised HTML with values in place of its tokens, escaped; one without value and fallback is marked as code."""

    def in_text(found: re.Match[str]) -> str:
        known = _value(found, lookup)
        if known is None:
            return f"<code>{html.escape(str(_read(found)))}</code>"
        return html.escape(known).replace("\n", "<br>")

    def in_tag(found: re.Match[str]) -> str:
        return html.escape(_value(found, lookup) or "")

    parts = _TAG.split(text)
    filled = (TOKEN.sub(in_tag if part.startswith("<") else in_text, part) for part in parts)
    return sanitize("".join(filled))


def left_in(texts: Iterable[str]) -> list[str]:
    """The tokens that still stand in texts about to be logged, as they are written."""
    plain = (to_text(text) for text in texts if "{{" in text)
    return list(dict.fromkeys(str(_read(found)) for text in plain for found in TOKEN.finditer(text)))


def _value(found: re.Match[str], lookup: Lookup) -> str | None:
    token = _read(found)
    return lookup(token.name) or token.fallback


def _read(found: re.Match[str]) -> Token:
    fallback = found.group(2)
    text = None if fallback is None else " ".join(html.unescape(fallback).split())
    return Token(found.group(1).lower(), text)
