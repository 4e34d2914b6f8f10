"""Filters of a timeline kept under a name: the menu of them, saving, changing, deleting (SPEC 1.6)."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from crm.accounts.queries import directory
from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.records.errors import InvalidInput
from crm.records.queries import RecordRow, get_record
from crm.timeline.saved_filters import (
    LONGEST_NAME,
    SavedFilter,
    change_filter,
    delete_filter,
    filters_of,
    own_filter,
    restore_filter,
    save_filter,
)
from crm.timeline.selection import Selection
from crm.timeline.views import blueprint
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import redirect_to, render

SAVED = N_("Saved.")
DELETED = N_("Deleted.")
FOR_EVERYBODY = "everybody"


@blueprint.get("/records/<int:record_id>/timeline/filters")
@requires(SIGNED_IN)
def saved_filters(record_id: int) -> Response:
    """The filters this person can open on the record; the address says which are in use, as for a timeline."""
    record = get_record(viewer(), record_id)
    selection = Selection.parse(request.args)
    return render(
        "timeline/saved_filters.html",
        "timeline/_saved_menu.html",
        record=record,
        object_type=record.type,
        rows=[_row(one, record, selection) for one in filters_of(viewer(), record.object_type)],
        state=selection.query_string() if selection else "",
    )


def _row(saved: SavedFilter, record: RecordRow, selection: Selection) -> dict[str, Any]:
    own, _notice = saved.read()
    here = f"/records/{record.id}"
    pairs = [("filter", str(saved.id))] if saved.is_shared else own.arguments()
    return {
        "saved": saved,
        "url": f"{here}?tab=activities&filter={saved.id}",
        "timeline_url": f"{here}/timeline?filter={saved.id}",
        # A colleague cannot open what is private by its number, but may have the same filters.
        "link": f"{here}?{urlencode([('tab', 'activities'), *pairs])}",
        "path": f"{here}/timeline/filters/{saved.id}",
        "chips": [chip.text for chip, _rest in own.chips()],
        "is_current": own == selection,
        "whose": directory().name_of(saved.user_id),
        "may_change": saved.may_change(viewer()),
        "may_delete": saved.may_delete(viewer()),
    }


@blueprint.get("/records/<int:record_id>/timeline/filters/new")
@requires(SIGNED_IN)
def new_filter(record_id: int) -> Response:
    """The form that keeps the filters of the address under a name."""
    return _form(get_record(viewer(), record_id), Selection.parse(request.args))


@blueprint.post("/records/<int:record_id>/timeline/filters")
@requires(SIGNED_IN)
def create_filter(record_id: int) -> Response:
    """Keep the filters under the name typed and open them."""
    record = get_record(viewer(), record_id)
    selection = Selection.parse(request.form)
    name, is_shared = _typed()
    try:
        key = sent_key()
        with unit_of_work():
            location = once(key)
            if location is None:
                made = save_filter(viewer(), record.object_type, name, is_shared, selection)
                location = f"/records/{record_id}?tab=activities&filter={made}"
                remember(key, location)
    except InvalidInput as error:
        return _form(record, selection, errors=error.errors)
    flash(SAVED)
    return redirect_to(location)


@blueprint.get("/records/<int:record_id>/timeline/filters/<int:filter_id>")
@requires(SIGNED_IN)
def edit_filter(record_id: int, filter_id: int) -> Response:
    """The form of a filter of one's own; the address says which filters it could have instead."""
    record = get_record(viewer(), record_id)
    saved = own_filter(viewer(), record.object_type, filter_id)
    return _form(record, Selection.parse(request.args), saved)


@blueprint.post("/records/<int:record_id>/timeline/filters/<int:filter_id>")
@requires(SIGNED_IN)
def save_changes(record_id: int, filter_id: int) -> Response:
    """Give a filter of one's own another name, other readers or other filters."""
    record = get_record(viewer(), record_id)
    saved = own_filter(viewer(), record.object_type, filter_id)
    selection = Selection.parse(request.form)
    name, is_shared = _typed()
    other = selection if request.form.get("take") == "1" else None
    try:
        with unit_of_work():
            change_filter(viewer(), record.object_type, filter_id, name, is_shared, other)
    except InvalidInput as error:
        return _form(record, selection, saved, error.errors)
    flash(SAVED)
    return redirect_to(f"/records/{record_id}/timeline/filters")


@blueprint.post("/records/<int:record_id>/timeline/filters/<int:filter_id>/deletion")
@requires(SIGNED_IN)
def delete_saved_filter(record_id: int, filter_id: int) -> Response:
    """Delete a filter, with the way back in the answer."""
    record = get_record(viewer(), record_id)
    with unit_of_work():
        delete_filter(viewer(), record.object_type, filter_id)
    here = f"/records/{record_id}/timeline/filters"
    flash(DELETED, undo_url=f"{here}/{filter_id}/restoration")
    return redirect_to(here)


@blueprint.post("/records/<int:record_id>/timeline/filters/<int:filter_id>/restoration")
@requires(SIGNED_IN)
def restore_saved_filter(record_id: int, filter_id: int) -> Response:
    """Bring a deleted filter back."""
    record = get_record(viewer(), record_id)
    try:
        with unit_of_work():
            restore_filter(viewer(), record.object_type, filter_id)
    except InvalidInput as error:
        flash(error.errors["name"], kind="failed")
    return redirect_to(f"/records/{record_id}/timeline/filters")


def _typed() -> tuple[str, bool]:
    return request.form.get("name", ""), request.form.get("for") == FOR_EVERYBODY


def _form(
    record: RecordRow,
    selection: Selection,
    saved: SavedFilter | None = None,
    errors: dict[str, Message] | None = None,
) -> Response:
    name, is_shared = _typed() if errors else (saved.name, saved.is_shared) if saved else ("", False)
    here = f"/records/{record.id}/timeline/filters"
    return render(
        "timeline/saved_filter.html",
        "timeline/_saved_filter.html",
        status=422 if errors else 200,
        record=record,
        object_type=record.type,
        saved_filter=saved,
        action=f"{here}/{saved.id}" if saved else here,
        name=name,
        is_shared=is_shared,
        takes=request.form.get("take") == "1",
        errors=errors or {},
        longest=LONGEST_NAME,
        pairs=selection.arguments() if selection else [],
        chips=[chip.text for chip, _rest in selection.chips()],
        key=form_key(),
    )
