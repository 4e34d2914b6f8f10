"""The top of a record: its name and what stands under it, edited together in one small form (SPEC 1.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from crm.db import unit_of_work
from crm.layouts.views.page import header_context
from crm.messages import Message
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.properties.types.base import Context
from crm.records import form_logic
from crm.records.conflicts import values_at
from crm.records.errors import Clash, Conflict, InvalidInput
from crm.records.operations import update_record
from crm.records.queries import RecordRow, get_record
from crm.records.shown import Field, field_for, for_record, show
from crm.records.stage_fields import with_stage_choices
from crm.records.values import parse_form, without_untouched
from crm.records.views import blueprint
from crm.records.views.given_away import leave
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.form_data import typed_values
from crm.web.htmx import is_fragment, redirect_to, render
from crm.web.numbers import whole_number

THEIRS, REFRESH = "theirs", "refresh"
Typed = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class Versions:
    """One property in three versions, in words; "" where there is nothing."""

    before: str
    theirs: str
    yours: str


@dataclass(frozen=True)
class HeaderField:
    """One control of the form, with the versions to choose from where two people changed it."""

    field: Field
    versions: Versions | None = None


@blueprint.get("/records/<int:record_id>/header")
@requires(SIGNED_IN)
def show_header(record_id: int) -> Response:
    """The top of the record, after something in it changed."""
    record = get_record(viewer(), record_id)
    if not is_fragment():
        return redirect_to(f"/records/{record_id}")
    return render("records/_header.html", "records/_header.html", **header_context(record))


@blueprint.get("/records/<int:record_id>/header/edit")
@requires(SIGNED_IN)
def edit_header(record_id: int) -> Response:
    """The form for the name and what else the header lets one edit."""
    record = get_record(viewer(), record_id, Verb.EDIT)
    return _form(record, record.version)


@blueprint.post("/records/<int:record_id>/header")
@requires(SIGNED_IN)
def save_header(record_id: int) -> Response:
    """Write what was touched; 422 with the form when it cannot be taken, 409 for what somebody else changed too."""
    record = get_record(viewer(), record_id, Verb.EDIT)
    version = whole_number(request.form.get("version"))
    context = for_record(reading_context(), record.values)
    typed = _typed(record, context)
    if request.form.get("then") == REFRESH:
        held = form_logic.held(record.type, typed, context, record.values)
        return _form(record, version, form_logic.fitting(record.type, typed, held))
    touched = _touched(record, version, typed, context)
    values, errors = parse_form(record.type, touched, context)
    try:
        if errors:
            raise InvalidInput(errors)
        with unit_of_work():
            changed = update_record(viewer(), record_id, values, version)
    except InvalidInput as error:
        return _form(record, version, typed, errors=error.errors, status=422)
    except Conflict as conflict:
        return _conflict(record_id, conflict, values, touched)
    return _saved(record, changed)


def _names(record: RecordRow, values: Mapping[str, Any]) -> dict[str, bool]:
    """The properties of the form while it holds `values`, each with whether it is required."""
    kind = record.type
    required = dict(kind.layout.create_form)
    listed = [(name, required.get(name, False)) for name in kind.layout.header_names if name in kind.properties]
    found = form_logic.form_names(kind, listed, values)
    return {name: needed for name, needed in found if kind.property(name).is_open_to(viewer())}


def _typed(record: RecordRow, context: Context) -> Typed:
    """What was typed for the properties that the form shows with these very values."""
    typed = typed_values(
        record.type, form_logic.possible_names(record.type, record.type.layout.header_names), absent_is_empty=False
    )
    shown = _names(record, form_logic.held(record.type, typed, context, record.values))
    return {name: text for name, text in typed.items() if name in shown}


def _touched(record: RecordRow, version: int, typed: Typed, context: Context) -> dict[str, Any]:
    """What the person changed in the form, less what they gave up for somebody else's value."""
    kept = {name: text for name, text in typed.items() if request.form.get(f"keep-{name}") != THEIRS}
    return without_untouched(record.type, kept, values_at(record.type, record.id, version, record.values), context)


def _saved(before: RecordRow, changed: set[str]) -> Response:
    try:
        record = get_record(viewer(), before.id)
    except NotFound:
        return leave(before.type)
    if not is_fragment():
        return redirect_to(f"/records/{record.id}")
    events = ["record-updated", *(f"{name}-changed" for name in sorted(changed))]
    context = header_context(record)
    return render("records/_header.html", "records/_header.html", events=events, **context)


def _conflict(record_id: int, conflict: Conflict, yours: Mapping[str, Any], touched: Typed) -> Response:
    """The form over what the record holds now, with a choice at each property both changed."""
    record = get_record(viewer(), record_id, Verb.EDIT)
    typed = {name: text for name, text in touched.items() if name not in conflict.untouched}
    return _form(record, conflict.version, typed, clashes=conflict.clashes, yours=yours, status=409)


def _form(
    record: RecordRow,
    version: int,
    typed: Typed | None = None,
    errors: Mapping[str, Message] | None = None,
    clashes: Mapping[str, Clash] | None = None,
    yours: Mapping[str, Any] | None = None,
    status: int = 200,
) -> Response:
    context = for_record(reading_context(), record.values)
    typed, errors, clashes, yours = typed or {}, errors or {}, clashes or {}, yours or {}
    values = form_logic.held(record.type, typed, context, record.values)
    names = _names(record, values)
    fields = []
    for name, required in names.items():
        value, text = record.values.get(name), typed.get(name)
        prop = form_logic.offered(record.type, record.type.property(name), values, value if text is None else text)
        control = field_for(prop, context, value, text, required, errors.get(name))
        control = with_stage_choices(control, viewer(), record.type, record.values, values)
        clash, versions = clashes.get(name), None
        if clash is not None:
            texts = [show(prop, one, context).text for one in (clash.before, clash.theirs, yours.get(name))]
            versions = Versions(*texts)
        fields.append(HeaderField(control, versions))
    return render(
        "records/header.html",
        "records/_header_form.html",
        status=status,
        record=record,
        object_type=record.type,
        version=version,
        fields=fields,
        messages=[message for name, message in errors.items() if name not in names],
        is_conflict=bool(clashes),
        reloads=[name for name in names if form_logic.decides(record.type, name)],
    )
