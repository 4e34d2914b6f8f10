"""How far lists count, so that a page is as quick at a million records."""

from crm.messages import N_
from crm.objects.registry import Ceiling, ceilings
from crm.records.queries import COUNT_LIMIT

ceilings.register(
    Ceiling(
        name="counted_records",
        label=N_("Records of a list that are counted"),
        limit=COUNT_LIMIT,
        consequence=N_("Lists say “10,000+” instead of an exact number; all of their pages can be read."),
        usage=lambda: (),
        position=165,
    )
)
