"""The files on a record: all of them, page by page, and more of them attached, several at once (SPEC 1.9)."""

from collections.abc import Sequence

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from crm.activities.attachments import files_on
from crm.db import unit_of_work
from crm.files.operations import attach
from crm.files.storage import Deposit
from crm.files.views import blueprint
from crm.files.views.receiving import limit_mb, received
from crm.messages import N_, InvalidValue, Message
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden, NotFound
from crm.records.queries import RecordRow, get_record
from crm.web.auth import SIGNED_IN, TIMES_AS_MUCH, requires, takes_files, viewer
from crm.web.errors import http_error, read_to_the_end
from crm.web.flashes import flash
from crm.web.forms import new_key, once, remember, sent_key
from crm.web.htmx import is_fragment, redirect_to, render

PAGE = 25
FIELD = "files"
CHOOSE = N_("Choose a file.")
TOO_MUCH = N_("Together the files are larger than %(limit)s MB. Nothing was attached; try fewer at once.")
CHANGED = ("attachments-changed",)


@blueprint.get("/records/<int:record_id>/attachments")
@requires(SIGNED_IN)
def attachments(record_id: int) -> Response:
    """The files of a record and of its activities, newest first; `before` continues an earlier page."""
    return _page(get_record(viewer(), record_id))


@blueprint.post("/records/<int:record_id>/attachments")
@requires(SIGNED_IN)
@takes_files
def attach_files(record_id: int) -> Response:
    """Attach what was sent, all of it or nothing; 422 with the form and the reason when it cannot be taken."""
    record = get_record(viewer(), record_id, Verb.EDIT)
    key = sent_key()
    try:
        deposits = received(request.files.getlist(FIELD))
        if not deposits:
            raise InvalidValue(CHOOSE)
    except InvalidValue as error:
        return _form(record, error.message)
    back = f"/records/{record_id}/attachments"
    with unit_of_work():
        if once(key) is None:
            for deposit in deposits:
                attach(viewer(), record_id, deposit)
            remember(key, back)
    flash(_attached(deposits))
    return _form(record, events=CHANGED) if is_fragment() else redirect_to(back)


@blueprint.errorhandler(RequestEntityTooLarge)
def more_than_is_read(error: RequestEntityTooLarge) -> Response:
    """The form with the reason, where files were sent that are too much together; nothing of it was read."""
    asked = request.view_args or {}
    try:
        record = get_record(viewer(), asked["record_id"], Verb.EDIT)
    except (KeyError, NotFound, Forbidden):
        return http_error(error)
    read_to_the_end()
    return _form(record, Message(TOO_MUCH, limit=limit_mb() * TIMES_AS_MUCH), status=413, key=new_key())


def _attached(deposits: Sequence[Deposit]) -> Message:
    if len(deposits) == 1:
        return Message(N_("“%(name)s” is attached."), name=deposits[0].name)
    return Message(N_("%(count)s files are attached."), count=len(deposits))


def _form(
    record: RecordRow,
    error: Message | None = None,
    status: int = 422,
    key: str = "",
    events: Sequence[str] = (),
) -> Response:
    if not is_fragment():
        return _page(record, error, status, key)
    return render(
        "files/attachments.html",
        "files/_attach.html",
        status=status if error else 200,
        events=events,
        record=record,
        error=error,
        key=key,
    )


def _page(record: RecordRow, error: Message | None = None, status: int = 200, key: str = "") -> Response:
    before = request.args.get("before")
    page = files_on(viewer(), record, PAGE, before)
    here = f"/records/{record.id}/attachments"
    return render(
        "files/attachments.html",
        "files/_attachments.html",
        status=status,
        record=record,
        object_type=record.type,
        files=page,
        can_edit=viewer().covers(record.object_type, Verb.EDIT, record.owner_id),
        error=error,
        key=key,
        here=f"{here}?before={before}" if before else here,
        first_url=here if before else "",
        next_url=f"{here}?before={page.next_key}" if page.next_key else "",
    )
