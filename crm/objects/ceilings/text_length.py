"""How long the text of a property can be."""

from crm.messages import N_
from crm.objects.registry import Ceiling, ceilings
from crm.properties.types.cleaning import TEXT_LIMIT

ceilings.register(
    Ceiling(
        name="text_length",
        label=N_("Characters of one text"),
        limit=TEXT_LIMIT,
        consequence=N_("A longer text is not taken, in a form or an import; what was typed stays in its field."),
        usage=lambda: (),
        position=120,
    )
)
