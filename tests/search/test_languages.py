"""Every row of the table of languages: by the plain matcher, by the highlighter, and by the search index at hand."""

from collections.abc import Callable
from html import escape, unescape

import pytest

from crm.activities.operations import create_activity
from crm.activities.origin import Origin
from crm.db import unit_of_work
from crm.permissions.viewer import Viewer
from crm.search.engine import Ask
from crm.search.highlight import highlight
from crm.search.index import usable
from crm.search.letters import composed
from crm.search.words import parse
from tests.factories import make_contact
from tests.search.languages import ROWS


def text_of(marked: str) -> str:
    return marked.replace("[", "").replace("]", "")


@pytest.mark.parametrize(("query", "marked"), ROWS)
def test_query_finds_and_marks_exactly_this(query: str, marked: str) -> None:
    text, words = text_of(marked), parse(query)
    assert bool(words and words.matches(text)) == ("[" in marked)
    if "[" in marked:
        shown = highlight(text, query).replace("<mark>", "[").replace("</mark>", "]")
        assert unescape(shown) == composed(marked)


def test_there_are_200_rows_more_than_the_examples() -> None:
    assert len(set(ROWS)) == len(ROWS) >= 300


def test_index_finds_exactly_the_same(alice: Viewer, catch_up: Callable[[], None]) -> None:
    """What the index is not sure of is looked at by `accepts`; what it does not name cannot be found at all."""
    contact = make_contact(alice)
    texts = list(dict.fromkeys(text_of(marked) for _, marked in ROWS))
    with unit_of_work():
        ids = {
            text: create_activity(alice, "note", {"body": f"<p>{escape(text)}</p>"}, contact, Origin())
            for text in texts
        }
    catch_up()
    index = usable()
    assert index is not None
    wrong = []
    for query, marked in ROWS:
        words = parse(query)
        text = text_of(marked)
        hits = {hit.place.activity_id: hit.is_exact for hit in index.engine.find(Ask(words))} if words else {}
        is_found = ids[text] in hits and (hits[ids[text]] or words.matches(text))
        if is_found != ("[" in marked):
            wrong.append((query, marked))
    assert wrong == []
