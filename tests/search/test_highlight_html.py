"""Marking words in stored HTML: texts only, and never a tag that was not there."""

from html import unescape

import pytest

from crm.properties.rich_text import from_anything
from crm.search.highlight_html import highlight_html


@pytest.mark.parametrize(
    ("stored", "query", "shown"),
    [
        ("<p>Blood oranges</p>", "oranges", "<p>Blood <mark>oranges</mark></p>"),
        ("<p>Blood <b>oranges</b></p>", "blood oran", "<p><mark>Blood</mark> <b><mark>oranges</mark></b></p>"),
        ("<p>a &lt;b&gt; c</p>", "b", "<p>a &lt;<mark>b</mark>&gt; c</p>"),
        ("<p>Fish &amp; chips</p>", "amp", "<p>Fish &amp; chips</p>"),
        ("<p>&lt;script&gt;</p>", "script", "<p>&lt;<mark>script</mark>&gt;</p>"),
        ('<a href="https://p.example/href" rel="nofollow">p</a>', "href rel p",
         '<a href="https://p.example/href" rel="nofollow"><mark>p</mark></a>'),
        ('<a title="a > b">b</a>', "b", '<a title="a > b"><mark>b</mark></a>'),
        ("<p>Łódź</p>", "lodz", "<p><mark>Łódź</mark></p>"),
        ("<p>as it is</p>", "", "<p>as it is</p>"),
        ("", "x", ""),
    ],
)  # fmt: skip
def test_words_of_texts_are_marked_and_tags_stay(stored: str, query: str, shown: str) -> None:
    assert highlight_html(stored, query) == shown


@pytest.mark.parametrize(
    "typed", ["<img alt='x\"><script>p</script>'>", "<a href='https://x/?a=\"><b>p'>p</a>", "p < q > p"]
)
def test_whatever_was_typed_comes_out_with_marks_only(typed: str) -> None:
    stored = from_anything(typed)
    marked = highlight_html(stored, "p")
    assert unescape(marked.replace("<mark>", "").replace("</mark>", "")) == unescape(stored)
    assert marked.count("<") == stored.count("<") + 2 * marked.count("<mark>")
