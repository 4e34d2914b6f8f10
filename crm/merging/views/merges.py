"""The merges of a record, and taking one apart again (SPEC 4.6)."""

from flask import Response

from crm.db import unit_of_work
from crm.merging.errors import CannotUnmerge, UndoneAlready
from crm.merging.operations import KEPT_FOR, unmerge
from crm.merging.queries import merges_of, plan_unmerge, undone_merge
from crm.merging.sides import merged_ids
from crm.merging.views import blueprint
from crm.messages import N_, Message
from crm.properties.types.base import Context
from crm.records.queries import get_record
from crm.records.shown import show
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.flashes import flash
from crm.web.htmx import redirect_to, render

UNDONE = N_("They are two records again: this is %(name)s.")


@blueprint.get("/records/<int:record_id>/merges")
@requires(SIGNED_IN)
def merges(record_id: int) -> Response:
    """Which records have become this one, when and by whom."""
    record = get_record(viewer(), record_id)
    return render(
        "merging/merges.html",
        record=record,
        object_type=record.type,
        merges=merges_of(viewer(), record_id),
        merged_ids=merged_ids(record),
        days=KEPT_FOR.days,
    )


@blueprint.get("/merges/<int:merge_id>")
@requires(SIGNED_IN)
def ask_unmerge(merge_id: int) -> Response:
    """What taking the merge apart will do, or that it was taken apart."""
    undone = undone_merge(viewer(), merge_id)
    return render("merging/undone.html", undone=undone) if undone else _page(merge_id)


@blueprint.post("/merges/<int:merge_id>/undo")
@requires(SIGNED_IN)
def undo(merge_id: int) -> Response:
    """Take the merge apart and show the primary record; 422 with the reason where that cannot be done.

    Sent twice, it does so once and says the same.
    """
    try:
        with unit_of_work():
            primary_id, _secondary_id = unmerge(viewer(), merge_id)
    except UndoneAlready as done:
        primary_id = done.primary_id
    except CannotUnmerge as error:
        return _page(merge_id, error.message)
    flash(Message(UNDONE, name=get_record(viewer(), primary_id).title))
    return redirect_to(f"/records/{primary_id}")


def _page(merge_id: int, error: Message | None = None) -> Response:
    plan = plan_unmerge(viewer(), merge_id)
    return render(
        "merging/unmerge.html",
        status=422 if error else 200,
        plan=plan,
        object_type=plan.kind,
        values=_shown(plan.values, reading_context()),
        error=error or plan.refusal,
        may_undo=plan.refusal is None,
    )


def _shown(values: object, context: Context) -> list[tuple[str, str, object]]:
    return [(one.prop.label, show(one.prop, one.value, context).text, one) for one in values]  # type: ignore[attr-defined]
