"""How long a comment can be."""

from crm.activities.comments import MAX_LENGTH
from crm.messages import N_
from crm.objects.registry import Ceiling, ceilings

ceilings.register(
    Ceiling(
        name="comment_length",
        label=N_("Characters of one comment"),
        limit=MAX_LENGTH,
        consequence=N_("A longer comment is not taken; what was typed stays in its field."),
        usage=lambda: (),
        position=115,
    )
)
