"""How long a formatted text can be, its tags included."""

from crm.messages import N_
from crm.objects.registry import Ceiling, ceilings
from crm.properties.rich_text import SIZE_LIMIT

ceilings.register(
    Ceiling(
        name="rich_text_length",
        label=N_("Characters of one formatted text"),
        limit=SIZE_LIMIT,
        consequence=N_("A longer text is not taken; what was typed stays in its field."),
        usage=lambda: (),
        position=125,
    )
)
