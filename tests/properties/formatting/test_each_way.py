"""Every way of formatting a text, at the edges (SPEC 2.5)."""

from typing import Any

import pytest
from flask import Flask

from crm.properties.formatting import formatted, formattings
from tests.properties.rules.test_each_rule import Ruled

WAYS = [
    (["trim"], "\u00a0 a b \u3000", "a b"),
    (["trim"], "  a  \n\n  b  ", "a\n\nb"),
    (["trim"], " \u2003 ", None),
    (["collapse_blanks"], "a   b\t\u00a0c", "a b c"),
    (["collapse_blanks"], "a  b\n\n  c", "a b\n\n c"),
    (["numbers_only"], "+48 (22) 123-45 ½", "482212345"),
    (["numbers_only"], "none", None),
    (["upper_case"], "łódź straße 案件", "ŁÓDŹ STRASSE 案件"),
    (["lower_case"], "ŁÓDŹ ÖREBRO 案件", "łódź örebro 案件"),
    (["capitalise"], "anna maria łoś", "Anna Maria Łoś"),
    (["capitalise"], "jean-luc o'neil anna's mcDonald", "Jean-Luc O'neil Anna's McDonald"),
    (["capitalise"], "ßa ŉa 案件 (x) „ą”", "ßa ŉa 案件 (X) „Ą”"),
    (["capitalise"], "a\nb", "A\nB"),
    (["lower_case", "capitalise"], "JOHN DOE", "John Doe"),
    (["capitalise", "collapse_blanks", "trim"], "  john   doe ", "John Doe"),
    ([], " a ", " a "),
    (["gone"], " a ", " a "),
]


@pytest.mark.parametrize(("ways", "text", "expected"), WAYS)
def test_a_text_is_rewritten(application: Flask, ways: list[str], text: str, expected: Any) -> None:
    assert formatted(Ruled("multi_line", {"formatting": ways}), text) == expected


@pytest.mark.parametrize("way", ["trim", "collapse_blanks", "numbers_only", "upper_case", "lower_case", "capitalise"])
@pytest.mark.parametrize("text", ["ß ŉ ﬁ ǆ İı", "e\u0302\u0323 a", "Σας", "a\u00a0b", "१२ ½ ²"])
def test_formatting_twice_changes_nothing_more(application: Flask, way: str, text: str) -> None:
    prop = Ruled("text", {"formatting": [way]})
    once = formatted(prop, text)
    assert formatted(prop, once) == once


def test_a_text_that_would_grow_too_long_stays(application: Flask) -> None:
    text = "ß" * 65_536
    assert formatted(Ruled("text", {"formatting": ["upper_case"]}), text) == text


def test_only_texts_are_rewritten(application: Flask) -> None:
    assert formatted(Ruled("email", {"formatting": ["upper_case"]}), "a@b.com") == "a@b.com"


def test_ways_that_undo_each_other_say_so(application: Flask) -> None:
    for way in formattings:
        for name in way.excludes:
            other = formattings.get(name)
            assert other is not None
            assert way.name in other.excludes
