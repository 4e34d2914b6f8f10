"""What a search engine for activities offers; Whoosh is one (DESIGN 8)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from crm.search.words import NO_WORDS, Words

Prepared = Any
"""A document analysed and ready to be written; only its engine looks inside."""


@dataclass(frozen=True)
class Document:
    """What is searchable of one activity, read from the database.

    `timeline_text` holds exactly the six fields of SPEC 1.6, `other_text` everything else people may search for;
    `heading` is the activity's own title, already part of one of the two; `author_id` is who logged it.
    """

    activity_id: int
    kind: str
    object_type: str
    owner_id: int | None
    moment: datetime
    record_ids: tuple[int, ...]
    heading: str
    timeline_text: str
    other_text: str
    author_id: int | None = None

    @property
    def texts(self) -> tuple[str, str]:
        """All there is to find the activity by."""
        return self.timeline_text, self.other_text

    @property
    def fingerprint(self) -> int:
        """Up to 63 bits that change when anything searchable of the activity does; the same in every process."""
        parts = (
            self.kind,
            str(self.owner_id),
            self.moment.astimezone(UTC).isoformat(),
            " ".join(map(str, sorted(self.record_ids))),
            *self.texts,
        )
        digest = hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
        return int.from_bytes(digest, "big") >> 1


@dataclass(frozen=True)
class Ask:
    """One question: words, and what narrows it; each of these is None when it does not narrow.

    `only_timeline` looks at the six fields alone. `record_ids`: on at least one of these. `owners`: assigned to one of
    these; where it comes from the gate it only spares looking at what would be refused. `since` is included, `before`
    is not, both about the moment of the activity.
    """

    words: Words = NO_WORDS
    only_timeline: bool = False
    record_ids: frozenset[int] | None = None
    kinds: frozenset[str] | None = None
    owners: frozenset[int] | None = None
    since: datetime | None = None
    before: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether nothing at all is asked for: every activity would answer."""
        narrowing = (self.record_ids, self.kinds, self.owners, self.since, self.before)
        return not self.words and all(one is None for one in narrowing)

    def accepts(self, document: Document) -> bool:
        """Whether `document` answers the question, by the same rules as the index."""
        if self.record_ids is not None and self.record_ids.isdisjoint(document.record_ids):
            return False
        if self.kinds is not None and document.kind not in self.kinds:
            return False
        if self.owners is not None and document.owner_id not in self.owners:
            return False
        if self.since is not None and document.moment < self.since:
            return False
        if self.before is not None and document.moment >= self.before:
            return False
        texts = (document.timeline_text,) if self.only_timeline else document.texts
        return self.words.matches(*texts)


class Place(NamedTuple):
    """Where a hit stands in the order of all hits: the greatest is the newest."""

    shard: int
    moment: int
    activity_id: int


LARGEST = 2**62


def top_of(shard: int) -> Place:
    """The place before every hit of a shard."""
    return Place(shard, LARGEST - 1, LARGEST - 1)


@dataclass(frozen=True)
class Hit:
    """An activity the index names. Unless it `is_exact`, its text must be looked at again."""

    place: Place
    is_exact: bool


class Finding(Protocol):
    """A search under way: iterate for hits, newest first; `is_partial` says that the time limit cut it.

    `rest` is then, after iterating, the place from which it can be taken up again without missing anything.
    """

    is_partial: bool
    rest: Place | None

    def __iter__(self) -> Iterator[Hit]: ...


class Engine(Protocol):
    """An index of activities; Whoosh's is always a little behind the database, PostgreSQL's never."""

    def find(self, ask: Ask, before: Place | None = None) -> Finding:
        """The hits of `ask` after (older than) the place `before`."""
        ...

    def fingerprints(self, first: int, last: int) -> dict[int, int]:
        """Of each activity held, from the id `first` up to, not including, `last`: the fingerprint it was learnt with.

        Raises ShardUnreadable or what the database raises when the index cannot be read.
        """
        ...
