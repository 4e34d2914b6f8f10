"""Taking a file off what it hangs on, after a question (SPEC 1.9)."""

from flask import Response, request

from crm.activities.attachments import get_removable
from crm.activities.views.on_record import record_of
from crm.db import unit_of_work
from crm.files.operations import remove
from crm.files.views import blueprint
from crm.messages import N_, Message
from crm.records.queries import RecordRow, get_record
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.flashes import flash
from crm.web.htmx import is_fragment, redirect_to, render, render_nothing

REMOVED = N_("“%(name)s” is removed.")


@blueprint.get("/files/<int:attachment_id>/removal")
@requires(SIGNED_IN)
def ask_removal(attachment_id: int) -> Response:
    """The question; `?record=` is the record whose files are being looked at."""
    file = get_removable(viewer(), attachment_id)
    record = _looked_at(file.item.record_id, file.source.is_activity, request.args.get("record"))
    return render("files/removal.html", "files/_removal.html", file=file, record=record, object_type=record.type)


@blueprint.post("/files/<int:attachment_id>/removal")
@requires(SIGNED_IN)
def remove_file(attachment_id: int) -> Response:
    """Remove the file, of an activity from all records that is on."""
    file = get_removable(viewer(), attachment_id)
    record = _looked_at(file.item.record_id, file.source.is_activity, request.form.get("record"))
    with unit_of_work():
        remove(viewer(), file.item)
    flash(Message(REMOVED, name=file.item.name))
    if is_fragment():
        return render_nothing(["attachments-changed"])
    return redirect_to(f"/records/{record.id}/attachments")


def _looked_at(hangs_on: int, is_activity: bool, named: str | None) -> RecordRow:
    return record_of(hangs_on, named) if is_activity else get_record(viewer(), hangs_on)
