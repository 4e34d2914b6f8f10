"""A record was made of two (SPEC 4.6)."""

from crm.events import RecordsMerged
from crm.messages import N_, Message
from crm.timeline.entries import entry_types
from crm.timeline.entries.base import TEAM_ACTIVITY, Data, EntryType


def _from_merged(event: RecordsMerged) -> Data:
    return {"primary": event.names["primary"], "secondary": event.names["secondary"], "ids": list(event.merged_ids)}


def _sentence(data: Data, name: str, record: str) -> Message:
    ids = data.get("ids") or ("", "")
    text = N_("%(name)s merged %(secondary)s (#%(second)s) into %(primary)s (#%(first)s)")
    params = {"primary": data.get("primary", ""), "secondary": data.get("secondary", "")}
    return Message(text, name=name, first=ids[0], second=ids[-1], **params)


entry_types.register(
    EntryType(
        name="merged",
        label=N_("Records merged"),
        icon="merge",
        category=TEAM_ACTIVITY,
        position=50,
        sentence=_sentence,
        from_merged=_from_merged,
    )
)
