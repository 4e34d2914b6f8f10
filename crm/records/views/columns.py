"""Which columns an index page shows, and in what order: asked in a dialog, kept in the address (SPEC 5.1)."""

from dataclasses import replace

from flask import Response, request
from werkzeug.datastructures import MultiDict

from crm.objects.queries import schema
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden
from crm.records.columns import MOST_COLUMNS, columns_named, offered_columns
from crm.records.views import blueprint
from crm.records.views.index_query import IndexQuery
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.htmx import redirect_to, render

BEGUN, COLUMN, TICK, UP, DOWN, REMOVE, APPLY = "begun", "column", "tick", "up", "down", "remove", "apply"
MOST_SENT = 500


@blueprint.get("/objects/<object_name>/columns")
@requires(SIGNED_IN)
def edit_columns(object_name: str) -> Response:
    """The columns to choose from and those chosen, `?column=` in order; `apply` leads to the table with them.

    `tick` are the boxes that are ticked: what is not among them goes, what is new comes last. `up`, `down` and
    `remove` name a column.
    """
    object_type = schema().by_plural(object_name)
    if not viewer().may(object_type.name, Verb.VIEW):
        raise Forbidden(object_name)
    query = IndexQuery.of(object_type, request.args)
    chosen = query.table_columns
    if BEGUN in request.args:
        chosen = columns_named(viewer(), object_type, _chosen(request.args)[:MOST_SENT])
    if APPLY in request.args:
        names = tuple(one.name for one in chosen) or query.columns_shown
        return redirect_to(replace(query, columns_shown=names).url())
    return render(
        "records/columns.html",
        "records/_columns.html",
        object_type=object_type,
        here=f"/objects/{object_name}/columns",
        back_url=query.url(),
        state=query.state(),
        groups=offered_columns(viewer(), object_type, reading_context().translate),
        chosen=chosen,
        names={one.name for one in chosen},
        most=MOST_COLUMNS,
        is_full=len(chosen) >= MOST_COLUMNS,
    )


def _chosen(sent: MultiDict[str, str]) -> list[str]:
    """The names of the chosen columns in their order, after what was ticked, unticked, moved or taken away."""
    before, ticked = sent.getlist(COLUMN), sent.getlist(TICK)
    names = [name for name in before if name in ticked] + [name for name in ticked if name not in before]
    gone, moved = sent.get(REMOVE, ""), sent.get(UP) or sent.get(DOWN) or ""
    names = [name for name in names if name != gone]
    if moved in names:
        place = names.index(moved) + (-1 if sent.get(UP) else 1)
        names.remove(moved)
        names.insert(max(0, place), moved)
    return names
