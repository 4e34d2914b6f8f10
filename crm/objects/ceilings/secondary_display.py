"""How many properties stand under the name of a custom object's records."""

from collections.abc import Sequence

from crm.messages import N_
from crm.objects.object_content import MOST_SECONDARY
from crm.objects.queries import schema
from crm.objects.registry import Ceiling, CeilingUsage, ceilings


def _usage() -> Sequence[CeilingUsage]:
    custom = [kind for kind in schema().record_types if kind.is_custom]
    fullest = sorted(custom, key=lambda kind: -len(kind.layout.secondary_display))
    return [
        CeilingUsage(kind.plural_label, len(kind.layout.secondary_display), f"/settings/objects/{kind.plural_name}")
        for kind in fullest
    ]


ceilings.register(
    Ceiling(
        name="secondary_display",
        label=N_("Properties under the name of a custom object's records"),
        limit=MOST_SECONDARY,
        consequence=N_("No further one can be chosen until another is taken away; all others stand in the cards."),
        usage=_usage,
        position=40,
    )
)
