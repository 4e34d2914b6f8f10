"""What a system entry is: when it is written, and the sentence it is shown as."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from crm.events import RecordCreated, RecordsMerged, RecordUpdated
from crm.messages import Message

Data = Mapping[str, Any]


def never(_event: Any) -> None:
    """An event this entry does not care about."""
    return None


@dataclass(frozen=True)
class EntryType:
    """One kind of system entry.

    `from_created`, `from_updated` and `from_merged` answer the small data to keep when the event makes such an entry,
    else None;
    `sentence` turns that data, the name of who did it and the name of the record into words.
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
    is_open: bool = False
