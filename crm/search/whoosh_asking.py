"""Asking one shard: the documents of each word are sets of numbers, put together here (DESIGN 8.6).

Documents are numbered by their moment, so the newest hits are the greatest numbers and nothing has to be sorted.
"""

import heapq
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from crm.search.clauses import Clause
from crm.search.engine import Ask
from crm.search.schema import as_stored
from crm.search.whoosh_segment import NOBODY, Segment
from crm.search.whoosh_shard import Part, Shard

PROBE_WHEN = 30

Found = tuple[int, int]
"""The moment and the activity of a hit."""


def hits_in(shard: Shard, ask: Ask, before: Found | None = None) -> Iterator[Found]:
    """The hits of `ask` in a shard, newest first, from `before` on."""
    streams = [_hits_in_part(part, ask, before) for part in shard.parts.values()]
    return heapq.merge(*streams, reverse=True) if len(streams) > 1 else (hit for one in streams for hit in one)


def _hits_in_part(part: Part, ask: Ask, before: Found | None) -> Iterator[Found]:
    segment = part.segment
    first, last = _bounds(segment, ask, before)
    numbers = _numbers(segment, ask)
    if numbers is None:
        numbers = range(first, last)
    else:
        numbers = numbers[bisect_left(numbers, first) : bisect_left(numbers, last)]
    if not numbers:
        return
    moments, ids, deleted = segment.moments, segment.activity_ids, part.deleted
    for number in _narrowed(segment, ask, reversed(numbers)):
        if number not in deleted:
            yield moments[number], ids[number]


def _bounds(segment: Segment, ask: Ask, before: Found | None) -> tuple[int, int]:
    """From which document on, and up to which, not including, the time asked for lasts."""
    first, last = 0, segment.count
    if ask.since is not None:
        first = bisect_left(segment.moments, as_stored(ask.since))
    if ask.before is not None:
        last = bisect_left(segment.moments, as_stored(ask.before))
    if before is not None:
        last = min(last, bisect_left(range(segment.count), before, key=lambda number: _place(segment, number)))
    return first, last


def _place(segment: Segment, number: int) -> Found:
    return segment.moments[number], segment.activity_ids[number]


def _narrowed(segment: Segment, ask: Ask, numbers: Iterable[int]) -> Iterator[int]:
    """Those of `numbers` that are of the kinds and the owners asked for."""
    narrowed = iter(numbers)
    if ask.kinds is not None:
        kinds = segment.kind_numbers
        wanted = frozenset(place for place, kind in enumerate(segment.kinds) if kind in ask.kinds)
        if len(wanted) < len(segment.kinds):
            narrowed = (number for number in narrowed if kinds[number] in wanted)
    if ask.owners is not None:
        narrowed = _owned(segment, narrowed, ask.owners)
    return narrowed


def _owned(segment: Segment, numbers: Iterator[int], wanted: frozenset[int]) -> Iterator[int]:
    owners = segment.owners
    return (number for number in numbers if owners[number] in wanted and owners[number] != NOBODY)


def _numbers(segment: Segment, ask: Ask) -> Sequence[int] | None:
    """The documents that have every word and are on one of the records, in order; None when neither is asked for."""
    field = "timeline" if ask.only_timeline else "all"
    needs: list[Sequence[int]] = []
    for clause in ask.words.lookups:
        for found in _documents(segment, field, clause):
            if not found:
                return ()
            needs.append(found)
    if ask.record_ids is not None:
        needs.append(_united([segment.documents_on(record_id) for record_id in ask.record_ids]))
    if not needs:
        return None
    needs.sort(key=len)
    common = needs[0]
    for other in needs[1:]:
        common = _in_both(common, other)
    return common


def _documents(segment: Segment, field: str, clause: Clause) -> Iterator[Sequence[int]]:
    """What the clause needs, each a set of documents; of a run longer than a pair every pair is needed."""
    if clause.is_run and len(clause.token) > 2:
        for pair in dict.fromkeys(clause.token[at : at + 2] for at in range(len(clause.token) - 1)):
            yield segment.documents(field, pair)
    else:
        yield _united([segment.documents(field, token, clause.is_prefix) for token in clause.spellings])


def _united(found: list[Sequence[int]]) -> Sequence[int]:
    held = [numbers for numbers in found if numbers]
    return (held[0] if held else ()) if len(held) < 2 else sorted(set().union(*held))


def _in_both(few: Sequence[int], many: Sequence[int]) -> Sequence[int]:
    """The numbers that are in both, in order; each is looked for where there are far more in the other."""
    if len(few) * PROBE_WHEN < len(many):
        return [number for number in few if _is_in(many, number)]
    there = set(many)
    return [number for number in few if number in there]


def _is_in(numbers: Sequence[int], number: int) -> bool:
    place = bisect_left(numbers, number)
    return place < len(numbers) and numbers[place] == number
