"""One property of a record as a form sends it, with what depends on it: for every place where such a form stands."""

from collections.abc import Mapping
from typing import Any

from flask import request

from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.objects.schema import Property
from crm.permissions.errors import Forbidden
from crm.properties.types.base import Context
from crm.records import form_logic
from crm.records.conflicts import values_at
from crm.records.errors import refuse
from crm.records.operations import update_record
from crm.records.queries import RecordRow
from crm.records.shown import UNKNOWN, Field, field_for, show
from crm.records.stage_fields import with_stage_choices
from crm.records.values import parse_form, without_untouched
from crm.web.auth import viewer
from crm.web.form_data import typed_values

WITH = "with"
THEIRS = N_("Somebody else wrote “%(theirs)s” here in the meantime; save again to write over it.")


def writable(record: RecordRow, name: str) -> Property:
    """The property called `name`; raises NotFound, and Forbidden where this person may not write it."""
    prop = record.type.property(name)
    if prop.read_only:
        raise Forbidden(f"{name} is kept by the program")
    if not prop.is_open_to(viewer()):
        raise Forbidden(f"only some people may write {name}")
    return prop


def dependents(record: RecordRow, name: str, values: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """What this person is asked for besides, while the form holds `values`; each with whether it is required."""
    found = form_logic.dependents_of(record.type, name, values)
    return [(one, required) for one, required in found if record.type.property(one).is_open_to(viewer())]


def typed_with_dependents(record: RecordRow, name: str, context: Context) -> dict[str, Any]:
    """What was typed for the property and for those that the form showed because of it, if they still depend on it."""
    kind = record.type
    possible = {one for one in form_logic.possible_names(kind, [name]) if kind.property(one).is_open_to(viewer())}
    sent = [one for one in request.form.getlist(WITH) if one in possible and one != name]
    typed: dict[str, Any] = typed_values(kind, [name, *sent])
    shown = dict(dependents(record, name, form_logic.held(kind, typed, context, record.values))) if sent else {}
    return {one: text for one, text in typed.items() if one == name or one in shown}


def read_touched(record: RecordRow, typed: Mapping[str, Any], version: int, context: Context) -> dict[str, Any]:
    """The values of what this person changed since the version they saw; raises InvalidInput."""
    before = values_at(record.type, record.id, version, record.values)
    values, errors = parse_form(record.type, without_untouched(record.type, typed, before, context), context)
    refuse(errors)
    return values


def write(record: RecordRow, values: Mapping[str, Any], version: int) -> set[str]:
    """Write the values; the names of all that changed. Raises InvalidInput, Conflict."""
    with unit_of_work():
        return update_record(viewer(), record.id, values, version)


def field_of(
    record: RecordRow,
    name: str,
    values: Mapping[str, Any],
    context: Context,
    text: Any = None,
    required: bool = False,
    error: Message | None = None,
) -> Field:
    """The control of a property in a form that holds `values`, with what was typed as `text`, if anything was."""
    stored = record.values.get(name)
    one = form_logic.offered(record.type, record.type.property(name), values, stored if text is None else text)
    field = field_for(one, context, stored, text, required, error)
    return with_stage_choices(field, viewer(), record.type, record.values, values)


def theirs(record: RecordRow, name: str, value: Any, context: Context) -> Message:
    """That somebody else wrote `value` meanwhile."""
    return Message(THEIRS, theirs=show(record.type.property(name), value, context).text or UNKNOWN.label)
