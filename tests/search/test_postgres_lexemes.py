"""Tokens reach PostgreSQL as they are, whatever characters they hold."""

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from crm.db import db
from crm.search.clauses import Clause
from crm.search.postgres_lexemes import LEXEME_LENGTH, is_whole, lexeme, lexemes, tsquery
from tests.support.databases import only_on

tokens = st.text(
    st.one_of(st.characters(), st.sampled_from("'\\:*&|!()<->%_\x00 ")), min_size=1, max_size=2 * LEXEME_LENGTH
)


def matches(words: list[str], query: str) -> bool:
    has = sa.func.array_to_tsvector(sa.literal(words, postgresql.ARRAY(sa.Text)))
    asked = sa.cast(sa.literal(query), postgresql.TSQUERY)
    return bool(db.session.scalar(sa.select(has.bool_op("@@")(asked))))


@only_on("postgres")
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(tokens, min_size=1, max_size=4), tokens)
def test_a_token_is_found_as_itself_and_by_its_beginning(app: Flask, known: list[str], other: str) -> None:
    words, is_all = lexemes(known)
    assert is_all
    for token in [*known, other]:
        clause = Clause(token, "word")
        query = tsquery([clause])
        if query is None:
            assert not lexeme(token)
            continue
        assert matches(words, query) == (lexeme(token) in words)
        beginning = tsquery([Clause(token[:2], "word", is_prefix=True)])
        if beginning is not None:
            assert matches(words, beginning) == any(word.startswith(lexeme(token[:2])) for word in words)
        if is_whole(clause):
            assert (token in known) == matches(words, query)


@pytest.mark.parametrize("token", ["n\x00l", "x" * LEXEME_LENGTH, "\ud800x"])
def test_token_that_is_not_kept_whole_is_not_sure(token: str) -> None:
    assert not is_whole(Clause(token, "word"))


def test_a_run_is_asked_for_by_its_pairs_and_alternatives_as_such() -> None:
    assert tsquery([Clause("客服案件", "run")]) == "'客服' & '服案' & '案件'"
    assert tsquery([Clause("muller", "word", True, ("mueller",))]) == "('muller':* | 'mueller':*)"
    assert tsquery([]) is None
