"""Properties of one object whose values no two records share."""

from collections.abc import Sequence

from crm.messages import N_
from crm.objects.limits import UNIQUE_PROPERTIES
from crm.objects.queries import schema
from crm.objects.registry import Ceiling, CeilingUsage, ceilings


def _usage() -> Sequence[CeilingUsage]:
    found = [(sum(prop.unique for prop in kind.properties.values()), kind) for kind in schema().record_types]
    found.sort(key=lambda one: -one[0])
    return [
        CeilingUsage(kind.plural_label, count, f"/settings/objects/{kind.plural_name}/properties")
        for count, kind in found
    ]


ceilings.register(
    Ceiling(
        name="unique_properties",
        label=N_("Unique properties of one object"),
        limit=UNIQUE_PROPERTIES,
        consequence=N_("No further property of that object can be made unique until another no longer is."),
        usage=_usage,
        position=20,
    )
)
