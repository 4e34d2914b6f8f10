"""The kinds of work in bulk: what they work on, what they do to a batch, and how that is taken back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from crm.messages import Message
from crm.permissions.viewer import Viewer
from crm.registry import Registry

Settings = Mapping[str, Any]


class Changed(NamedTuple):
    """One thing that a batch changed; `before` is whatever JSON holds that undoing it needs."""

    one_id: int
    other_id: int | None = None
    before: Any = None


@dataclass(frozen=True)
class Applied:
    """What came of one batch: what it changed, how many it left as they were, and what people should know.

    `changes` are Changed, or tuples like them.
    """

    changes: Sequence[tuple[Any, ...]] = field(default_factory=tuple)
    skipped: int = 0
    problems: Sequence[Message] = ()


@dataclass(frozen=True)
class BulkKind:
    """One kind of work in bulk.

    `items(actor, settings, after, limit)` gives the next ids in rising order, read through the gate as `actor`; none
    at the end. Items that are dealt with may still be among those after `after`, never before.
    `apply(actor, run_id, settings, ids)` does the work on one batch, checking rights again, and `undo(actor, run_id,
    settings, changes)` takes back what it said it changed, newest first; it passes over what is no longer there. Both
    run inside a unit of work and should take some tens of milliseconds. They may raise Forbidden, NotFound or
    InvalidValue, which stops the run with a clear line. `count` is how many items there are, before anything is done.
    `title(settings)` says for people what the work is: "Adding past activity to Orange Inc". `label` says it without
    names: for the audit log and notices, which outlive records. With `keeps_values` what is kept for Undo tells of the
    items themselves, and is forgotten with them.
    """

    name: str
    title: Callable[[Settings], Message]
    items: Callable[[Viewer, Settings, int | None, int], Sequence[int]]
    apply: Callable[[Viewer, int, Settings, Sequence[int]], Applied]
    undo: Callable[[Viewer, int, Settings, Sequence[Changed]], None]
    count: Callable[[Viewer, Settings], int]
    label: str = ""
    batch: int = 100
    keeps_values: bool = False
    position: int = 100


bulk_kinds: Registry[BulkKind] = Registry("kind of work in bulk")
