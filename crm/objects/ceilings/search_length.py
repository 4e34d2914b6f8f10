"""How long a search can be."""

from crm.messages import N_
from crm.objects.registry import Ceiling, ceilings
from crm.search.words import MAX_QUERY

ceilings.register(
    Ceiling(
        name="search_length",
        label=N_("Characters of one search"),
        limit=MAX_QUERY,
        consequence=N_("What comes after is left out, and the page says so."),
        usage=lambda: (),
        position=155,
    )
)
