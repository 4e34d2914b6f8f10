"""What an index page counts and adds up when somebody asks: all rows, their sums and averages (SPEC 5.1)."""

from flask import Response, request

from crm.objects.queries import schema
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden
from crm.records.views import blueprint
from crm.records.views.index_activities import ActivityQuery
from crm.records.views.index_query import IndexQuery
from crm.selections.totals import MOST_ADDED, count_all, totals
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.htmx import render


@blueprint.get("/objects/<object_name>/totals")
@requires(SIGNED_IN)
def show_totals(object_name: str) -> Response:
    """The foot of the table of this address: sum and average of its numbers over all rows that match."""
    query = _query(object_name)
    kind, found = query.object_type, query.narrowed(query.wanted())
    properties = [one.prop for one in query.table_columns if one.is_own and one.prop]
    return render(
        "records/totals.html",
        "records/_totals.html",
        object_type=kind,
        columns=query.columns(query.sort_url),
        totals=totals(viewer(), kind, properties, found.condition, reading_context()),
        most=f"{MOST_ADDED:,}",
        back_url=query.url(),
    )


@blueprint.get("/objects/<object_name>/count")
@requires(SIGNED_IN)
def show_count(object_name: str) -> Response:
    """How many rows the table of this address has, to the last one."""
    query = _query(object_name)
    found = query.narrowed(query.wanted())
    return render(
        "records/count.html",
        "records/_count.html",
        object_type=query.object_type,
        count_text=f"{count_all(viewer(), query.object_type, found.condition):,}",
        count_url=None,
        back_url=query.url(),
    )


def _query(object_name: str) -> IndexQuery:
    kind = schema().by_plural(object_name)
    if not viewer().may(kind.name, Verb.VIEW):
        raise Forbidden(object_name)
    return (ActivityQuery if kind.is_activity else IndexQuery).of(kind, request.args)
