"""/bulk: work in bulk that one began, how far it is, and undoing it (QUALITY 2.3, 4)."""

from urllib.parse import urlencode

from babel.numbers import format_decimal
from flask import Blueprint, Response, request

from crm.activities.queries import get_activity, names_of
from crm.bulk import operations, queries
from crm.bulk.queries import Run
from crm.db import unit_of_work
from crm.i18n import reader
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.permissions.errors import NotFound
from crm.records.queries import current_id
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.flashes import flash
from crm.web.htmx import redirect_to, render
from crm.web.numbers import whole_number

blueprint = Blueprint("bulk", __name__)

HOME = "/bulk"
PAGE_SIZE = 25
GOES_ON = N_("%(title)s: %(done)s of %(total)s so far. The rest is done in the background.")
FINISHED = N_("%(title)s: %(changed)s changed.")
NOT_ALL = N_("%(title)s: %(changed)s changed, %(skipped)s left as they were.")
SHOW = N_("Show")


def number(value: int) -> str:
    """A number as the reader writes it."""
    return str(format_decimal(value, locale=reader().locale))


def flash_run(run: Run, text: Message | None = None) -> None:
    """Say what has just been begun, with the way to its page and to Undo.

    `text` is what is said of a run that is done already; without it, how many things it changed, and how many not.
    """
    counted = {"title": run.title, "changed": f"{run.changed:,}", "skipped": f"{run.skipped:,}"}
    finished = text or Message(NOT_ALL if run.skipped else FINISHED, **counted)
    goes_on = Message(GOES_ON, title=run.title, done=f"{run.done:,}", total=f"{run.total:,}")
    flash(
        goes_on if run.is_busy else finished,
        undo_url=f"{HOME}/{run.id}/undo" if run.may_be_undone else None,
        link_url=f"{HOME}/{run.id}",
        link_label=SHOW,
    )


@blueprint.get(HOME)
@requires(SIGNED_IN)
def runs() -> Response:
    """What one began, the newest first; `?page-key=` older ones."""
    sent = request.args.get("page-key", "")
    found = queries.runs_of(viewer(), limit=PAGE_SIZE + 1, before_id=whole_number(sent) if sent else None)
    shown = found[:PAGE_SIZE]
    older = f"{HOME}?{urlencode({'page-key': shown[-1].id})}" if len(found) > PAGE_SIZE else ""
    return render(
        "bulk/index.html",
        "bulk/_list.html",
        runs=shown,
        older_url=older,
        newest_url=HOME if sent else "",
        here_url=f"{HOME}?{urlencode({'page-key': sent})}" if sent else HOME,
        number=number,
        days=queries.KEPT.days,
    )


@blueprint.get("/bulk/<int:run_id>")
@requires(SIGNED_IN)
def run(run_id: int) -> Response:
    """How far a run is; the page brings itself up to date while there is something to see."""
    return _page(run_id)


@blueprint.post("/bulk/<int:run_id>/undo")
@requires(SIGNED_IN)
def undo(run_id: int) -> Response:
    """Take back what a run changed and show it; 422 with the reason where that cannot be done."""
    try:
        with unit_of_work():
            operations.undo(viewer(), run_id)
    except InvalidValue as error:
        return _page(run_id, error.message)
    return redirect_to(f"{HOME}/{run_id}")


def _page(run_id: int, error: Message | None = None) -> Response:
    shown = queries.get_run(viewer(), run_id)
    return render(
        "bulk/show.html",
        "bulk/_run.html",
        status=422 if error else 200,
        run=shown,
        error=error,
        about=_about(shown),
        number=number,
        days=queries.KEPT.days,
    )


def _about(run: Run) -> tuple[str, str] | None:
    """The address and the name of what a run is about, as far as the reader may see it; merged records as they are."""
    if run.record_id is None:
        return None
    try:
        [found] = names_of(viewer(), [current_id(viewer(), run.record_id)])
        is_activity = schema().object_type(found.object_type).is_activity
        if is_activity:
            get_activity(viewer(), found.record_id)
    except (NotFound, ValueError):
        return None
    url = f"/{'activities' if is_activity else 'records'}/{found.record_id}"
    return url, found.display_name or f"#{found.record_id}"
