"""Showing stored HTML with the words of a query marked, in its texts only."""

import html
import re

from markupsafe import Markup

from crm.search.analyzer import MAX_TEXT
from crm.search.highlight import highlight
from crm.search.words import Words, parse

# Stored HTML is the output of the sanitiser: every tag is closed, and ">" stands in tags within quotes only.
_TAG = re.compile(r'(<[^<>"]*(?:"[^"]*"[^<>"]*)*>)')


def highlight_html(stored: str, query: str | Words = "") -> Markup:
    """`stored`, which must have been sanitised when it was written, with the words of `query` inside `<mark>`.

    A word that runs through several elements is not marked, nor is anything beyond MAX_TEXT characters.
    """
    words = parse(query) if isinstance(query, str) else query
    if not words:
        return Markup(stored)  # noqa: S704 - sanitised when it was written
    parts: list[str] = []
    done = 0
    # The pattern has one group, so tags stand at the odd places.
    for place, part in enumerate(_TAG.split(stored)):
        if place % 2 == 0 and part and done < MAX_TEXT:
            done += len(part)
            part = str(highlight(html.unescape(part), words))
        parts.append(part)
    return Markup("".join(parts))  # noqa: S704 - tags are as stored, texts are escaped again
