"""Options of one property."""

from collections.abc import Sequence

from crm.messages import N_, Message
from crm.objects.limits import OPTIONS
from crm.objects.options import has_own_options
from crm.objects.queries import schema
from crm.objects.registry import Ceiling, CeilingUsage, ceilings

SHOWN = 10
OF_OBJECT = N_("%(property)s of %(objects)s")


def _usage() -> Sequence[CeilingUsage]:
    found = [
        (len(prop.options), kind, prop)
        for kind in schema().record_types
        for prop in kind.properties.values()
        if has_own_options(prop)
    ]
    found.sort(key=lambda one: -one[0])
    return [
        CeilingUsage(
            Message(OF_OBJECT, property=prop.label, objects=kind.plural_label),
            count,
            f"/settings/objects/{kind.plural_name}/properties/{prop.name}/options",
        )
        for count, kind, prop in found[:SHOWN]
    ]


ceilings.register(
    Ceiling(
        name="options",
        label=N_("Options of one property"),
        limit=OPTIONS,
        consequence=N_("No further option can be added until another is deleted."),
        usage=_usage,
        position=30,
    )
)
