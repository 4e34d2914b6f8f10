"""Showing a text with the words of a query marked, safe against whatever the text holds."""
from markupsafe import Markup, escape

from crm.search.letters import composed
from crm.search.spans import spans
from crm.search.words import Words, parse

ELLIPSIS = "…"
_SNIPPET_SOURCE = 20_000
_LOOK_FOR_SPACE = 20


def highlight(text: str, query: str | Words) -> Markup:
    """`text` escaped, the words of `query` inside `<mark>`."""
    return _marked(composed(text), spans(text, _words(query)))


def snippet(text: str, query: str | Words, length: int = 200) -> Markup:
    """About `length` characters of `text` around the first phrase of `query` in it, else the first word, marked."""
    text, words = composed(" ".join(text[:_SNIPPET_SOURCE].split())), _words(query)
    phrase = spans(text, Words(phrases=words.phrases))[:1]
    found = spans(text, words, reach=None if phrase else length)
    start = _start_of_window(text, (phrase or found or [(0, 0)])[0][0], length)
    end = _end_of_window(text, start + length)
    inside = [(max(a, start) - start, min(b, end) - start) for a, b in found if a < end and b > start]
    shown = _marked(text[start:end], inside)
    return Markup("{}{}{}").format(ELLIPSIS if start else "", shown, ELLIPSIS if end < len(text) else "")


def _words(query: str | Words) -> Words:
    return parse(query) if isinstance(query, str) else query


def _marked(text: str, found: list[tuple[int, int]]) -> Markup:
    parts, at = [], 0
    for start, end in found:
        parts += [escape(text[at:start]), Markup("<mark>"), escape(text[start:end]), Markup("</mark>")]
        at = end
    return Markup("").join([*parts, escape(text[at:])])


def _start_of_window(text: str, first: int, length: int) -> int:
    if len(text) <= length or first < length // 2:
        return 0
    start = max(0, min(first - length // 4, len(text) - length))
    space = text.find(" ", start, min(first, start + _LOOK_FOR_SPACE))
    return space + 1 if space >= 0 else start


def _end_of_window(text: str, end: int) -> int:
    if end >= len(text):
        return len(text)
    space = text.rfind(" ", end - _LOOK_FOR_SPACE, end + 1)
    return space if space > 0 else end
