"""With how many records a copy is associated at once."""

from crm.associations.cloning import MOST_LINKS
from crm.messages import N_
from crm.objects.registry import Ceiling, ceilings

ceilings.register(
    Ceiling(
        name="copied_links",
        label=N_("Records a copy of a record is associated with"),
        limit=MOST_LINKS,
        consequence=N_("A record with more can be copied; its copy is associated with none of them."),
        usage=lambda: (),
        position=112,
    )
)
