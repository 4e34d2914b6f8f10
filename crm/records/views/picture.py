"""The picture of a contact or a company: shown to those who see the record, changed by a click on it (SPEC 1.2)."""

import io

from flask import Response, current_app, request

from crm.db import unit_of_work
from crm.files.images import MOST_BYTES, MOST_PIXELS, check_image, image_type
from crm.files.storage import Deposit
from crm.messages import N_, InvalidValue, Message
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.records.errors import InvalidInput
from crm.records.pictures import has_pictures, set_picture
from crm.records.queries import RecordRow, get_record
from crm.records.views import blueprint
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.file_store import file_store
from crm.web.flashes import flash
from crm.web.htmx import is_fragment, redirect_to, render, render_nothing
from crm.web.security import FILE_POLICY

CHOOSE = N_("Choose a file.")
SAVED, TAKEN_AWAY = N_("The picture is saved."), N_("The picture is removed.")
REMOVE = "remove"
A_YEAR = 365 * 24 * 3600


@blueprint.get("/records/<int:record_id>/picture/<sha256>")
@requires(SIGNED_IN)
def show_picture(record_id: int, sha256: str) -> Response:
    """The bytes of the record's picture; 404 for others, and where the record is hidden.

    The address names the bytes, so the reader's own browser may keep them, and nobody between.
    """
    picture = get_record(viewer(), record_id).picture
    if picture is None or picture.sha256 != sha256:
        raise NotFound(f"record {record_id} has no such picture")
    try:
        content = file_store().path(sha256).read_bytes()
    except FileNotFoundError:
        current_app.logger.error("the picture of record %s (%s) is not on disk", record_id, sha256)
        raise NotFound(f"the picture of record {record_id} is gone") from None
    media_type = image_type(content)
    if media_type is None:
        raise NotFound(f"what record {record_id} has is no picture")
    answer = Response(content, mimetype=media_type)
    answer.headers["Content-Disposition"] = "inline"
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = f"private, max-age={A_YEAR}, immutable"
    return answer


@blueprint.get("/records/<int:record_id>/picture")
@requires(SIGNED_IN)
def ask_picture(record_id: int) -> Response:
    """The picture as it is, and the form for another one."""
    return _form(_with_picture(record_id))


@blueprint.post("/records/<int:record_id>/picture")
@requires(SIGNED_IN)
def save_picture(record_id: int) -> Response:
    """Take the file that was sent, or take the picture away; 422 with the reason when it cannot be taken."""
    record = _with_picture(record_id)
    is_removal = request.form.get("action") == REMOVE
    try:
        deposit = None if is_removal else _deposit()
        with unit_of_work():
            set_picture(viewer(), record.type, record_id, deposit)
    except InvalidValue as error:
        return _form(record, error.message)
    except InvalidInput as error:
        return _form(record, next(iter(error.errors.values())))
    flash(TAKEN_AWAY if is_removal else SAVED)
    return render_nothing(["record-updated"]) if is_fragment() else redirect_to(f"/records/{record_id}")


def _deposit() -> Deposit:
    sent = request.files.get("picture")
    if sent is None or not sent.filename:
        raise InvalidValue(CHOOSE)
    content = sent.stream.read(MOST_BYTES + 1)
    media_type = check_image(content)
    return file_store().store(io.BytesIO(content), sent.filename, media_type)


def _with_picture(record_id: int) -> RecordRow:
    record = get_record(viewer(), record_id, Verb.EDIT)
    if not has_pictures(record.type):
        raise NotFound(f"{record.object_type} has no picture")
    return record


def _form(record: RecordRow, error: Message | None = None) -> Response:
    return render(
        "records/picture.html",
        "records/_picture.html",
        status=422 if error else 200,
        record=record,
        object_type=record.type,
        error=error,
        most_mb=MOST_BYTES // (1024 * 1024),
        most_pixels=MOST_PIXELS,
    )
