"""Every engine answers as plain Python would, newest first, and pages go on without a gap or a double."""

import itertools
import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.search.engine import Ask, Place
from crm.search.schema import SHARD_SIZE
from crm.search.words import parse
from tests.search.engines.documents import DAY, VOCABULARY, document, filled, random_ask
from tests.search.engines.indexes import EngineIndex

MODULES = ("crm.search.whoosh_engine", "crm.search.postgres_engine")


def pages(index: EngineIndex, ask: Ask, size: int) -> list[list[Place]]:
    """All hits, `size` at a time, each page asked for after the last hit of the one before."""
    found: list[list[Place]] = []
    before = None
    while True:
        hits = list(itertools.islice(index.engine.find(ask, before), size))
        if not hits:
            return found
        found.append([hit.place for hit in hits])
        before = hits[-1].place


def test_random_questions_are_answered_as_plain_python_would(index: EngineIndex) -> None:
    chance = random.Random(5)
    filled(index, chance, 90, 8)
    for _ in range(250):
        ask = random_ask(chance)
        assert index.found(ask) == index.expected(ask), ask


anything = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("'\\:*&|!()%_\x00<>@.-案ł")), max_size=12)
texts = st.lists(st.one_of(st.sampled_from(VOCABULARY), anything), max_size=5).map(" ".join)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=6), st.lists(texts, min_size=1, max_size=6))
def test_any_text_can_be_put_in_and_asked_for(
    index: EngineIndex, written: list[tuple[str, str]], asked: list[str]
) -> None:
    index = index.emptied()
    index.put(document(place, *pair) for place, pair in enumerate(written, 1))
    for q in [*asked, *(word for pair in written for text in pair for word in text.split()[:2])]:
        for only_timeline in (False, True):
            ask = Ask(parse(q), only_timeline=only_timeline)
            assert index.found(ask) == index.expected(ask), ask


def test_common_and_rare_words_together(index: EngineIndex) -> None:
    every = {"rare": 40, "other": 3, "common": 1}
    for first in range(1, 1500, 500):
        ids = range(first, first + 500)
        index.put(document(id_, " ".join(word for word, step in every.items() if id_ % step == 0)) for id_ in ids)
    for q in ("common other rare", "rare", "common", "comm", "other nowhere"):
        ask = Ask(parse(q))
        assert {hit.is_exact for hit in index.engine.find(ask)} <= {True}
        assert index.found(ask) == index.expected(ask)


@pytest.mark.parametrize("q", ["the", "rare", "the apple", ""])
def test_pages_go_on_without_gap_or_double(index: EngineIndex, q: str) -> None:
    """Many moments are the same: the order by id goes on within one."""
    some = [document(id_, "the rare" if id_ % 9 == 0 else "the", moment=DAY) for id_ in range(1, 60)]
    later = [document(SHARD_SIZE + id_, "the apple", moment=DAY - timedelta(days=id_ % 3)) for id_ in range(1, 30)]
    index.put([*some, *later])
    ask = Ask(parse(q), kinds=frozenset({"note"}))
    found = [place.activity_id for page in pages(index, ask, 4) for place in page]
    assert found == index.expected(ask)
    assert len(found) > 5


def test_replaced_and_deleted_texts_are_gone_after_many_commits(index: EngineIndex) -> None:
    for round_ in range(40):
        index.put([document(id_, f"round{round_}") for id_ in range(1, 6)], forget=[6] if round_ == 20 else [])
    assert index.found(Ask(parse("round39"))) == index.expected(Ask(parse("round39")))
    assert len(index.found(Ask(parse("round39")))) == 5
    assert all(not index.found(Ask(parse(f"round{old}", prefix=False))) for old in range(39))


def test_fingerprints_are_those_of_the_documents_it_holds(index: EngineIndex) -> None:
    filled(index, random.Random(2), 60, 4)
    everything = index.engine.fingerprints(0, 2 * SHARD_SIZE)
    assert everything == {id_: one.fingerprint for id_, one in index.documents.items()}
    assert index.engine.fingerprints(10, 20) == {id_: value for id_, value in everything.items() if 10 <= id_ < 20}


def test_document_without_a_single_word_is_kept(index: EngineIndex) -> None:
    index.put([document(1), document(2, "apple")])
    assert index.engine.fingerprints(0, 10).keys() == {1, 2}
    assert index.found(Ask(kinds=frozenset({"note"}))) == index.expected(Ask(kinds=frozenset({"note"})))


def test_very_long_texts_and_words_are_found(index: EngineIndex) -> None:
    """Words of more bytes than PostgreSQL takes in one, and more of them than fit in one page of a table."""
    long_word = "𐌰" * 60 + "@" + ".".join(["𐌱" * 60] * 7)
    mail = " ".join(f"word{number}" for number in range(9_000))[:100_000]
    index.put([document(1, long_word), document(2, "", mail), document(3, "x" * 100_000), document(4, long_word + "𐌲")])
    for q in (long_word, long_word[:30], "word0", "word8999", "word77", "x" * 64):
        ask = Ask(parse(q))
        assert index.found(ask) == index.expected(ask), q
    assert index.found(Ask(parse("word4711"))) == [2]


@pytest.mark.parametrize("q", ["apple", "rare", ""])
@pytest.mark.parametrize("limit", [1, 3, 8])
def test_search_cut_by_the_time_limit_can_be_taken_up_again(
    index: EngineIndex, monkeypatch: pytest.MonkeyPatch, limit: int, q: str
) -> None:
    monkeypatch.setattr("crm.search.postgres_engine.FIRST_STEP", 3)
    monkeypatch.setattr("crm.search.postgres_engine.LONGEST_STEP", 3)
    monkeypatch.setattr("crm.search.postgres_engine.FIRST_PAGE", 2)
    index.put(
        document(shard * SHARD_SIZE + id_, "apple rare" if id_ == 7 else "apple")
        for shard in range(4)
        for id_ in range(1, 9)
    )
    ask = Ask(parse(q, prefix=False), kinds=frozenset({"note"}))
    ticks = itertools.count()
    for module in MODULES:
        monkeypatch.setattr(f"{module}.time.perf_counter", lambda: next(ticks))
    found, before, count = [], None, 0
    while count == 0 or before is not None:
        finding = index.start_with(limit).find(ask, before)
        found += [hit.place.activity_id for hit in finding]
        assert finding.is_partial == (finding.rest is not None)
        before, count = finding.rest, count + 1
    assert found == index.expected(ask)
    if limit == 1:
        assert count > 1
