"""Whether the index equals the database: by the ids it holds and by their fingerprints (LIBRARIES 4.4).

Whole, when a person asks for it; a sample, every few minutes. The index may be behind: what waits to be indexed is left
out. What differs is looked at twice, for between two looks somebody may have saved something.
"""

import logging
import random
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from crm.clock import now
from crm.db import db, end_read, unit_of_work
from crm.messages import N_
from crm.search import indexer, outbox
from crm.search.documents import activity_ids, load_documents, newest_activity_id
from crm.search.index import Index, note_changes, usable
from crm.search.models import SearchCheck, SearchDead
from crm.search.schema import SHARD_SIZE
from crm.search.whoosh_engine import ShardUnreadable

log = logging.getLogger(__name__)

PAGE = 500
SAMPLE = 200
SAMPLED_TOGETHER = 10
MOST_NAMED = 20
MOST_WAITING = 100_000
WIDELY = 0.1
"""So many of a sample differ only when more is wrong than a few activities."""

REBUILD_AT_MOST_EVERY = timedelta(hours=1)

Progress = Callable[[int, int], None]


class Fault(StrEnum):
    """In what way index and database differ over an activity."""

    MISSING = N_("is not in the index")
    GONE = N_("is in the index and not in the database")
    OTHER = N_("is in the index as it was before a change")


@dataclass(frozen=True)
class Difference:
    """One activity over which index and database differ."""

    activity_id: int
    fault: Fault


@dataclass(frozen=True)
class Comparison:
    """How many activities were looked at, and what differs; `is_possible` only with an index that is whole."""

    looked_at: int = 0
    differences: tuple[Difference, ...] = ()
    is_possible: bool = True

    @property
    def is_widely_wrong(self) -> bool:
        """Whether the index should rather be built anew than mended."""
        return len(self.differences) >= max(SAMPLED_TOGETHER, self.looked_at * WIDELY)


IMPOSSIBLE = Comparison(is_possible=False)


def compare_all(progress: Progress = lambda done, total: None) -> Comparison:
    """Compare every activity; takes about a minute for a million."""
    end_read()
    newest = newest_activity_id()
    found: list[Difference] = []
    looked_at = 0
    for first in range(0, newest + 1, SHARD_SIZE):
        part = _compared([(first, first + SHARD_SIZE)])
        if part is None:
            return IMPOSSIBLE
        looked_at += part.looked_at
        found += part.differences
        progress(min(first + SHARD_SIZE, newest), newest)
    return Comparison(looked_at, tuple(found))


def compare_sample(chance: random.Random | None = None) -> Comparison:
    """Compare about 200 activities, a few neighbours at each of twenty places."""
    chance = chance or random.SystemRandom()
    end_read()
    newest = newest_activity_id()
    places = sorted({chance.randint(0, newest) for _ in range(SAMPLE // SAMPLED_TOGETHER)})
    ranges: list[tuple[int, int]] = []
    for place in places:
        ids = activity_ids(place, place + SHARD_SIZE, SAMPLED_TOGETHER)
        first = max(place, ranges[-1][1]) if ranges else place
        if ids and ids[-1] >= first:
            ranges.append((first, ids[-1] + 1))
    return _compared(ranges) or IMPOSSIBLE


def _compared(ranges: Collection[tuple[int, int]]) -> Comparison | None:
    """None when there is no whole index; one that cannot be read has been told to the indexer, which mends it."""
    try:
        return _compared_with_index(ranges)
    except ShardUnreadable as error:
        log.warning("the search index cannot be compared with the database now: %s", error)
        return None


def _compared_with_index(ranges: Collection[tuple[int, int]]) -> Comparison | None:
    looked_at = 0
    suspects: list[Difference] = []
    for first, last in ranges:
        index = _whole_index()
        if index is None:
            return None
        count, differences = _differences(index, first, last)
        looked_at += count
        suspects += differences
    confirmed = [difference for difference in suspects if _is_confirmed(difference)]
    return Comparison(looked_at, tuple(confirmed))


def _whole_index() -> Index | None:
    """The index, its position read before the rows will be; None when there is none to compare with."""
    end_read()
    index = usable()
    return index if index is not None and index.is_whole else None


def _is_confirmed(difference: Difference) -> bool:
    index = _whole_index()
    if index is None:
        return False
    _, again = _differences(index, difference.activity_id, difference.activity_id + 1)
    return bool(again)


def _differences(index: Index, first: int, last: int) -> tuple[int, list[Difference]]:
    """How many activities there are from `first` up to, not including, `last`, and how the index differs."""
    held = index.engine.fingerprints(first, last)
    ids = activity_ids(first, last)
    excused = _excused(index.position)
    found = [
        Difference(activity_id, Fault.GONE) for activity_id in held.keys() - set(ids) if activity_id not in excused
    ]
    for start in range(0, len(ids), PAGE):
        for document in load_documents(ids[start : start + PAGE]).values():
            known = held.get(document.activity_id)
            if known != document.fingerprint and document.activity_id not in excused:
                found.append(Difference(document.activity_id, Fault.MISSING if known is None else Fault.OTHER))
    return len(ids), found


def _excused(position: int) -> set[int]:
    """What waits to be indexed, and what cannot be."""
    waiting, _ = outbox.waiting(position, MOST_WAITING)
    return {*waiting, *db.session.scalars(sa.select(SearchDead.activity_id))}


def look_and_mend() -> Comparison:
    """Compare a sample; log and mend what differs, and remember how it went for the page of settings."""
    comparison = compare_sample()
    if comparison.is_possible:
        wants_rebuild = comparison.is_widely_wrong and _may_rebuild()
        with unit_of_work():
            mend(comparison)
            _remember(comparison, now() if wants_rebuild else None)
        if wants_rebuild:
            log.error("the search index differs widely from the database; it is built anew")
            indexer.ask_for_rebuild()
    return comparison


def mend(comparison: Comparison) -> None:
    """Have what differs indexed anew, inside a unit of work."""
    ids = [difference.activity_id for difference in comparison.differences]
    if ids:
        named = ", ".join(str(activity_id) for activity_id in ids[:MOST_NAMED])
        log.error("the search index differed from the database over %d activities: %s", len(ids), named)
        note_changes(ids)


def last_check() -> SearchCheck | None:
    """How the last regular look went; None when there was none yet."""
    return db.session.get(SearchCheck, 1)


def _may_rebuild() -> bool:
    last = last_check()
    end_read()
    return last is None or last.rebuild_at is None or now() - last.rebuild_at >= REBUILD_AT_MOST_EVERY


def _remember(comparison: Comparison, rebuild_at: datetime | None) -> None:
    known = db.session.get(SearchCheck, 1) or SearchCheck(id=1)
    known.moment, known.looked_at, known.differing = now(), comparison.looked_at, len(comparison.differences)
    known.rebuild_at = rebuild_at or known.rebuild_at
    db.session.add(known)
