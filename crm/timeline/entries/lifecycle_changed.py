"""A contact or company reached another lifecycle stage (SPEC 1.6)."""

from crm.events import RecordUpdated
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.timeline.entries import entry_types
from crm.timeline.entries.base import TEAM_ACTIVITY, Data, EntryType

LIFECYCLE = "lifecyclestage"


def _from_updated(event: RecordUpdated) -> Data | None:
    prop = schema().object_type(event.object_type).properties.get(LIFECYCLE)
    if prop is None or LIFECYCLE not in event.after:
        return None
    return {"to": prop.labels.get(event.after[LIFECYCLE], event.after[LIFECYCLE])}


def _sentence(data: Data, name: str, record: str) -> Message:
    text = N_("%(name)s changed the lifecycle stage of %(record)s to %(stage)s")
    return Message(text, name=name, record=record, stage=data.get("to") or "--")


entry_types.register(
    EntryType(
        name="lifecycle_changed",
        label=N_("Lifecycle stage changed"),
        icon="star",
        category=TEAM_ACTIVITY,
        position=40,
        sentence=_sentence,
        from_updated=_from_updated,
    )
)
