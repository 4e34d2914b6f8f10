"""The pattern by which SQLite passes texts over leaves out none that has what is looked for (SPEC 5.2)."""

import sqlite3
from contextlib import closing

from hypothesis import example, given
from hypothesis import strategies as st

from crm.filters.sql_texts import likeness
from crm.folding import fold

LETTERS = st.text("aiIkKsS%_\\'\u0130\u212a\u03a3\u03c2\u00c9\u00df\u0307 ", max_size=8) | st.text(max_size=6)


def test_no_text_that_has_another_is_passed_over() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:

        @given(LETTERS, LETTERS, LETTERS)
        @example("", "\u0130stanbul", "")
        @example("5 ", "\u212a", "elvin")
        @example("", "100%_", "")
        def try_one(before: str, middle: str, after: str) -> None:
            text, wanted = before + middle + after, fold(middle)
            if wanted in fold(text) and "\0" not in text:
                fits = connection.execute("SELECT ? LIKE ?", (text, likeness(wanted))).fetchone()
                assert fits == (1,)

        try_one()


def test_most_texts_are_passed_over() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        for text in ("Brewery 62 (776)", "Kiki", ""):
            assert connection.execute("SELECT ? LIKE ?", (text, likeness(fold("Brewery (777)")))).fetchone() == (0,)
