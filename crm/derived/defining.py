"""Whether a property that follows from others can be as somebody wants it: never from itself, always of one type."""

from collections.abc import Mapping
from typing import Any

from crm.derived.families.calculations import calculation
from crm.derived.families.property_syncs import sync
from crm.derived.families.rollups import rollup
from crm.derived.formulas import calculated_settings, format_of
from crm.derived.graph import Place, circle, derivations_of
from crm.derived.property_syncs import PROPERTY_SYNC, mirrored, read_sync
from crm.derived.registry import Derivation
from crm.derived.rollups import ROLLUP, read_rollup, rolled_up
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.objects.registry import ProposedProperty
from crm.objects.schema import ObjectType, Property, Schema
from crm.permissions.actions import Scope, Verb
from crm.permissions.viewer import Viewer
from crm.records.calculations import CALCULATION, FORMULA

FROM_ITSELF = N_("This value would follow from itself: %(path)s.")
OTHER_TYPE = N_("The values of this property cannot become of another type. Make a new property instead.")
NOT_COMPLETE = N_("The type of the values does not follow from the other settings.")
NOT_SEEN = N_("You do not see all %(objects)s. Only who does may show something of them on other records.")
FIELDS: Mapping[str, str] = {CALCULATION: FORMULA, ROLLUP: "operation", PROPERTY_SYNC: "source"}
"""The setting beside which what is wrong with a property of each type is said."""

MAKERS = {CALCULATION: calculation, ROLLUP: rollup, PROPERTY_SYNC: sync}


def definition_errors(proposed: ProposedProperty) -> dict[str, Message]:
    """What is wrong with a calculated, rolled up or mirrored property, by the setting that says it; else nothing."""
    if proposed.type not in FIELDS:
        return {}
    try:
        _check(proposed)
    except InvalidValue as error:
        return {FIELDS[proposed.type]: error.message}
    return {}


def demands(actor: Viewer, kind: ObjectType, prop: Property) -> dict[str, Message]:
    """Why `actor` cannot let a property of `kind` be as it is, by the setting that says it; nothing where they can.

    Everybody who sees a record sees its values, so what shows something of other records is for those to define who
    see all of these: nobody learns of hidden records by a property of their own making.
    """
    if prop.type not in FIELDS:
        return {}
    found = definition_errors(ProposedProperty(kind, prop, prop.label, prop.type, prop.settings))
    other = schema().types.get(str(prop.settings.get("object"))) if prop.type != CALCULATION else None
    if not found and other is not None and actor.scope(other.name, Verb.VIEW) is not Scope.EVERYTHING:
        return {FIELDS[prop.type]: Message(NOT_SEEN, objects=other.plural_label)}
    return found


def complete_settings(proposed: ProposedProperty) -> dict[str, Any]:
    """The settings of such a property, with the type its values are of, from those people choose.

    Raises InvalidValue.
    """
    current, kind, given = schema(), proposed.object_type, proposed.settings
    if proposed.type == CALCULATION:
        return calculated_settings(kind, str(given.get(FORMULA, "")), format_of(given))
    if proposed.type == ROLLUP:
        return rolled_up(current, kind, read_rollup(given))
    return mirrored(current, kind, read_sync(given))


def _check(proposed: ProposedProperty) -> None:
    wanted = complete_settings(proposed)
    if proposed.settings.get("result") != wanted["result"]:
        raise InvalidValue(NOT_COMPLETE)
    before = proposed.existing
    if before is not None and before.type == proposed.type and before.settings.get("result") != wanted["result"]:
        raise InvalidValue(OTHER_TYPE)
    _refuse_circle(schema(), proposed)


def _refuse_circle(current: Schema, proposed: ProposedProperty) -> None:
    """Nothing reads a property that is being made; one that exists may be read by what it is to follow from."""
    if proposed.existing is None:
        return
    name = proposed.existing.name
    made = MAKERS[proposed.type](proposed.object_type, name, proposed.settings, current)
    place = (proposed.object_type.name, name)
    others = [one for one in derivations_of(current) if not _fills(one, place)]
    path = circle([*others, *([made] if made else [])], place)
    if path:
        labels = " → ".join(current.object_type(one).property(other).label for one, other in path)
        raise InvalidValue(Message(FROM_ITSELF, path=labels))


def _fills(one: Derivation, place: Place) -> bool:
    return one.object_type == place[0] and place[1] in one.fills
