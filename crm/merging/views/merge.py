"""/records/<id>/merge: finding the other record, both side by side, and making them one (SPEC 4.6)."""

from collections.abc import Mapping

from flask import Response, request
from werkzeug.datastructures import MultiDict

from crm.db import unit_of_work
from crm.merging.candidates import candidates
from crm.merging.errors import CannotMerge, Outdated
from crm.merging.operations import KEPT_FOR, merge
from crm.merging.planning import MergePlan, plan
from crm.merging.preview import preview
from crm.merging.queries import what_hangs_on
from crm.merging.sides import Which
from crm.merging.views import blueprint
from crm.messages import N_, Message
from crm.permissions.actions import Verb
from crm.permissions.errors import MergedAway, NotFound
from crm.records.errors import InvalidInput
from crm.records.queries import RecordRow, get_record
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import redirect_to, render
from crm.web.numbers import whole_number

CHOICE = "choice-"
MERGED = N_("%(first)s and %(second)s are one record now.")
LOOK_AGAIN = N_("%(name)s was changed in the meantime. Look at the preview again.")
BECAME = N_("Record #%(old)s was merged in the meantime; it is #%(new)s now.")
NO_SUCH_RECORD = N_("There is no such record, or you may not see it.")


@blueprint.get("/records/<int:record_id>/merge")
@requires(SIGNED_IN)
def choose_merge(record_id: int) -> Response:
    """The search for the other record; with one, both side by side and what will become of them."""
    record = get_record(viewer(), record_id, Verb.EDIT)
    if not request.args.get("with"):
        return _search(record, request.args.get("q", "").strip()[:200])
    try:
        return _side_by_side(_plan(record_id, request.args))
    except CannotMerge as error:
        return _search(record, "", error.message)


@blueprint.post("/records/<int:record_id>/merge")
@requires(SIGNED_IN)
def do_merge(record_id: int) -> Response:
    """Make one record of two, as the preview said; 409 with the new preview when that is no longer so.

    With `preview` nothing is written: what was chosen is shown.
    """
    key = sent_key()
    try:
        if "preview" in request.form:
            return _side_by_side(_plan(record_id, request.form))
        with unit_of_work():
            location = once(key)
            if location is None:
                planned = _plan(record_id, request.form)
                _refuse_other_versions(planned)
                made = merge(viewer(), planned)
                location = f"/records/{made.record_id}"
                remember(key, location)
                text = Message(MERGED, first=planned.primary.title, second=planned.secondary.title)
                flash(text, undo_url=f"/merges/{made.merge_id}/undo")
    except CannotMerge as error:
        return _search(get_record(viewer(), record_id, Verb.EDIT), "", error.message)
    except InvalidInput as error:
        return _side_by_side(_plan(record_id, request.form), next(iter(error.errors.values())), 422)
    except Outdated as error:
        return _look_again(record_id, error)
    return redirect_to(location)


def _plan(record_id: int, sent: MultiDict[str, str]) -> MergePlan:
    other_id = whole_number(sent.get("with"))
    try:
        return plan(viewer(), record_id, other_id, _choices(sent))
    except NotFound as error:
        get_record(viewer(), record_id, Verb.EDIT)
        if isinstance(error, MergedAway):
            raise CannotMerge(Message(BECAME, old=error.record_id, new=error.into_id)) from None
        raise CannotMerge(NO_SUCH_RECORD) from None


def _choices(sent: Mapping[str, str]) -> dict[str, Which]:
    chosen = {name.removeprefix(CHOICE): value for name, value in sent.items() if name.startswith(CHOICE)}
    return {name: Which(value) for name, value in chosen.items() if value in set(Which)}


def _refuse_other_versions(planned: MergePlan) -> None:
    """Raise Outdated when the form showed another state of one of the two."""
    for record, name in ((planned.primary, "version"), (planned.secondary, "other_version")):
        if str(record.version) != request.form.get(name):
            raise Outdated(Message(LOOK_AGAIN, name=record.title))


def _look_again(record_id: int, error: Outdated) -> Response:
    record = get_record(viewer(), record_id, Verb.EDIT)
    try:
        return _side_by_side(_plan(record_id, request.form), error.message, 409)
    except CannotMerge:
        return _search(record, "", error.message, 409)


def _search(record: RecordRow, q: str, error: Message | None = None, status: int = 422) -> Response:
    found = candidates(viewer(), record, q, reading_context())
    return render(
        "merging/search.html",
        "merging/_found.html",
        status=status if error else 200,
        record=record,
        object_type=record.type,
        q=q,
        found=found,
        error=error,
    )


def _side_by_side(planned: MergePlan, error: Message | None = None, status: int = 200) -> Response:
    hanging = what_hangs_on(viewer(), [planned.primary.id, planned.secondary.id])
    return render(
        "merging/merge.html",
        "merging/_preview.html",
        status=status,
        object_type=planned.kind,
        record=planned.primary,
        preview=preview(planned, hanging, reading_context(), KEPT_FOR.days),
        key=form_key(),
        error=error,
    )
