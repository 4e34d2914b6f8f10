"""Editing one property where it stands (SPEC 1.5)."""

import re
from collections.abc import Mapping
from typing import Any

from flask import Response, request

from crm.messages import N_, Message
from crm.objects.schema import Property
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.records import form_logic
from crm.records.errors import Conflict, InvalidInput
from crm.records.history import changes_of
from crm.records.queries import RecordRow, get_record
from crm.records.shown import field_for, for_record, show, show_all
from crm.records.views import blueprint
from crm.records.views.given_away import leave
from crm.records.views.one_property import (
    dependents,
    field_of,
    read_touched,
    theirs,
    typed_with_dependents,
    writable,
    write,
)
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.flashes import flash
from crm.web.htmx import is_fragment, redirect_to, render
from crm.web.numbers import whole_number

REFRESH = "refresh"
ALL_PROPERTIES = "properties"
TABLE = "table"
LIST_CHANGED = "records-changed"
SAVED = N_("%(label)s of %(name)s is saved.")
PLACE = re.compile(r"[\w-]{1,80}", re.ASCII)
NOTHING: Mapping[str, Any] = {}


@blueprint.get("/records/<int:record_id>/properties/<name>")
@requires(SIGNED_IN)
def show_property(record_id: int, name: str) -> Response:
    """One property as it is shown."""
    record = get_record(viewer(), record_id)
    if not is_fragment():
        return redirect_to(f"/records/{record_id}")
    return _answer(_shown(), record, record.type.property(name))


@blueprint.get("/records/<int:record_id>/properties/<name>/edit")
@requires(SIGNED_IN)
def edit_property(record_id: int, name: str) -> Response:
    """The form for one property and what depends on it."""
    record = get_record(viewer(), record_id, Verb.EDIT)
    return _form(record, writable(record, name))


@blueprint.post("/records/<int:record_id>/properties/<name>")
@requires(SIGNED_IN)
def save_property(record_id: int, name: str) -> Response:
    """Write one property; 422 with the form when it cannot be taken, 409 when somebody else changed it.

    The form may also be sent to be shown anew, because what it shows depends on the value.
    """
    record = get_record(viewer(), record_id, Verb.EDIT)
    prop = writable(record, name)
    version = whole_number(request.form.get("version"))
    context = for_record(reading_context(), record.values)
    typed = typed_with_dependents(record, name, context)
    if request.form.get("then") == REFRESH:
        held = form_logic.held(record.type, typed, context, record.values)
        return _form(record, prop, form_logic.fitting(record.type, typed, held), version=version)
    values: Mapping[str, Any] = NOTHING
    try:
        values = read_touched(record, typed, version, context)
        changed = write(record, values, version)
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
    if _comes_from() == TABLE and name in changed:
        _offer_undo(record, prop)
    # The form itself does not hear these, but the same property on another card does.
    events = ("record-updated", *(f"{one}-changed" for one in sorted(changed)))
    if _comes_from() == TABLE and changed - {name}:
        events += (LIST_CHANGED,)  # what follows from it stands in other cells
    return _answer(_shown(), record, prop, events=events)


def _offer_undo(record: RecordRow, prop: Property) -> None:
    """Say what was saved, with a way back to the value before."""
    made = changes_of(record.id, prop.name, limit=1)[0]
    back = f"/records/{record.id}/history/{made.id}/reversion?version={record.version}&from={TABLE}"
    flash(Message(SAVED, label=prop.label, name=record.title), undo_url=back)


def _shown() -> str:
    """The template of the property as it is shown."""
    return "records/_cell.html" if _comes_from() == TABLE else "records/_property.html"


def _comes_from() -> str:
    """Where the property stands: on the page of all properties, in a table, or on the card of this key.

    "" is the About card.
    """
    place = request.values.get("from", "")
    return place if PLACE.fullmatch(place) else ""


def _page_before(record_id: int, name: str) -> str:
    place = _comes_from()
    if place == ALL_PROPERTIES:
        return f"/records/{record_id}/{ALL_PROPERTIES}#property-{name}"
    if place == TABLE:
        return f"/objects/{get_record(viewer(), record_id).type.plural_name}"
    return f"/records/{record_id}/cards/{place}" if place else f"/records/{record_id}"


def _own(record_id: int, name: str) -> str:
    """What the ids of its element begin with: in a table many records have the same property."""
    place = _comes_from()
    if place in ("", ALL_PROPERTIES):
        return name
    return f"cell-{record_id}-{name}" if place == TABLE else f"{place}-{name}"


def _conflict(record_id: int, prop: Property, conflict: Conflict, yours: Any, typed: Mapping[str, Any]) -> Response:
    record = get_record(viewer(), record_id)
    context = for_record(reading_context(), record.values)
    clash = conflict.clashes.get(prop.name)
    if clash is None:
        errors = {name: theirs(record, name, one.theirs, context) for name, one in conflict.clashes.items()}
        return _form(record, prop, typed, errors, conflict.version, status=409)
    texts = {"yours": yours, "theirs": clash.theirs, "before": clash.before}
    shown: dict[str, Any] = {name: show(prop, value, context).text for name, value in texts.items()}
    field = field_for(prop, context, record.values.get(prop.name), typed[prop.name])
    version = conflict.version
    return _answer("records/_property_conflict.html", record, prop, version, status=409, field=field, **shown)


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
    names = [(prop.name, False), *dependents(record, prop.name, values)]
    # What is wrong elsewhere is said here: the form has no other place for it.
    elsewhere = [message for name, message in errors.items() if name not in dict(names)]
    fields = []
    for name, required in names:
        message = errors.get(name) or (elsewhere[0] if elsewhere and name == prop.name else None)
        fields.append(field_of(record, name, values, context, typed.get(name), required, message))
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
        own=_own(record.id, prop.name),
        page_before=_page_before(record.id, prop.name),
        **more,
    )
