"""What a family of derived values tells about itself, so that one engine keeps all of them true.

A file in families/ registers a Family. For each object type whose properties it fills it answers a Derivation, which
says what those values are made of and computes them for many records at once. From that the engine knows which
records an event concerns; it settles them once, before the unit of work commits, in the order in which values follow
from each other (crm/derived/settling.py). `recompute` and `doctor` ask the same derivations from scratch.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm.objects.schema import ObjectType, Schema
from crm.registry import Registry

Values = Mapping[str, Any]
Compute = Callable[[ObjectType, Sequence[int]], Mapping[int, Values]]


@dataclass(frozen=True)
class Linked:
    """What is read of associated records: these properties of the live records of `object_type` that are linked.

    Without properties only which records those are counts. Records that come, go, are deleted or restored always count.
    """

    object_type: str
    properties: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Derivation:
    """How some properties of one object type follow from other values.

    `fills` are those properties; what the object does not have is left out by itself. `compute(object_type, ids)`
    answers the values of these records by id and property, with a fixed number of statements for any number of ids;
    what it leaves out is what `of_nothing` says, else None. It reads the database as it is, and never what it fills.

    What it reads: `own` are properties of the record itself, `linked` those of associated records. A value read that is
    derived itself is settled first. `of_nothing` is what a record has that nothing is linked to and nothing was logged
    on: it is written when a record is made, and nothing is computed then unless `own` is read.

    `kept_by_writer`: whoever writes the values this one is made of writes it too, in the same write (a rule in
    crm/records/automatic/, an operation of its own). Events do not concern it then, but `recompute`, `doctor` and
    `settle_all` compute it. `kept_by_timeline` is the same for what every change of an activity sets at once.

    `has_history`: a change is written to the history of the record, with the source "calculation".
    """

    name: str
    object_type: str
    fills: tuple[str, ...]
    compute: Compute
    own: frozenset[str] = frozenset()
    linked: tuple[Linked, ...] = ()
    of_nothing: Values = field(default_factory=dict)
    kept_by_writer: bool = False
    kept_by_timeline: bool = False
    has_history: bool = False


@dataclass(frozen=True)
class Family:
    """Derivations of one kind; `derivations(schema)` is asked once for each state of the schema."""

    name: str
    derivations: Callable[[Schema], Iterable[Derivation]]
    position: int = 100


derivation_families: Registry[Family] = Registry("family of derived values")
