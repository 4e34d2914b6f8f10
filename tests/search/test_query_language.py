"""The form of a query: words, phrases, exclusions and filters, and that nothing typed is ever an error."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.search.query_language import Part, parts, printed
from crm.search.words import MAX_CLAUSES, parse

NAMES = {"type": "type", "owner": "owner", "on": "on", "właściciel": "owner", "類型": "type"}


def shape(text: str) -> list[str]:
    """Each part as one short text."""
    return [described(part) for part in parts(text, NAMES)]


def described(part: Part) -> str:
    minus = "-" if part.is_excluded else ""
    if part.kind == "filter":
        return f"{minus}{part.name}={'|'.join(part.values)}"
    return f"{minus}<{part.text}>" if part.kind == "phrase" else f"{minus}{part.text}"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("price offer", ["price offer"]),
        ('"price offer" new', ["<price offer>", "new"]),
        ("“price offer”", ["<price offer>"]),
        ("„dzień dobry”", ["<dzień dobry>"]),
        ("„Guten Tag“", ["<Guten Tag>"]),
        ("”god dag”", ["<god dag>"]),
        ("«bonjour» »Hallo«", ["<bonjour>", "<Hallo>"]),
        ("報價「客服案件」", ["報價", "<客服案件>"]),
        ("『客服』案件", ["<客服>", "案件"]),
        ("我说“你好”", ["我说", "<你好>"]),
        ("price -draft", ["price", "-draft"]),
        ('price -"first draft"', ["price", "-<first draft>"]),
        ("-「報價單」", ["-<報價單>"]),
        ("type:call", ["type=call"]),
        ("Type:call,email price", ["type=call|email", "price"]),
        ('owner:"Bob Stone" x', ["owner=Bob Stone", "x"]),
        ('on:"Orange Inc",Apple', ["on=Orange Inc|Apple"]),
        ("on:„Orange Inc”", ["on=Orange Inc"]),
        ("właściciel:ja", ["owner=ja"]),
        ("類型：電話", ["type=電話"]),
        ("owner:bob@acme.com", ["owner=bob@acme.com"]),
        ("-type:call", ["-type=call"]),
        # plain text
        ('"price offer', ['"price offer']),
        ("„price offer", ["„price offer"]),
        ('""', ['""']),
        ('24" and 27" screens', ['24" and 27" screens']),
        ("type: call", ["type: call"]),
        ("type:", ["type:"]),
        (":call", [":call"]),
        ('owner:"Bob', ['owner:"Bob']),
        ("https://acme.com", ["https://acme.com"]),
        ("Re: offer", ["Re: offer"]),
        ("10:30", ["10:30"]),
        ("e-mail", ["e-mail"]),
        ("- draft", ["- draft"]),
        ("--draft", ["--draft"]),
        ("O'Brien's", ["O'Brien's"]),
        ("", []),
    ],
)
def test_text_has_these_parts(typed: str, expected: list[str]) -> None:
    assert shape(typed) == expected


def test_without_names_of_filters_there_are_none() -> None:
    assert [part.kind for part in parts("type:call price")] == ["words"]


ALPHABET = "ab1 \"“”„«»「」『』-－:：,，'’　\nty"
BITS = ["type:", "owner:", "on:", '"', "„", "”", "“", "「", "」", "-", " ", ",", "a", "bc", "案", "24", "类型:"]


@settings(max_examples=600, deadline=None)
@given(st.one_of(st.text(ALPHABET, max_size=30), st.lists(st.sampled_from(BITS), max_size=14).map("".join)))
def test_what_is_printed_reads_as_the_same(typed: str) -> None:
    once = parts(typed, NAMES)
    again = parts(printed(once), NAMES)
    assert [described(part) for part in again] == [described(part) for part in once]
    assert printed(again) == printed(once)


def test_a_phrase_counts_as_its_words() -> None:
    words = parse('"one two three four five six" seven eight nine')
    assert words.is_cut
    assert len(words.lookups) == MAX_CLAUSES
    assert not parse('"one two three four five six" seven eight').is_cut


@pytest.mark.parametrize(
    ("typed", "is_exact"),
    [("apple pear", True), ('"apple"', True), ('"two words"', False), ("a -b", False), ("客服案", False)],
)
def test_only_plain_words_are_answered_by_the_words_of_the_index_alone(typed: str, is_exact: bool) -> None:
    assert parse(typed).is_exact == is_exact


def test_the_last_plain_word_may_be_a_beginning_whatever_stands_after_it() -> None:
    assert [clause.is_prefix for clause in parse("spring meet -draft").clauses] == [False, True]
    assert [clause.is_prefix for clause in parse('spring "meet"').clauses] == [True, False]
