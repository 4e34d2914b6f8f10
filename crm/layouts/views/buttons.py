"""The activity buttons by themselves, and the order somebody puts them in for themselves (SPEC 1.4)."""

from flask import Response, request

from crm.db import unit_of_work
from crm.layouts.buttons import buttons_for, in_row, kinds_for, put_buttons_in_order
from crm.layouts.personal import read_personal
from crm.layouts.views import blueprint
from crm.messages import N_, InvalidValue
from crm.permissions.errors import Forbidden
from crm.records.queries import RecordRow, get_record
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import is_fragment, redirect_to, render

MOST_KINDS = 100
NO_KIND = N_("There is no such kind of activity here.")
REORDERED = "buttons-changed"


@blueprint.get("/records/<int:record_id>/buttons")
@requires(SIGNED_IN)
def show_buttons(record_id: int) -> Response:
    """The row of buttons, after an address of the record or their order changed."""
    record = get_record(viewer(), record_id)
    if not is_fragment():
        return redirect_to(f"/records/{record_id}")
    found = buttons_for(viewer(), record, read_personal(viewer(), record.object_type))
    return render("records/_activity_buttons.html", "records/_activity_buttons.html", record=record, buttons=found)


@blueprint.get("/records/<int:record_id>/buttons/order")
@requires(SIGNED_IN)
def ask_order(record_id: int) -> Response:
    """All kinds in their order, each with the way up and down."""
    return _order(get_record(viewer(), record_id))


@blueprint.post("/records/<int:record_id>/buttons/order")
@requires(SIGNED_IN)
def save_order(record_id: int) -> Response:
    """Put the buttons in order for this person: all of them, one `up` or `down`, or as the program has them."""
    record = get_record(viewer(), record_id)
    known = {kind.name for kind in kinds_for(viewer(), record.type, read_personal(viewer(), record.object_type))}
    if not known:
        raise Forbidden(f"{viewer().name} logs nothing on {record.type.plural_name}")
    moved = request.form.get("up") or request.form.get("down") or ""
    names = list(dict.fromkeys(request.form.getlist("kind")[:MOST_KINDS]))
    if any(name not in known for name in [*names, *([moved] if moved else [])]) or (moved and moved not in names):
        raise InvalidValue(NO_KIND)
    if moved:
        place = names.index(moved) + (-1 if request.form.get("up") else 1)
        names.remove(moved)
        names.insert(max(0, place), moved)
    with unit_of_work():
        put_buttons_in_order(viewer(), record.type, [] if request.form.get("reset") else names)
    return _order(record, (REORDERED,)) if is_fragment() else redirect_to(f"/records/{record_id}/buttons/order")


def _order(record: RecordRow, events: tuple[str, ...] = ()) -> Response:
    personal = read_personal(viewer(), record.object_type)
    kinds = kinds_for(viewer(), record.type, personal)
    return render(
        "records/button_order.html",
        "records/_button_order.html",
        events=events,
        record=record,
        object_type=record.type,
        kinds=kinds,
        in_row=in_row(kinds, personal),
        is_own=bool(personal.buttons),
    )
