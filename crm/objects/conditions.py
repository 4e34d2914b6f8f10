"""Which properties of an object can decide about others, and which can depend on them (SPEC 2.5)."""

from crm.messages import N_
from crm.objects.schema import ObjectType, Property
from crm.properties.conditions import DECIDING_TYPES


def may_depend(kind: ObjectType, prop: Property) -> bool:
    """Whether a property may be hidden while a condition does not hold: people type it, and records can lack it."""
    is_needed = (prop.name,) in kind.layout.required_groups
    return not prop.read_only and not is_needed and "options_from" not in prop.settings


def deciding_values(prop: Property) -> dict[str, str]:
    """The values by which a property can leave choices of another, with their labels; none for one that cannot."""
    if prop.type == "checkbox":
        return {"true": N_("Yes"), "false": N_("No")}
    return prop.labels if prop.type in DECIDING_TYPES else {}
