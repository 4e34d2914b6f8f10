"""How many records an activity can be on."""

from crm.activities.auto_associate import MOST_LINKS
from crm.messages import N_
from crm.objects.registry import Ceiling, ceilings

ceilings.register(
    Ceiling(
        name="activity_links",
        label=N_("Records one activity is on"),
        limit=MOST_LINKS,
        consequence=N_("An activity cannot be put on another record until it is taken off one."),
        usage=lambda: (),
        position=110,
    )
)
