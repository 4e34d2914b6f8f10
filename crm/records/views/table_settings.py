"""How somebody's tables look, and by what one is sorted: asked in a dialog (SPEC 5.1)."""

from collections.abc import Mapping
from dataclasses import replace

from flask import Response, request

from crm.db import unit_of_work
from crm.messages import N_, InvalidValue
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden
from crm.properties.types.base import Choice
from crm.records.columns import column_named
from crm.records.table_look import COMPACT, PAGE_SIZES, choose_look, choose_totals, choose_widths, look_of
from crm.records.tables import ASCENDING, DESCENDING
from crm.records.values import type_of
from crm.records.views import blueprint
from crm.records.views.index_query import IndexQuery
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.htmx import redirect_to, render, render_nothing
from crm.web.numbers import whole_number

MOST_SENT = 60
NO_WIDTH = N_("This is no width of a column.")


@blueprint.get("/objects/<object_name>/table-settings")
@requires(SIGNED_IN)
def ask_table_settings(object_name: str) -> Response:
    """Rows on a page, their height and stripes, and the order of the table of this address."""
    object_type = _object(object_name)
    query = IndexQuery.of(object_type, request.args)
    translate = reading_context().translate
    sortable = [prop for prop in object_type.properties.values() if type_of(prop).is_sortable]
    choices = [Choice(prop.name, translate(prop.label)) for prop in sortable]
    return render(
        "records/table_settings.html",
        "records/_table_settings.html",
        object_type=object_type,
        here=f"/objects/{object_name}/table-settings",
        back_url=query.url(),
        state=query.state(),
        look=look_of(viewer(), object_type),
        sizes=PAGE_SIZES,
        order=query.order,
        choices=sorted(choices, key=lambda choice: choice.label.casefold()),
    )


@blueprint.post("/objects/<object_name>/table-settings")
@requires(SIGNED_IN)
def save_table_settings(object_name: str) -> Response:
    """Remember the look for this person, and go to the table in the order that was chosen."""
    object_type, sent = _object(object_name), request.form
    query = IndexQuery.of(object_type, sent)
    with unit_of_work():
        choose_look(viewer(), whole_number(sent.get("size")), sent.get("height") == COMPACT, "stripes" in sent)
        if "forget-widths" in sent:
            choose_widths(viewer(), object_type, {})
    by, way = sent.get("sort-by", ""), DESCENDING if sent.get("sort-way") == DESCENDING else ASCENDING
    if by in object_type.properties:
        query = replace(query, sort=by, direction=way, key=None)
    return redirect_to(query.url())


@blueprint.post("/objects/<object_name>/column-widths")
@requires(SIGNED_IN)
def save_widths(object_name: str) -> Response:
    """Remember the widths `?widths=email:20 city:12` of columns, in steps of eight pixels."""
    object_type = _object(object_name)
    widths = _widths(object_type, request.form.get("widths", ""))
    with unit_of_work():
        choose_widths(viewer(), object_type, widths)
    return render_nothing()


@blueprint.post("/objects/<object_name>/totals")
@requires(SIGNED_IN)
def switch_totals(object_name: str) -> Response:
    """Remember whether this person wants totals under the table, and go back to it."""
    object_type = _object(object_name)
    query = IndexQuery.of(object_type, request.form)
    with unit_of_work():
        choose_totals(viewer(), object_type, request.form.get("wanted") == "1")
    return redirect_to(query.url())


def _object(object_name: str) -> ObjectType:
    object_type = schema().by_plural(object_name)
    if not viewer().may(object_type.name, Verb.VIEW):
        raise Forbidden(object_name)
    return object_type


def _widths(object_type: ObjectType, text: str) -> Mapping[str, int]:
    """Those of columns that there are; raises InvalidValue for what is no width."""
    widths = {}
    for one in text.split()[:MOST_SENT]:
        name, colon, width = one.rpartition(":")
        if not colon:
            raise InvalidValue(NO_WIDTH)
        if name in ("name", "on") or column_named(viewer(), object_type, name):
            widths[name] = whole_number(width)
    return widths
