"""Made-up documents and questions, without a database behind them."""

import random
from datetime import UTC, datetime, timedelta

from crm.search.engine import Ask, Document
from crm.search.schema import SHARD_SIZE
from crm.search.words import parse
from tests.search.engines.indexes import EngineIndex

DAY = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = "apple apricot apples banana pear plum plumage 客服案件 客服 案件 服務 john.doe@acme.com acme.com Łódź Straße"
NUMBERS_AND_COMMON = "Müller Mueller 2024-05-01 +48601234567 0017 the of and sale sales salesman"
HOSTILE = r"o'neill '' \ \\ a\'b c:* d&e f|g !h (i) %j_k <-> 'apple':1A $1 ; -- \0 x@y'z.com"
VOCABULARY = [*WORDS.split(" "), *NUMBERS_AND_COMMON.split(" "), *HOSTILE.split(" "), "n\x00l", "\x00"]
BEGINNINGS = ["app", "sal", "plu", "601234", "案"]
ASKED_OTHERWISE = ['"the apple"', '"salt the"', "-plum", "Mueller", "Müller", '-"the apple"', '"案件 the"']


def document(activity_id: int, text: str = "", other: str = "", **values: object) -> Document:
    """A document; its moment is not in the order of ids."""
    known = {
        "kind": "note",
        "object_type": "note",
        "owner_id": None,
        "moment": DAY + timedelta(minutes=activity_id * 7919 % 5000),
        "record_ids": (1_000_000 + activity_id % 3,),
        "heading": "",
    }
    return Document(activity_id=activity_id, timeline_text=text, other_text=other, **(known | values))  # type: ignore[arg-type]


def random_text(chance: random.Random) -> str:
    """A few words of the vocabulary."""
    return " ".join(chance.choices(VOCABULARY, k=chance.randint(0, 6)))


def random_ask(chance: random.Random) -> Ask:
    """A question with any mix of words and filters."""
    words = chance.choices(VOCABULARY + BEGINNINGS + ASKED_OTHERWISE, k=chance.randint(0, 4))
    return Ask(
        words=parse(" ".join(words)),
        only_timeline=chance.random() < 0.4,
        record_ids=chance.choice([None, None, frozenset({1_000_000}), frozenset({1_000_001, 1_000_000}), frozenset()]),
        kinds=chance.choice([None, None, frozenset({"call"}), frozenset({"note", "call"})]),
        owners=chance.choice([None, None, frozenset(), frozenset({1}), frozenset({2, 3})]),
        since=chance.choice([None, None, DAY + timedelta(days=1)]),
        before=chance.choice([None, None, DAY + timedelta(days=2)]),
    )


def filled(index: EngineIndex, chance: random.Random, count: int, rounds: int) -> None:
    """Several commits with replacements and deletions, in two shards, so that there are segments and gaps."""
    ids = [*range(1, count), *range(SHARD_SIZE, SHARD_SIZE + count // 3)]
    for _ in range(rounds):
        some = chance.sample(ids, len(ids) // 3)
        kinds = chance.choices(["note", "call"], k=len(some))
        put = [
            document(id_, random_text(chance), random_text(chance), kind=kind, owner_id=chance.choice([None, 1, 2]))
            for id_, kind in zip(some, kinds, strict=True)
        ]
        index.put(put[5:], forget=some[:5])
