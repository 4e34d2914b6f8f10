"""What happened, told upward: lower packages publish, crm/wiring.py says who hears (DESIGN 3).

Handlers run in the transaction of the publisher, in the order of the wiring.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crm.bus import Event, connect, publish
from crm.property_events import PropertyArchived, PropertyChanged, PropertyCreated, PropertyEvent, PropertyRestored

__all__ = [
    "PropertyArchived",
    "PropertyChanged",
    "PropertyCreated",
    "PropertyEvent",
    "PropertyRestored",
    "connect",
    "publish",
]


@dataclass(frozen=True)
class RecordCreated(Event):
    """A record of an object with a page of its own was made; `values` are by property name."""

    record_id: int
    object_type: str
    values: Mapping[str, Any]
    source: str
    moment: datetime | None = None


@dataclass(frozen=True)
class RecordUpdated(Event):
    """Properties changed; `before` and `after` hold the changed ones only, by property name."""

    record_id: int
    object_type: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    source: str
    moment: datetime | None = None


@dataclass(frozen=True)
class RecordChanging(Event):
    """A record is about to be changed and not locked yet: who will change others with it locks all in order."""

    record_id: int
    changes: Mapping[str, Any]


@dataclass(frozen=True)
class RecordLeavingOrReturning(Event):
    """A record is about to be deleted or restored and not locked yet: who will change others locks all in order."""

    record_id: int


@dataclass(frozen=True)
class RecordArchived(Event):
    """A record was deleted, restorably."""

    record_id: int
    object_type: str


@dataclass(frozen=True)
class RecordRestored(Event):
    """A deleted record came back."""

    record_id: int
    object_type: str


@dataclass(frozen=True)
class RecordsMerged(Event):
    """Two records, `merged_ids`, the primary one first, became the new record `record_id`; `names` are theirs."""

    object_type: str
    record_id: int
    merged_ids: tuple[int, int]
    merge_id: int
    names: Mapping[str, str]
    values: Mapping[str, Any]


@dataclass(frozen=True)
class RecordsUnmerged(Event):
    """The merged record `record_id` is gone again, and `merged_ids` are back."""

    object_type: str
    record_id: int
    merged_ids: tuple[int, int]
    merge_id: int


@dataclass(frozen=True)
class RecordsPurged(Event):
    """Records went for good with all that hung on them; `activity_ids` are what was on them, gone too or staying."""

    record_ids: Sequence[int]
    activity_ids: Sequence[int]


@dataclass(frozen=True)
class ActivityEvent(Event):
    """Something happened to one activity of a kind."""

    activity_id: int
    kind: str


@dataclass(frozen=True)
class ActivityCreated(ActivityEvent):
    """An activity was logged; its links are already written.

    `record_ids` are the records it is on, and `activity` is the ActivityRow that reading it back would give: whoever
    hears of it need not ask the database again.
    """

    record_ids: tuple[int, ...] = ()
    activity: Any = None
    source: str = "screen"


@dataclass(frozen=True)
class ActivityUpdated(ActivityEvent):
    """An activity's own values changed; `before` holds what they were, by property name."""

    changed: frozenset[str] = frozenset()
    source: str = "screen"
    before: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ActivityArchived(ActivityEvent):
    """An activity was deleted, restorably."""


@dataclass(frozen=True)
class ActivityRestored(ActivityEvent):
    """A deleted activity came back."""


@dataclass(frozen=True)
class ActivityLinksChanged(ActivityEvent):
    """The records an activity is on changed."""

    added: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()


@dataclass(frozen=True)
class ManyLinksChanged(Event):
    """Many activities came onto records or left them at once; each pair is an activity and a record.

    No activity left its last record, so each is still somewhere that tells what it is.
    """

    added: tuple[tuple[int, int], ...] = ()
    removed: tuple[tuple[int, int], ...] = ()

    @property
    def activity_ids(self) -> list[int]:
        """The activities whose records changed, each once."""
        return sorted({activity_id for activity_id, _record_id in (*self.added, *self.removed)})


@dataclass(frozen=True)
class CommentChanged(ActivityEvent):
    """A comment on an activity was written, changed or removed; `body` is what it says now, "" once it is removed."""

    body: str = ""
    is_new: bool = False


@dataclass(frozen=True)
class FilesChanged(Event):
    """A file was attached to a record or an activity, or taken off it."""

    record_id: int
    object_type: str


@dataclass(frozen=True)
class AssociationAdded(Event):
    """Two records were associated; published once, not once a direction."""

    from_record_id: int
    to_record_id: int
    type_id: int
    moment: datetime | None = None


@dataclass(frozen=True)
class AssociationRemoved(Event):
    """Two records are no longer associated."""

    from_record_id: int
    to_record_id: int
    type_id: int


@dataclass(frozen=True)
class AssociationLabelsChanged(Event):
    """Associations got labels or lost some; `pairs` are the two records of each."""

    pairs: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class ObjectTypeCreated(Event):
    """An object type was made; its records may be associated with those of the objects called `associated`."""

    object_type: str
    associated: tuple[str, ...] = ()


@dataclass(frozen=True)
class ObjectTypeRenamed(Event):
    """The records of an object are called by another property from now on: their names are written anew."""

    object_type: str


@dataclass(frozen=True)
class ObjectTypeLeaving(Event):
    """An object type without records is about to be removed: whoever keeps something about it forgets that."""

    object_type: str


@dataclass(frozen=True)
class PrimaryCompaniesChanged(Event):
    """Records have another primary company, or a first one; `pairs` are each record with what was and what is."""

    pairs: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class RecordsRearranged(Event):
    """Links or activities of these records were moved past the operations, as a merge does.

    All that follows from them, on them and on the records linked to them, is computed anew before the unit commits.
    """

    record_ids: tuple[int, ...]


@dataclass(frozen=True)
class RecordsImported(Event):
    """Rows of an import meant these records, whether they changed anything of them or not."""

    record_ids: tuple[int, ...]


@dataclass(frozen=True)
class ValuesDerived(Event):
    """Values that follow from others were stored on these records, which is no new version of them."""

    object_type: str
    record_ids: tuple[int, ...]


@dataclass(frozen=True)
class StagesChanged(Event):
    """Stages of an object got another order, state or probability: what follows from stages is computed anew."""

    object_type: str


@dataclass(frozen=True)
class TeamChanged(Event):
    """Somebody is in another team, or in none, from now on."""

    user_id: int


@dataclass(frozen=True)
class TeamDeleted(Event):
    """A team is about to be deleted; its people have left it."""

    team_id: int


@dataclass(frozen=True)
class BulkRunEnded(Event):
    """Work in bulk that went on in the background came to its end; `user_id` is who waits for it, `state` how it is."""

    run_id: int
    user_id: int | None
    kind: str
    state: str
