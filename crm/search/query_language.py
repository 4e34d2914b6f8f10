"""The language of the search box: words, "phrases", -exclusions and filters such as type:call (SPEC 5.1).

Only the form is read here. Nothing a person can type is an error: what is not a filter or a phrase is plain text.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from crm.search.letters import is_unspaced

QUOTES = {'"': '"＂', "＂": '"＂', "“": '”"', "„": '”“"', "”": "”", "«": "»", "»": "«»", "「": "」", "『": "』"}
"""What opens a quotation and what may close it: straight, curly, Polish, German, Swedish, French, Chinese quotes."""

MINUS = "-－"
COMMAS = ",，"

_FILTER = re.compile(r"([^\W\d_]{1,30})[:：](?=\S)")
_LISTED = re.compile(rf"[^{COMMAS}\s]+")
_EXCLUDED = re.compile(rf"(?![{MINUS}])\S*\w\S*")


@dataclass(frozen=True)
class Part:
    """One part of a query: `kind` is "words", "phrase" or "filter".

    `text` holds the words, without quotes; of a filter `name` says which, and `values` what was written after it.
    `source` is the part as typed; `is_glued` says that there was no blank before it.
    """

    kind: str
    text: str
    source: str
    is_excluded: bool = False
    name: str = ""
    values: tuple[str, ...] = ()
    is_glued: bool = False


def parts(text: str, names: Mapping[str, str] | None = None) -> list[Part]:
    """The parts of `text` in order. `names` says which filters there are: what people call them, in lower case, and
    what they are; without it there are none, and `type:call` is plain text.
    """
    found: list[Part] = []
    plain_from, at = 0, 0
    while at < len(text):
        part = _part_at(text, at, names or {})
        if part is None:
            at = _next_start(text, at)
            continue
        _add_plain(found, text, plain_from, at)
        found.append(replace(part, is_glued=_is_glued(text, at)))
        at += len(part.source)
        plain_from = at
    _add_plain(found, text, plain_from, len(text))
    return found


def printed(asked: Iterable[Part]) -> str:
    """The parts as text again, which reads as the same parts."""
    return "".join(f"{'' if part.is_glued else ' '}{part.source}" for part in asked).strip()


def _add_plain(found: list[Part], text: str, start: int, end: int) -> None:
    if plain := " ".join(text[start:end].split()):
        found.append(Part("words", plain, plain, is_glued=_is_glued(text, start)))


def _is_glued(text: str, at: int) -> bool:
    return at > 0 and not text[at - 1].isspace() and not text[at].isspace()


def _next_start(text: str, at: int) -> int:
    """The next place after `at` where a part may begin: after a space, or where a quotation may open."""
    for place in range(at + 1, len(text)):
        before = text[place - 1]
        if before.isspace() or (text[place] in QUOTES and (not before.isalnum() or is_unspaced(before))):
            return place
    return len(text)


def _part_at(text: str, at: int, names: Mapping[str, str]) -> Part | None:
    """The phrase, exclusion or filter that begins at this place, if there is one."""
    minus = text[at] in MINUS
    start = at + minus
    quoted = _quoted(text, start)
    if quoted is not None:
        inside, end = quoted
        return Part("phrase", inside, text[at:end], minus)
    found = _FILTER.match(text, start)
    if found and (name := names.get(found[1].lower())):
        values, end = _values(text, found.end())
        return Part("filter", "", text[at:end], minus, name, values) if values else None
    word = _EXCLUDED.match(text, start) if minus else None
    return Part("words", word[0], text[at : word.end()], is_excluded=True) if word else None


def _quoted(text: str, at: int) -> tuple[str, int] | None:
    """What stands in the quotation that opens here, and where it ends; None when it says nothing or is left open."""
    closing = QUOTES.get(text[at : at + 1])
    end = next((place for place in range(at + 1, len(text)) if text[place] in closing), 0) if closing else 0
    inside = " ".join(text[at + 1 : end].split())
    return (inside, end + 1) if end and any(char.isalnum() for char in inside) else None


def _values(text: str, at: int) -> tuple[tuple[str, ...], int]:
    """The values of a filter, parted by commas, and where they end; none when a quotation among them is left open."""
    values: list[str] = []
    while at < len(text):
        quoted = _quoted(text, at)
        listed = _LISTED.match(text, at)
        if quoted is not None:
            value, at = quoted
        elif listed and text[at] not in QUOTES:
            value, at = listed[0], listed.end()
        else:
            return (), at
        values.append(value)
        if text[at : at + 1] not in COMMAS or not text[at + 1 : at + 2].strip():
            break
        at += 1
    return tuple(values), at
