"""Editing one property where it stands (SPEC 1.5)."""

import re
from collections.abc import Mapping
from typing import Any

from flask import Response, request

from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.objects.schema import Property
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden, NotFound
from crm.properties.types.base import Context
from crm.records import form_logic
from crm.records.conflicts import values_at
from crm.records.errors import Conflict, InvalidInput, refuse
from crm.records.operations import update_record
from crm.records.queries import RecordRow, get_record
from crm.records.shown import UNKNOWN, field_for, for_record, show, show_all
from crm.records.stage_fields import with_stage_choices
from crm.records.values import parse_form, without_untouched
from crm.records.views import blueprint
from crm.records.views.given_away import leave
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.form_data import typed_values
from crm.web.htmx import is_fragment, redirect_to, render
from crm.web.numbers import whole_number

REFRESH = "refresh"
ALL_PROPERTIES = "properties"
PLACE = re.compile(r"[\w-]{1,80}", re.ASCII)
THEIRS = N_("Somebody else wrote “%(theirs)s” here in the meantime; save again to write over it.")
NOTHING: Mapping[str, Any] = {}


@blueprint.get("/records/<int:record_id>/properties/<name>")
@requires(SIGNED_IN)
def show_property(record_id: int, name: str) -> Response:
    """One property as it is shown."""
    record = get_record(viewer(), record_id)
    if not is_fragment():
        return redirect_to(f"/records/{record_id}")
    return _answer("records/_property.html", record, record.type.property(name))


@blueprint.get("/records/<int:record_id>/properties/<name>/edit")
@requires(SIGNED_IN)
def edit_property(record_id: int, name: str) -> Response:
    """The form for one property and what depends on it."""
    record = get_record(viewer(), record_id, Verb.EDIT)
    return _form(record, _writable(record, name))


@blueprint.post("/records/<int:record_id>/properties/<name>")
@requires(SIGNED_IN)
def save_property(record_id: int, name: str) -> Response:
    """Write one property; 422 with the form when it cannot be taken, 409 when somebody else changed it.

    The form may also be sent to be shown anew, because what it shows depends on the value.
    """
    record = get_record(viewer(), record_id, Verb.EDIT)
    prop = _writable(record, name)
    version = whole_number(request.form.get("version"))
    context = for_record(reading_context(), record.values)
    typed = _typed(record, name, context)
    if request.form.get("then") == REFRESH:
        held = form_logic.held(record.type, typed, context, record.values)
        return _form(record, prop, form_logic.fitting(record.type, typed, held), version=version)
    touched = without_untouched(record.type, typed, values_at(record.type, record_id, version, record.values), context)
    values, errors = parse_form(record.type, touched, context)
    try:
        refuse(errors)
        with unit_of_work():
            changed = update_record(viewer(), record_id, values, version)
    except InvalidInput as error:
        return _form(record, prop, typed, error.errors, version, status=422)
    except Conflict as conflict:
        return _conflict(record_id, prop, conflict, values.get(name), typed)
    try:
        record = get_record(viewer(), record_id)
    except NotFound:
        return leave(record.type)
    if not is_fragment():
        return redirect_to(_page_before(record_id, name))
    # The form itself does not hear these, but the same property on another card does.
    events = ("record-updated", *(f"{one}-changed" for one in sorted(changed)))
    return _answer("records/_property.html", record, prop, events=events)


def _comes_from() -> str:
    """Where the property stands: on the page of all properties, or on the card of this key; "" on the About card."""
    place = request.values.get("from", "")
    return place if PLACE.fullmatch(place) else ""


def _page_before(record_id: int, name: str) -> str:
    place = _comes_from()
    if place == ALL_PROPERTIES:
        return f"/records/{record_id}/{ALL_PROPERTIES}#property-{name}"
    return f"/records/{record_id}/cards/{place}" if place else f"/records/{record_id}"


def _typed(record: RecordRow, name: str, context: Context) -> dict[str, Any]:
    """What was typed for the property and for those that the form showed because of it, if they still depend on it."""
    kind = record.type
    possible = {one for one in form_logic.possible_names(kind, [name]) if kind.property(one).is_open_to(viewer())}
    sent = [one for one in request.form.getlist("with") if one in possible and one != name]
    typed: dict[str, Any] = typed_values(kind, [name, *sent])
    shown = dict(_dependents(record, name, form_logic.held(kind, typed, context, record.values))) if sent else {}
    return {one: text for one, text in typed.items() if one == name or one in shown}


def _dependents(record: RecordRow, name: str, values: Mapping[str, Any]) -> list[tuple[str, bool]]:
    found = form_logic.dependents_of(record.type, name, values)
    return [(one, required) for one, required in found if record.type.property(one).is_open_to(viewer())]


def _writable(record: RecordRow, name: str) -> Property:
    prop = record.type.property(name)
    if prop.read_only:
        raise Forbidden(f"{name} is kept by the program")
    if not prop.is_open_to(viewer()):
        raise Forbidden(f"only some people may write {name}")
    return prop


def _conflict(record_id: int, prop: Property, conflict: Conflict, yours: Any, typed: Mapping[str, Any]) -> Response:
    record = get_record(viewer(), record_id)
    context = for_record(reading_context(), record.values)
    clash = conflict.clashes.get(prop.name)
    if clash is None:
        errors = {name: _theirs(record, name, one.theirs, context) for name, one in conflict.clashes.items()}
        return _form(record, prop, typed, errors, conflict.version, status=409)
    texts = {"yours": yours, "theirs": clash.theirs, "before": clash.before}
    shown: dict[str, Any] = {name: show(prop, value, context).text for name, value in texts.items()}
    field = field_for(prop, context, record.values.get(prop.name), typed[prop.name])
    version = conflict.version
    return _answer("records/_property_conflict.html", record, prop, version, status=409, field=field, **shown)


def _theirs(record: RecordRow, name: str, theirs: Any, context: Context) -> Message:
    text = show(record.type.property(name), theirs, context).text
    return Message(THEIRS, theirs=text or UNKNOWN.label)


def _form(
    record: RecordRow,
    prop: Property,
    typed: Mapping[str, Any] = NOTHING,
    errors: Mapping[str, Message] = NOTHING,
    version: int | None = None,
    status: int = 200,
) -> Response:
    kind, context = record.type, for_record(reading_context(), record.values)
    values = form_logic.held(kind, typed, context, record.values)
    names = [(prop.name, False), *_dependents(record, prop.name, values)]
    # What is wrong elsewhere is said here: the form has no other place for it.
    elsewhere = [message for name, message in errors.items() if name not in dict(names)]
    fields = []
    for name, required in names:
        stored, text = record.values.get(name), typed.get(name)
        one = form_logic.offered(kind, kind.property(name), values, stored if text is None else text)
        message = errors.get(name) or (elsewhere[0] if elsewhere and name == prop.name else None)
        field = field_for(one, context, stored, text, required, message)
        fields.append(with_stage_choices(field, viewer(), kind, record.values, values))
    return _answer(
        "records/_property_form.html",
        record,
        prop,
        version,
        status,
        field=fields[0],
        dependents=fields[1:],
        reloads=form_logic.decides(kind, prop.name),
    )


def _answer(
    fragment: str,
    record: RecordRow,
    prop: Property,
    version: int | None = None,
    status: int = 200,
    events: tuple[str, ...] = (),
    **more: Any,
) -> Response:
    context = for_record(reading_context(), record.values)
    can_edit = viewer().covers(record.object_type, Verb.EDIT, record.owner_id)
    place = _comes_from()
    return render(
        "records/property.html",
        fragment,
        status=status,
        events=events,
        fragment=fragment,
        record=record,
        object_type=record.type,
        shown=show_all(record.type, [prop.name], record.values, context, can_edit)[0],
        version=version or record.version,
        comes_from=place,
        query=f"?from={place}" if place else "",
        own=prop.name if place in ("", ALL_PROPERTIES) else f"{place}-{prop.name}",
        page_before=_page_before(record.id, prop.name),
        **more,
    )
