"""How many words a search looks up."""

from crm.messages import N_
from crm.objects.registry import Ceiling, ceilings
from crm.search.words import MAX_CLAUSES

ceilings.register(
    Ceiling(
        name="search_words",
        label=N_("Words of one search"),
        limit=MAX_CLAUSES,
        consequence=N_("Of more words the rarest are looked up, and the page says which were left out."),
        usage=lambda: (),
        position=150,
    )
)
