"""A record was created, by a person or by an import (SPEC 1.6)."""

from crm.events import RecordCreated
from crm.messages import N_, Message
from crm.timeline.entries import entry_types
from crm.timeline.entries.base import Data, EntryType


def _from_created(event: RecordCreated) -> Data:
    return {"object": event.object_type, "source": event.source}


def _sentence(data: Data, name: str, record: str) -> Message:
    if data.get("source") == "import":
        return Message(N_("%(record)s was imported by %(name)s"), record=record, name=name)
    return Message(N_("%(record)s was created by %(name)s"), record=record, name=name)


entry_types.register(
    EntryType(
        name="created",
        label=N_("Record created"),
        icon="plus",
        category=N_("System"),
        position=10,
        sentence=_sentence,
        from_created=_from_created,
    )
)
