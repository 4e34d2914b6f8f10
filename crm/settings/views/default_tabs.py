"""/settings/objects/<objects>/tabs: the views that stand as tabs for everybody who has not chosen their own (K21)."""

from collections.abc import Mapping

from flask import Response, request

from crm.db import unit_of_work
from crm.messages import Message
from crm.objects.schema import ObjectType
from crm.records.errors import InvalidInput
from crm.saved_views.queries import default_tabs_of
from crm.saved_views.standard import standard_views
from crm.saved_views.tabs import MOST_TABS, choose_default_tabs, may_be_default, moved
from crm.settings.views.blueprint import blueprint
from crm.settings.views.layouts import kind_called
from crm.web.auth import SUPER_ADMIN, requires, viewer
from crm.web.htmx import is_fragment, redirect_to, render

HERE = "/objects/<object_name>/tabs"
NOTHING: Mapping[str, Message] = {}


@blueprint.get(HERE)
@requires(SUPER_ADMIN)
def default_tabs(object_name: str) -> Response:
    """The tabs in their order, and the views for everyone that could be added."""
    return _page(kind_called(object_name))


@blueprint.post(HERE)
@requires(SUPER_ADMIN)
def save_default_tabs(object_name: str) -> Response:
    """`reset` them, move one `up` or `down`, go on `without` one, `add` one, or order them as `tab` names them."""
    kind = kind_called(object_name)
    try:
        with unit_of_work():
            choose_default_tabs(viewer(), kind, _wanted(kind))
    except InvalidInput as error:
        return _page(kind, error.errors)
    return _page(kind) if is_fragment() else redirect_to(f"/settings/objects/{kind.plural_name}/tabs")


def _wanted(kind: ObjectType) -> list[str]:
    form = request.form
    keys = list(dict.fromkeys(form.getlist("tab")[: 2 * MOST_TABS]))
    if form.get("reset"):
        return [view.key for view in standard_views(kind)]
    if key := form.get("without"):
        return [one for one in keys if one != key]
    if key := form.get("up") or form.get("down"):
        return moved(keys, key, -1 if form.get("up") else 1)
    return [*keys, form["add"]] if form.get("add") else keys


def _page(kind: ObjectType, errors: Mapping[str, Message] = NOTHING) -> Response:
    tabs = default_tabs_of(kind)
    known = {view.key for view in tabs}
    return render(
        "settings/default_tabs.html",
        "settings/_default_tabs.html",
        status=422 if errors else 200,
        object_type=kind,
        here=f"/settings/objects/{kind.plural_name}/tabs",
        tabs=tabs,
        others=[view for view in may_be_default(kind) if view.key not in known],
        is_changed=tabs != standard_views(kind),
        errors=errors,
    )
