"""/objects/<objects>/duplicates: records that may be the same, to be merged or dismissed (SPEC 4.7)."""

from typing import Any

from flask import Response, request

from crm.db import unit_of_work
from crm.merging.duplicates.comparisons import comparisons
from crm.merging.duplicates.operations import ask_for_search, dismiss, take_up
from crm.merging.duplicates.queries import DISMISSED, OFFERED, pairs_page, search_state
from crm.merging.views import blueprint
from crm.messages import N_
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden, NotFound
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.flashes import flash
from crm.web.htmx import is_fragment, redirect_to, render

NOT_THE_SAME = N_("Dismissed: they are not offered again unless something changes.")
OFFERED_AGAIN = N_("The pair is offered again.")
SEARCHING = N_("Kartotek is looking for duplicates. You can go on working meanwhile.")
STATE_NAMES = ((OFFERED, N_("Open")), (DISMISSED, N_("Dismissed")))


@blueprint.get("/objects/<object_name>/duplicates")
@requires(SIGNED_IN)
def duplicates(object_name: str) -> Response:
    """The pairs of which this person sees both records, filtered by reason; with how the search goes."""
    kind = _compared(object_name)
    state, reason = request.args.get("state") or OFFERED, request.args.get("reason", "")
    page = pairs_page(viewer(), kind, reading_context(), state, reason, request.args.get("page-key", ""))
    return _render(kind, page=page, state=state, reason=reason)


@blueprint.post("/objects/<object_name>/duplicates/search")
@requires(SIGNED_IN)
def search_duplicates(object_name: str) -> Response:
    """Have the worker look now."""
    kind = _compared(object_name)
    with unit_of_work():
        ask_for_search(kind)
    if not is_fragment():
        flash(SEARCHING)
    return redirect_to(f"/objects/{object_name}/duplicates")


@blueprint.post("/objects/<object_name>/duplicates/<int:pair_id>/dismissal")
@requires(SIGNED_IN)
def dismiss_pair(object_name: str, pair_id: int) -> Response:
    """These two are not the same."""
    kind = _compared(object_name)
    with unit_of_work():
        dismiss(viewer(), kind, pair_id)
    here = f"/objects/{object_name}/duplicates"
    flash(NOT_THE_SAME, undo_url=f"{here}/{pair_id}/return")
    return redirect_to(here)


@blueprint.post("/objects/<object_name>/duplicates/<int:pair_id>/return")
@requires(SIGNED_IN)
def take_up_pair(object_name: str, pair_id: int) -> Response:
    """Offer a dismissed pair again."""
    kind = _compared(object_name)
    with unit_of_work():
        take_up(viewer(), kind, pair_id)
    flash(OFFERED_AGAIN)
    return redirect_to(f"/objects/{object_name}/duplicates")


def _compared(object_name: str) -> ObjectType:
    """The object; raises NotFound for one whose records are not compared or not seen, Forbidden for who only looks."""
    kind = schema().by_plural(object_name)
    if kind.name not in comparisons or not viewer().may(kind.name, Verb.VIEW):
        raise NotFound(object_name)
    if not viewer().may(kind.name, Verb.EDIT):
        raise Forbidden(f"{viewer().name} may not merge {object_name}")
    return kind


def _render(kind: ObjectType, **context: Any) -> Response:
    comparison = comparisons.get(kind.name)
    reasons = comparison.reasons if comparison else ()
    return render(
        "merging/duplicates.html",
        "merging/_duplicates.html",
        object_type=kind,
        search=search_state(kind),
        states=STATE_NAMES,
        reasons=[("", N_("Any reason")), *((one.name, one.label) for one in reasons)],
        **context,
    )
