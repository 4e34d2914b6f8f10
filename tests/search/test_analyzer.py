"""What finds what, in the languages Kartotek is used in (QUALITY 4)."""

import gc
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.search import analyzer
from crm.search.analyzer import words_of
from crm.search.highlight import highlight, snippet
from crm.search.letters import composed, fold_words, in_place
from crm.search.words import MAX_CLAUSES, parse


def test_snippet_shows_the_surroundings_of_the_first_word() -> None:
    text = "word " * 200 + "needle <here> " + "tail " * 200
    shown = snippet(text, "needle", 80)
    assert "<mark>needle</mark> &lt;here&gt;" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) < 140


def test_snippet_shows_the_surroundings_of_the_phrase_rather_than_of_its_words() -> None:
    text = "oranges and blood. " + "word " * 200 + "fresh blood oranges here " + "tail " * 200
    shown = snippet(text, '"blood oranges" and', 80)
    assert "fresh <mark>blood oranges</mark> here" in shown
    assert shown.startswith("…")


def test_snippet_of_a_short_text_is_the_whole_text() -> None:
    assert snippet("all of it", "of") == "all <mark>of</mark> it"


def test_query_counts_at_most_eight_words_and_says_so() -> None:
    words = parse("a b c d e f g h i j")
    assert len(words.clauses) == MAX_CLAUSES
    assert words.is_cut


def test_only_the_last_word_of_three_letters_is_a_prefix() -> None:
    assert [clause.is_prefix for clause in parse("report annual").clauses] == [False, True]
    assert not parse("an").clauses[-1].is_prefix


ALPHABET = "abzoe01 9.-+@/_,:'’łŁóÉßöÜ½ﬁ・案件ガＡ＠\u0301™İ\n"


@settings(max_examples=600, deadline=None)
@given(st.text(ALPHABET, max_size=40), st.text(ALPHABET.strip(), min_size=1, max_size=8))
def test_matching_in_python_agrees_with_the_tokens_of_the_index(text: str, query: str) -> None:
    words = parse(query)
    tokens = words_of(text)
    for clause in words.clauses:
        if clause.is_run:
            is_pair = len(clause.token) <= 2
            expected = clause.token in (tokens if is_pair else fold_words(in_place(composed(text))))
        else:
            expected = any(clause.accepts(token) for token in tokens)
        assert type(words)((clause,)).matches(text) == expected


@settings(max_examples=200, deadline=None)
@given(st.text(ALPHABET, max_size=60), st.text(ALPHABET, max_size=6))
def test_highlight_only_adds_marks(text: str, query: str) -> None:
    assert highlight(text, query).striptags() == " ".join(composed(text).split())


BITS = ["john.doe@acme.com", "acme.com", "www.acme.com/x", "acme", "+48 601 234 567", "0048601234567", "2024-05-01"]
BITS += ["12 345", "678 901", "(22) 555-12-34", "1.2.3", "a-b", "foo_bar", "案件", "Łódź"]
BITS += ["http://a.acme.com", "１２３４５６"]
ASKED = ["acme.com", "john.doe@acme.com", "601234567", "12345678", "2024-05-01", "123456", "225551234", "a-b", "345678"]


@given(
    st.lists(st.tuples(st.sampled_from(BITS), st.sampled_from([" ", "\n", ", ", ". ", "", "-", "\u00a0", "/"]))),
    st.sampled_from(ASKED),
)
@settings(max_examples=400, deadline=None)
def test_looking_around_a_place_finds_what_analysing_the_whole_text_finds(
    bits: list[tuple[str, str]], query: str
) -> None:
    text = "".join(bit + after for bit, after in bits)
    (clause, *_) = words = parse(query).clauses
    expected = all(any(one.accepts(token) for token in words_of(text)) for one in words)
    assert parse(query).matches(text) == expected, clause
    assert ("<mark>" in highlight(text, query)) == any(one.accepts(token) for one in words for token in words_of(text))


@pytest.mark.parametrize("query", ["acme.com", "john.doe@acme.com", "601234567", "word", "missing"])
def test_long_texts_are_matched_and_shown_without_analysing_all_of_them(
    query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    filler = "Lorem ipsum dolor sit amet. Über Łódź. " * 250
    text = f"{filler} Write a word to john.doe@acme.com or call +48 601 234 567. {filler}"
    seen: list[int] = []
    real = analyzer.index_tokens

    def counting(piece: analyzer.Piece) -> list[str]:
        seen.append(piece.start)
        return real(piece)

    monkeypatch.setattr("crm.search.analyzer.index_tokens", counting)
    monkeypatch.setattr("crm.search.spans.index_tokens", counting)
    is_there = query != "missing"
    assert parse(query).matches(text) == is_there
    assert ("<mark>" in snippet(text, query)) == is_there
    assert len(seen) < 300


@pytest.fixture
def no_collection() -> Iterator[None]:
    """Nobody's garbage is collected meanwhile: after thousands of tests that takes longer than what is measured."""
    gc.disable()
    yield
    gc.enable()


HOSTILE = ["a.", "a@", "-", "1 ", "a-", "a'", "ü-", "+1", "1(", "_", "a\u0301", "ae", "案", "http://", "2024-05-0", "1"]


@pytest.mark.parametrize("bit", HOSTILE)
def test_work_on_a_hostile_text_grows_no_faster_than_the_text(bit: str, no_collection: None) -> None:
    def cost(size: int) -> float:
        text = bit * (size // len(bit))
        started = time.process_time()
        words_of(text)
        for query in ("acme.com", "601234567", "ue", "o'brien", '"a b"', '"1 1"'):
            parse(query).matches(text)
            highlight(text, query)
        return time.process_time() - started

    # Three tries: the machine may be busy with something else during one.
    assert any(cost(16_000) < 40 * max(cost(2_000), 0.005) for _ in range(3))
