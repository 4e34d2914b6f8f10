"""The calculated, rolled up and mirrored properties that follow from a property (SPEC 2.4)."""

from collections.abc import Iterable

from crm.derived.defining import FIELDS
from crm.derived.graph import derivation_graph, reads
from crm.derived.rollups import ROLLUP, read_rollup
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.objects.registry import PropertyUse, Use, property_uses
from crm.objects.schema import ObjectType, Property
from crm.properties.formulas.formula import Literal
from crm.records.calculations import formula_of

FOLLOWS = N_("“%(label)s” of %(objects)s follows from it")


def _following(kind: ObjectType, prop: Property) -> Iterable[tuple[ObjectType, Property]]:
    for one in derivation_graph().ordered:
        if (kind.name, prop.name) not in reads(one):
            continue
        owner = schema().object_type(one.object_type)
        for name in one.fills:
            if owner.property(name).type in FIELDS:
                yield owner, owner.property(name)


def _use(owner: ObjectType, prop: Property) -> Use:
    url = f"/settings/objects/{owner.plural_name}/properties/{prop.name}"
    return Use(Message(FOLLOWS, label=prop.label, objects=owner.plural_label), url)


def _find(kind: ObjectType, prop: Property) -> Iterable[Use]:
    return [_use(owner, found) for owner, found in _following(kind, prop)]


def _find_option(kind: ObjectType, prop: Property, value: str) -> Iterable[Use]:
    return [_use(owner, found) for owner, found in _following(kind, prop) if _names(found, prop.name, value)]


def _names(found: Property, name: str, value: str) -> bool:
    """Whether a property that follows from another asks for one value of it by name."""
    if found.type == ROLLUP:
        conditions = read_rollup(found.settings).conditions
        return any(one.property == name and value in one.values for one in conditions)
    formula = formula_of(found)
    return formula is not None and any(
        isinstance(part, Literal) and part.value == value for part in formula.root.parts()
    )


property_uses.register(
    PropertyUse("derived", N_("Calculations"), _find, needs_type=True, find_option=_find_option, position=40)
)
