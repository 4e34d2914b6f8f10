"""Computing every derived value from scratch, in batches; stopped and run again, it goes on where it was (SPEC 2.7).

Values are looked at object by object in the order in which they follow from each other, so one pass is enough.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from crm.db import Stamp, db, end_read, unit_of_work
from crm.derived.batches import live_ids
from crm.derived.graph import Graph, derivation_graph, reads
from crm.derived.links import rows_for
from crm.derived.registry import Derivation
from crm.derived.settling import Settling
from crm.derived.writing import write_derived
from crm.objects.queries import schema

BATCH = 200
PLACE = "recompute"
"""The stamp whose token says how far a recomputation of everything has come; there is none when none was stopped."""

Progress = Callable[[str, int, int], None]


@dataclass
class Recomputed:
    """How many records were looked at, and how many values differed, by object type and property."""

    records: int = 0
    differing: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def values(self) -> int:
        """How many values were not what they should be."""
        return sum(self.differing.values())


@dataclass(frozen=True)
class Step:
    """Derivations of one object that can be computed together, all they read being settled."""

    object_type: str
    derivations: tuple[Derivation, ...]


def recompute(object_type: str | None = None, progress: Progress = lambda name, done, total: None) -> Recomputed:
    """Compute all derived values, or those of one object and what follows from them, and store what differs.

    `progress` is told the object, how many of its records are done and how many there are. Opens units of its own.
    """
    end_read()
    graph = derivation_graph()
    steps = [step for step in steps_of(graph) if object_type in (None, step.object_type)]
    first, last = _place(steps) if object_type is None else (0, 0)
    done = Recomputed()
    for number in range(first, len(steps)):
        _run(steps, number, last, done, progress, is_all=object_type is None)
        last = 0
    if object_type is None:
        with unit_of_work():
            db.session.execute(sa.delete(Stamp).where(Stamp.name == PLACE))
    end_read()
    return done


def steps_of(graph: Graph) -> list[Step]:
    """The steps of a recomputation of everything, in order."""
    filled: set[tuple[str, str]] = set()
    waiting = list(graph.ordered)
    steps: list[Step] = []
    while waiting:
        unsettled = {(one.object_type, name) for one in waiting for name in one.fills} - filled
        ready = [one for one in waiting if not reads(one) & unsettled] or waiting[:1]
        for name in dict.fromkeys(one.object_type for one in ready):
            steps.append(Step(name, tuple(one for one in ready if one.object_type == name)))
        filled |= {(one.object_type, name) for one in ready for name in one.fills}
        waiting = [one for one in waiting if one not in ready]
    return steps


def _run(
    steps: Sequence[Step], number: int, last: int, done: Recomputed, progress: Progress, is_all: bool
) -> None:
    step = steps[number]
    total, looked_at = _count(step.object_type), 0
    while ids := live_ids(step.object_type, last, BATCH):
        last = ids[-1]
        end_read()
        with unit_of_work():
            _settle(step, ids, done, is_all)
            if is_all:
                db.session.merge(Stamp(name=PLACE, token=f"{_fingerprint(steps)} {number} {last}"))
        looked_at += len(ids)
        progress(step.object_type, looked_at, total)
    done.records += looked_at
    end_read()


def _settle(step: Step, ids: Sequence[int], done: Recomputed, is_all: bool) -> None:
    following = Settling(derivation_graph())
    for one in step.derivations:
        for name, record_ids in write_derived(one, ids).items():
            place = (one.object_type, name)
            done.differing[place] = done.differing.get(place, 0) + len(record_ids)
            following.changed(one.object_type, (name,), record_ids)
    if not is_all:
        following.settle()


def _count(object_type: str) -> int:
    table = schema().object_type(object_type).table
    live = sa.select(sa.func.count()).select_from(table).where(table.c.archived_at.is_(None))
    return int(rows_for(live, ())[0][0])


def _place(steps: Sequence[Step]) -> tuple[int, int]:
    """Where a recomputation of the same values was stopped: the number of the step, and the last record done in it."""
    token = db.session.scalar(sa.select(Stamp.token).where(Stamp.name == PLACE))
    fingerprint, _, place = (token or "").partition(" ")
    if fingerprint != _fingerprint(steps):
        return 0, 0
    number, _, last = place.partition(" ")
    return int(number), int(last)


def _fingerprint(steps: Sequence[Step]) -> str:
    names = [one.name for step in steps for one in step.derivations]
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]
