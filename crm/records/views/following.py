"""Following a record, and no longer: an item of the Actions menu (REC-06)."""

from flask import Response, request

from crm.db import unit_of_work
from crm.messages import N_, InvalidValue, Message
from crm.records.following import follow
from crm.records.queries import get_record
from crm.records.record_tools import record_tools
from crm.records.views import blueprint
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.flashes import flash
from crm.web.htmx import is_fragment, redirect_to, render

FOLLOWS = N_("You follow %(name)s: you are told of its owner, its stage, new activities and comments.")
STOPPED = N_("You no longer follow %(name)s.")


@blueprint.post("/records/<int:record_id>/following")
@requires(SIGNED_IN)
def change_following(record_id: int) -> Response:
    """Follow the record (`on=1`) or stop (`on=0`); the item of the menu comes back as it is now."""
    record, wanted = get_record(viewer(), record_id), request.form.get("on", "")
    if wanted not in ("0", "1"):
        raise InvalidValue(N_("Choose to follow or not to."))
    with unit_of_work():
        follow(viewer(), record_id, wanted == "1")
    flash(Message(FOLLOWS if wanted == "1" else STOPPED, name=record.title))
    tool = record_tools.get("follow")
    if not is_fragment() or tool is None or tool.switch is None:
        return redirect_to(f"/records/{record_id}")
    switch = tool.switch(viewer(), record)
    return render("records/_tool_switch.html", "records/_tool_switch.html", record=record, switch=switch)
