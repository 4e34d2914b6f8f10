"""Taking one change of one value back (SPEC 2.6): the value before it is written once more, as a new change."""

from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Property
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.history import ValueChange, get_change, value_of
from crm.records.operations import update_record
from crm.records.queries import get_passport
from crm.records.source import REVERTED, Source, SourceKind
from crm.records.values import type_of

ARCHIVED = N_("This property is archived. Restore the property first, then its value.")
KEPT_BY_US = N_("%(label)s is kept by the program, so nobody can write it.")
NOT_YOURS = N_("Only some people may write %(label)s, and you are not one of them.")
SAME = N_("%(label)s has this value already.")


def why_not(viewer: Viewer, object_type: ObjectType, property_name: str) -> Message | None:
    """Why no change of this property can be taken back by the viewer, None when one can."""
    prop = object_type.properties.get(property_name)
    if prop is None:
        return Message(ARCHIVED)
    if prop.read_only:
        return Message(KEPT_BY_US, label=prop.label)
    return None if prop.is_open_to(viewer) else Message(NOT_YOURS, label=prop.label)


def revert_change(actor: Viewer, record_id: int, change_id: int, version: int, context: Context) -> str:
    """Write what a value was before a change over what it is now, and return the name of its property.

    `version` is that of the record when the history was read. Raises NotFound, Forbidden, Conflict, InvalidInput, and
    InvalidValue when the value cannot come back: an archived property, a type or an option that is no more.
    """
    passport = get_passport(actor, record_id, Verb.EDIT)
    kind = schema().object_type(passport.object_type)
    change = get_change(record_id, change_id)
    if change is None or kind.is_activity:
        raise NotFound(f"no change {change_id} of record {record_id}")
    refusal = why_not(actor, kind, change.property_name)
    if refusal is not None:
        raise InvalidValue(refusal)
    prop = kind.property(change.property_name)
    source = Source(SourceKind.SCREEN, f"{REVERTED}:{change.id}")
    if not update_record(actor, record_id, {prop.name: _before(prop, change, context)}, version, source):
        raise InvalidValue(Message(SAME, label=prop.label))
    return prop.name


def _before(prop: Property, change: ValueChange, context: Context) -> object:
    """The value before the change, if the property could hold it today; raises InvalidValue."""
    value = value_of(prop, change.old)
    if value is not None:
        kind = type_of(prop)
        kind.parse(kind.to_input(value, prop, context), prop, context)
    return value
