"""A deal of a contact or company was created or moved to another stage (SPEC 1.6)."""

from crm.messages import N_
from crm.timeline.entries import entry_types
from crm.timeline.entries.base import TEAM_ACTIVITY, EntryType, Retelling
from crm.timeline.retelling import made_or_moved

entry_types.register(
    EntryType(
        name="deal_activity",
        label=N_("Deal activity"),
        icon="deal",
        category=TEAM_ACTIVITY,
        position=10,
        sentence=made_or_moved,
        retelling=Retelling("deal", ("contact", "company"), ("created", "imported", "stage_changed")),
    )
)
