"""A record got another owner (SPEC 1.6)."""

from crm.accounts.queries import directory
from crm.events import RecordUpdated
from crm.messages import N_, Message
from crm.timeline.entries import entry_types
from crm.timeline.entries.base import TEAM_ACTIVITY, Data, EntryType

OWNER = "hubspot_owner_id"


def _from_updated(event: RecordUpdated) -> Data | None:
    return {"to": event.after[OWNER]} if OWNER in event.after else None


def _sentence(data: Data, name: str, record: str) -> Message:
    owner = directory().name_of(data.get("to"))
    if not owner:
        return Message(N_("%(name)s removed the owner of %(record)s"), name=name, record=record)
    return Message(N_("%(name)s made %(owner)s the owner of %(record)s"), name=name, owner=owner, record=record)


entry_types.register(
    EntryType(
        name="owner_changed",
        label=N_("Owner changed"),
        icon="user",
        category=TEAM_ACTIVITY,
        position=30,
        sentence=_sentence,
        from_updated=_from_updated,
    )
)
