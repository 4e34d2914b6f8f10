import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.properties.types import property_types
from crm.properties.types.base import Context
from tests.properties.types.conftest import Case, Prop

property_types.load("crm.properties.types")
TYPED = st.text(st.characters(codec=None, exclude_categories=()), max_size=200)


@pytest.mark.parametrize("type_name", ["text", "multi_line", "rich_text"])
@given(typed=TYPED)
def test_text_comes_back_from_history_and_from_a_form(type_name: str, typed: str) -> None:
    case = Case(type_name, Prop(), Context())
    value = case.parse(typed)
    assert case.survives(value)


@pytest.mark.parametrize("type_name", ["text", "multi_line", "rich_text"])
@given(typed=TYPED)
def test_text_has_nothing_that_a_database_or_page_cannot_keep(type_name: str, typed: str) -> None:
    value = Case(type_name, Prop(), Context()).parse(typed) or ""
    value.encode("utf-8")
    controls = {character for character in value if unicodedata.category(character) == "Cc"} - {"\n", "\t"}
    assert not controls


@given(typed=TYPED)
def test_single_line_text_has_one_line(typed: str) -> None:
    value = Case("text", Prop(), Context()).parse(typed)
    assert value is None or (len(value.splitlines()) == 1 and value == value.strip())


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("  Orange Inc ", "Orange Inc"),
        ("a\x00b\x07c", "abc"),
        ("a\r\nb\tc", "a b c"),
        ("a\ud800b", "ab"),
        ("e\u0301", "é"),
        ("\ufeffname", "name"),
        ("   ", None),
        ("", None),
        ("\x00", None),
        (["first", "last"], "last"),
        ("👩‍👩‍👧 家族", "👩‍👩‍👧 家族"),
        ("=1+1", "=1+1"),
    ],
)
def test_single_line_text(case, typed, value) -> None:
    assert case("text").parse(typed) == value


def test_lines_are_kept_where_there_may_be_lines(case) -> None:
    assert case("multi_line").parse("\n\n a\x00\r\n\r\n b \u2028c\n ") == " a\n\n b \nc"
    assert case("multi_line").parse(" \n ") is None


@pytest.mark.parametrize("type_name", ["text", "multi_line"])
def test_text_longer_than_65536_characters_is_refused(case, type_name) -> None:
    assert len(case(type_name).parse("a" * 65_536)) == 65_536
    assert case(type_name).refusal("a" * 65_537) == "At most 65536 characters; this has 65537."
    assert case(type_name, max_length=3).refusal("four") == "At most 3 characters; this has 4."


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("Plain & simple", "<p>Plain &amp; simple</p>"),
        ("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"),
        ("if a < b then", "<p>if a &lt; b then</p>"),
        ("<p>Hello <b>you</b></p>", "<p>Hello <b>you</b></p>"),
        ("<span>bare</span>", "<p>bare</p>"),
        ("<p> </p>", None),
        ("<script>alert(1)</script>", None),
        ("", None),
    ],
)
def test_rich_text_is_kept_as_clean_html(case, typed, value) -> None:
    assert case("rich_text").parse(typed) == value


def test_rich_text_is_shown_as_words_in_lists(case) -> None:
    assert case("rich_text").to_text("<p>Hello <b>you</b></p><ul><li>one</li></ul>") == "Hello you\none"
    assert case("rich_text").to_text(None) == ""
