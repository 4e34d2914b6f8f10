"""What the lists wait for: kept in memory until a list is made or changed, so that a change costs nothing else."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from crm.caches import StampedCache
from crm.db import db
from crm.jobs.queue import enqueue
from crm.lists.naming import lists_named, objects_named
from crm.lists.queries import LIST, ListRow, read_row

STAMP = "lists"
KEEP = "keep_lists"
"""The kind of job that keeps lists true."""
NOW = "now"


@dataclass(frozen=True)
class Watched:
    """The live lists: the active ones by object, the static ones by id, and whose changes matter to any of them.

    `through` tells for an object the active lists that ask about its records as associated ones, `object_types` of what
    objects there are lists. Sizes and states are not up to date here.
    """

    active: Mapping[str, tuple[ListRow, ...]]
    static: frozenset[int]
    through: Mapping[str, tuple[ListRow, ...]]
    named: frozenset[int]
    object_types: frozenset[str]

    @property
    def has_active(self) -> bool:
        """Whether there is any list that follows what records are."""
        return bool(self.active)

    @property
    def is_empty(self) -> bool:
        """Whether there is no list at all."""
        return not (self.active or self.static)

    def concerns(self, object_type: str) -> bool:
        """Whether a change of a record of this object can put any record on a list or take it off."""
        return object_type in self.active or object_type in self.through


def watched() -> Watched:
    """What the lists wait for; costs nothing while no list changed."""
    return _cache.get()


def wake() -> None:
    """Have the lists kept true once this unit of work is committed."""
    enqueue(KEEP, unique_key=NOW)


def _load() -> Watched:
    rows = [read_row(row) for row in db.session.execute(sa.select(LIST).where(LIST.c.deleted_at.is_(None)))]
    active, through = defaultdict(list), defaultdict(list)
    named: set[int] = set()
    for one in rows:
        if one.is_active:
            active[one.object_type].append(one)
            named |= lists_named(one.filter)
            for object_type in objects_named(one.filter):
                through[object_type].append(one)
    return Watched(
        active={name: tuple(lists) for name, lists in active.items()},
        static=frozenset(one.id for one in rows if not one.is_active),
        through={name: tuple(lists) for name, lists in through.items()},
        named=frozenset(named),
        object_types=frozenset(one.object_type for one in rows),
    )


_cache = StampedCache(STAMP, _load)
