"""The static lists a record is put on and taken off: an item of the Actions menu (REC-14)."""

from flask import Response, request

from crm.db import unit_of_work
from crm.lists.operations import add_members, remove_members
from crm.lists.queries import ListRow, Membership, memberships, static_lists
from crm.lists.views import blueprint
from crm.messages import N_, Message
from crm.permissions.errors import NotFound
from crm.records.queries import RecordRow, get_record
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.flashes import flash
from crm.web.htmx import is_fragment, redirect_to, render, render_nothing
from crm.web.numbers import whole_numbers

CHANGED = ("lists-changed",)
ON, OFF = "list", "held"
SAVED = N_("The lists of %(name)s are saved.")


@blueprint.get("/records/<int:record_id>/lists")
@requires(SIGNED_IN)
def ask_lists(record_id: int) -> Response:
    """The static lists of such records that one may fill, with those it is on."""
    record, offered, on = _fillable(record_id)
    return render(
        "lists/record.html",
        "lists/_record.html",
        record=record,
        object_type=record.type,
        offered=offered,
        on={one.list.id for one in on},
    )


@blueprint.post("/records/<int:record_id>/lists")
@requires(SIGNED_IN)
def set_lists(record_id: int) -> Response:
    """Put it on the lists `list`, and take it off those of the lists `held` that are not among them.

    `held` are the lists it was on when the form was opened: what others did meanwhile stays.
    """
    record, offered, _on = _fillable(record_id)
    wanted, held = set(whole_numbers(request.form, ON)), set(whole_numbers(request.form, OFF))
    if wanted - {one.id for one in offered}:
        raise NotFound("a list that cannot be filled")
    with unit_of_work():
        for one in offered:
            if one.id in wanted:
                add_members(viewer(), one.id, [record.id])
            elif one.id in held:
                remove_members(viewer(), one.id, [record.id])
    flash(Message(SAVED, name=record.title))
    return render_nothing(CHANGED) if is_fragment() else redirect_to(f"/records/{record_id}")


def _fillable(record_id: int) -> tuple[RecordRow, list[ListRow], list[Membership]]:
    record = get_record(viewer(), record_id)
    return record, static_lists(viewer(), record.type), memberships(viewer(), record)
