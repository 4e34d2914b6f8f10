"""What a system entry is: when it is written, and the sentence it is shown as."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from crm.events import AssociationAdded, AssociationRemoved, RecordCreated, RecordsMerged, RecordUpdated
from crm.messages import N_, Message

Data = Mapping[str, Any]

TEAM_ACTIVITY = N_("Team activity")
SYSTEM = N_("System")
CATEGORIES = (TEAM_ACTIVITY, SYSTEM)
"""The categories of system entries, in the order of "Filter activity"."""


def never(_event: Any) -> None:
    """An event this entry does not care about."""
    return None


@dataclass(frozen=True)
class Retelling:
    """Entries of the `kinds` on the timeline of an `of` are told again on those of the `on` linked to it."""

    of: str
    on: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class EntryType:
    """One kind of system entry.

    `from_created`, `from_updated` and `from_merged` answer the small data to keep when the event makes such an entry,
    else None; `from_associated` and `from_dissociated` the same for one on both records, each of which tells of the
    other. One with a `retelling` is written from entries of other records and has their data.
    `sentence` turns that data, the name of who did it and the name of the record into words; where an entry tells of
    another record, the name of that is among the data as `other`.
    """

    name: str
    label: str
    icon: str
    category: str
    sentence: Callable[[Data, str, str], Message]
    position: int = 100
    from_created: Callable[[RecordCreated], Data | None] = never
    from_updated: Callable[[RecordUpdated], Data | None] = never
    from_merged: Callable[[RecordsMerged], Data | None] = never
    from_associated: Callable[[AssociationAdded], Data | None] = never
    from_dissociated: Callable[[AssociationRemoved], Data | None] = never
    retelling: Retelling | None = None
    is_open: bool = False
