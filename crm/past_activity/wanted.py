"""What is asked for when past activity is put onto a record: from which records, which kinds, since when (SPEC 6.8)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crm.activities.types import activity_types
from crm.activities.types.base import ActivityType
from crm.clock import now
from crm.messages import N_
from crm.objects.queries import schema

NAMES = ("call", "email", "note", "meeting", "task")
"""The only kinds that are ever carried over; messages, postal mail and what the program tells are not (SPEC 6.8)."""


@dataclass(frozen=True)
class Period:
    """How far back to go: so many days, or as far as there is anything."""

    name: str
    label: str
    days: int | None = None

    def since(self) -> datetime | None:
        """The moment it begins (UTC), None for the beginning of everything."""
        return None if self.days is None else now() - timedelta(days=self.days)


PERIODS = (
    Period("30", N_("Past 30 days"), 30),
    Period("60", N_("Past 60 days"), 60),
    Period("90", N_("Past 90 days"), 90),
    Period("365", N_("Past year"), 365),
    Period("all", N_("All time")),
)
FIRST = PERIODS[0]


def period(name: str) -> Period:
    """The period called `name`; the first one for any other name."""
    return next((one for one in PERIODS if one.name == name), FIRST)


@dataclass(frozen=True)
class Source:
    """A record to take from: what happened there after `since` (UTC), or ever."""

    record_id: int
    since: datetime | None = None


@dataclass(frozen=True)
class Wanted:
    """What is to come onto the record `record_id`: activities of some kinds on the sources, not after `until` (UTC)."""

    record_id: int
    sources: Sequence[Source]
    kinds: Sequence[str]
    until: datetime

    def settings(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {
            "record_id": self.record_id,
            "sources": [[one.record_id, one.since.isoformat() if one.since else None] for one in self.sources],
            "kinds": list(self.kinds),
            "until": self.until.isoformat(),
        }

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> "Wanted":
        """What `settings` wrote."""
        return cls(
            settings["record_id"],
            [Source(one, datetime.fromisoformat(since) if since else None) for one, since in settings["sources"]],
            settings["kinds"],
            datetime.fromisoformat(settings["until"]),
        )


def wanted(record_id: int, sources: Iterable[Source], kinds: Iterable[str] = NAMES) -> Wanted:
    """What has happened until now on the sources, each of them once, and never what is still to come."""
    once = {one.record_id: one for one in sources if one.record_id != record_id}
    return Wanted(record_id, tuple(once.values()), tuple(name for name in NAMES if name in set(kinds)), now())


def kinds_on(*object_types: str) -> list[ActivityType]:
    """The kinds that are carried over and that records of all these objects take, in the order of NAMES."""
    takers = [schema().object_type(name) for name in object_types]
    known = [kind for name in NAMES if (kind := activity_types.get(name)) is not None]
    return [kind for kind in known if all(one.takes(kind.object_type) for one in takers)]
