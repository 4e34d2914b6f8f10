"""Finding records that may be the same, without comparing all with all (SPEC 4.7).

For each way in which alike records meet the table is read once and only the keys are kept, as numbers. Records that
share a key are read again and compared. So memory holds one way of meeting at a time, and time grows with the number
of records and of those that are alike.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import combinations
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from crm.clock import now
from crm.db import db, end_read, unit_of_work
from crm.merging.duplicates.comparing import ENOUGH, Comparison, Facts, fingerprint
from crm.merging.duplicates.comparisons import comparisons
from crm.merging.models import DuplicatePair, DuplicateSearch
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.scopes import unguarded

PAGE = 2_000
AT_ONCE = 300
MOST_ALIKE = 30
"""Of more records that share a key nothing can be told by it: it is a common name, or the number of a switchboard."""

FIND = "find_duplicates"
"""The kind of job that finds them."""

WHY = "only pairs of ids are kept; whoever sees them passes the gate"
Values = Mapping[str, Any]


def find_duplicates(object_type: str, tell: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Find the pairs of one object anew, in units of their own; how many there are. Safe to be called again.

    A pair that is not found any more goes, unless somebody dismissed it.
    """
    end_read()
    comparison, kind = comparisons.get(object_type), schema().types.get(object_type)
    if comparison is None or kind is None:
        return 0
    started = now()
    total = _count(kind) * len(comparison.meetings)
    with unit_of_work():
        _begin(object_type, total)
    found = 0
    for pairs in _batches(_alike(comparison, kind, _progress(object_type, total, tell))):
        found += _compare(comparison, kind, pairs)
    with unit_of_work():
        _end(object_type, started)
    return found


def _progress(object_type: str, total: int, tell: Callable[[int, int], None]) -> Callable[[int], None]:
    def write(done: int) -> None:
        with unit_of_work():
            mine = sa.update(DuplicateSearch).where(DuplicateSearch.object_type == object_type)
            db.session.execute(mine.values(done=done))
        tell(done, total)

    return write


def _count(kind: ObjectType) -> int:
    live = sa.select(sa.func.count()).select_from(kind.table).where(kind.table.c.archived_at.is_(None))
    return db.session.scalar(unguarded(live, WHY)) or 0


def _begin(object_type: str, total: int) -> None:
    db.session.execute(sa.delete(DuplicateSearch).where(DuplicateSearch.object_type == object_type))
    values = {"object_type": object_type, "started_at": now(), "done": 0, "total": total}
    db.session.execute(sa.insert(DuplicateSearch).values(values))


def _end(object_type: str, started: Any) -> None:
    pair, mine = DuplicatePair, DuplicateSearch.object_type == object_type
    gone = (pair.object_type == object_type, pair.seen_at < started, pair.dismissed_at.is_(None))
    db.session.execute(sa.delete(pair).where(*gone))
    db.session.execute(sa.update(DuplicateSearch).where(mine).values(finished_at=now(), done=DuplicateSearch.total))


def _alike(comparison: Comparison, kind: ObjectType, tell: Callable[[int], None]) -> Iterator[tuple[int, int]]:
    """Every pair of records that share a key in some way of meeting, lower id first; each once."""
    told: set[tuple[int, int]] = set()
    done = 0
    for keys in comparison.meetings.values():
        first: dict[int, int] = {}
        more: dict[int, list[int]] = {}
        for page in _pages(comparison, kind):
            for record_id, values in page:
                for key in keys(comparison.facts(values)):
                    _meet(_number(key), record_id, first, more)
            done += len(page)
            tell(done)
        first.clear()
        for ids in more.values():
            if len(ids) <= MOST_ALIKE:
                new = set(combinations(sorted(set(ids)), 2)) - told
                told |= new
                yield from sorted(new)


def _meet(key: int, record_id: int, first: dict[int, int], more: dict[int, list[int]]) -> None:
    known = first.setdefault(key, record_id)
    if known != record_id:
        ids = more.setdefault(key, [known])
        if len(ids) <= MOST_ALIKE:
            ids.append(record_id)


def _number(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big")


def _pages(comparison: Comparison, kind: ObjectType) -> Iterator[list[tuple[int, Values]]]:
    last = 0
    table = kind.table
    columns = _columns(comparison, kind)
    while True:
        page = sa.select(table.c.record_id, *columns).where(table.c.record_id > last, table.c.archived_at.is_(None))
        rows = db.session.execute(unguarded(page.order_by(table.c.record_id).limit(PAGE), WHY)).all()
        end_read()
        if not rows:
            return
        last = rows[-1].record_id
        yield [(row.record_id, row._asdict()) for row in rows]


def _columns(comparison: Comparison, kind: ObjectType) -> list[Any]:
    return [kind.column(name).label(name) for name in comparison.properties if name in kind.properties]


def _batches(pairs: Iterable[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    batch: list[tuple[int, int]] = []
    for pair in pairs:
        batch.append(pair)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _compare(comparison: Comparison, kind: ObjectType, pairs: Sequence[tuple[int, int]]) -> int:
    """Keep those of the pairs that have enough in common."""
    facts = _facts_of(comparison, kind, {record_id for pair in pairs for record_id in pair})
    rows = []
    for one, other in pairs:
        if one in facts and other in facts:
            reasons, strength = comparison.compare(facts[one], facts[other])
            if strength >= ENOUGH:
                print_of = fingerprint(facts[one], facts[other])
                rows.append(_row(kind.name, one, other, reasons, strength, print_of))
    if rows:
        with unit_of_work():
            db.session.execute(_upsert(), rows)
    return len(rows)


def _facts_of(comparison: Comparison, kind: ObjectType, ids: Iterable[int]) -> dict[int, Facts]:
    table = kind.table
    live = sa.select(table.c.record_id, *_columns(comparison, kind)).where(
        table.c.record_id.in_(sorted(ids)), table.c.archived_at.is_(None)
    )
    rows = db.session.execute(unguarded(live, WHY)).all()
    end_read()
    return {row.record_id: comparison.facts(row._asdict()) for row in rows}


def _row(object_type: str, one: int, other: int, reasons: Sequence[str], strength: int, told: str) -> dict[str, Any]:
    moment = now()
    return {
        "object_type": object_type,
        "record_id": one,
        "other_id": other,
        "reasons": json.dumps(list(reasons)),
        "strength": strength,
        "fingerprint": told,
        "found_at": moment,
        "seen_at": moment,
    }


def _upsert() -> Any:
    """A pair that is known is seen again; one that was dismissed is offered again when it is not what it was."""
    insert = (postgresql if db.engine.dialect.name == "postgresql" else sqlite).insert(DuplicatePair)
    new, table = insert.excluded, DuplicatePair.__table__.c
    is_same = table.fingerprint == new.fingerprint
    return insert.on_conflict_do_update(
        index_elements=[table.record_id, table.other_id],
        set_={
            "reasons": new.reasons,
            "strength": new.strength,
            "fingerprint": new.fingerprint,
            "seen_at": new.seen_at,
            "found_at": sa.case((is_same, table.found_at), else_=new.found_at),
            "dismissed_at": sa.case((is_same, table.dismissed_at), else_=None),
            "dismissed_by_id": sa.case((is_same, table.dismissed_by_id), else_=None),
        },
    )
