"""A record came by an import (SPEC 1.6)."""

from crm.events import RecordCreated
from crm.messages import N_, Message
from crm.records.source import SourceKind
from crm.timeline.entries import entry_types
from crm.timeline.entries.base import SYSTEM, Data, EntryType


def _from_created(event: RecordCreated) -> Data | None:
    if event.source != SourceKind.IMPORT:
        return None
    return {"object": event.object_type, "source": event.source}


def _sentence(_data: Data, name: str, record: str) -> Message:
    return Message(N_("%(record)s was imported by %(name)s"), record=record, name=name)


entry_types.register(
    EntryType(
        name="imported",
        label=N_("Imports"),
        icon="import",
        category=SYSTEM,
        position=60,
        sentence=_sentence,
        from_created=_from_created,
    )
)
