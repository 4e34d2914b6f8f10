"""A record moved to another stage of its pipeline (SPEC 1.6)."""

from crm.events import RecordUpdated
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.timeline.entries import entry_types
from crm.timeline.entries.base import TEAM_ACTIVITY, Data, EntryType


def _from_updated(event: RecordUpdated) -> Data | None:
    prop = schema().object_type(event.object_type).stage_property
    if prop is None or prop.name not in event.after:
        return None
    return {"to": prop.labels.get(event.after[prop.name], event.after[prop.name])}


def _sentence(data: Data, name: str, record: str) -> Message:
    return Message(N_("%(name)s moved %(record)s to %(stage)s"), name=name, record=record, stage=data.get("to") or "--")


entry_types.register(
    EntryType(
        name="stage_changed",
        label=N_("Stage changed"),
        icon="arrow-right",
        category=TEAM_ACTIVITY,
        position=20,
        sentence=_sentence,
        from_updated=_from_updated,
    )
)
