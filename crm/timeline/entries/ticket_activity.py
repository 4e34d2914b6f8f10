"""A ticket of a contact or company was created or moved to another stage (SPEC 1.6)."""

from crm.messages import N_
from crm.timeline.entries import entry_types
from crm.timeline.entries.base import TEAM_ACTIVITY, EntryType, Retelling
from crm.timeline.retelling import made_or_moved

entry_types.register(
    EntryType(
        name="ticket_activity",
        label=N_("Ticket activity"),
        icon="ticket",
        category=TEAM_ACTIVITY,
        position=15,
        sentence=made_or_moved,
        retelling=Retelling("ticket", ("contact", "company"), ("created", "imported", "stage_changed")),
    )
)
