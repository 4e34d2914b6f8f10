"""How many words of its names and addresses a record is found by."""

from crm.messages import N_
from crm.objects.registry import Ceiling, ceilings
from crm.search.terms import MAX_TERMS

ceilings.register(
    Ceiling(
        name="record_words",
        label=N_("Words one record is found by"),
        limit=MAX_TERMS,
        consequence=N_("Names and addresses beyond them are kept, but the record is not found by them."),
        usage=lambda: (),
        position=160,
    )
)
