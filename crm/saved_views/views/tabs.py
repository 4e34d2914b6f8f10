"""The tabs of an index page: which views they are for this person, and in what order (K21)."""

from collections.abc import Mapping

from flask import Response, request

from crm.accounts.queries import viewer_for
from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.objects.schema import ObjectType
from crm.permissions.viewer import Viewer
from crm.records.errors import InvalidInput
from crm.saved_views.queries import find_view, own_tab_keys, tabs_of, views_for
from crm.saved_views.standard import standard_views
from crm.saved_views.tabs import MOST_TABS, add_tab, forget_tabs, move_tab, order_tabs, remove_tab
from crm.saved_views.views import blueprint
from crm.saved_views.views.asked import HERE, kind_called, page_of, url_of
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.flashes import flash
from crm.web.htmx import is_fragment, page_behind, redirect_to, render, render_nothing

MOST_OFFERED = 500
NOTHING: Mapping[str, Message] = {}
KEPT, TAKEN_AWAY = N_("It stands among your tabs."), N_("It is no tab any more; it is among all views.")


@blueprint.get(f"{HERE}/tabs")
@requires(SIGNED_IN)
def ask_tabs(object_name: str) -> Response:
    """The tabs in their order, each with the ways to move it and to take it away, and the views that could be added."""
    return _form(kind_called(object_name), viewer())


@blueprint.post(f"{HERE}/tabs")
@requires(SIGNED_IN)
def save_tabs(object_name: str) -> Response:
    """`add` one, move it `up` or `down`, go on `without` it, `reset` them all, or order them as `tab` names them.

    A control called `remove` would take the method of that name from its form, which htmx calls.

    `then` says where the form stood: "bar" for the row of tabs, "page" for a page that names the view; without it, it
    was the form of all tabs.
    """
    kind, form = kind_called(object_name), request.form
    then, added, removed = form.get("then", ""), form.get("add", ""), form.get("without", "")
    refused = None
    if added:
        find_view(viewer(), kind, added)
    try:
        with unit_of_work():
            _change(kind)
    except InvalidInput as error:
        if not then:
            return _form(kind, viewer(), error.errors)
        if then == "bar":
            raise
        refused = error.errors["tabs"]
    if then == "bar":
        return render_nothing() if is_fragment() else redirect_to(f"/objects/{kind.plural_name}")
    if then:
        flash(refused or (KEPT if added else TAKEN_AWAY), kind="failed" if refused else "done")
        return redirect_to(page_of(kind, added or removed) if then == "page" else url_of(kind))
    return _form(kind, viewer_for(viewer().user_id or 0)) if is_fragment() else redirect_to(url_of(kind, "/tabs"))


def _change(kind: ObjectType) -> None:
    form = request.form
    if form.get("reset"):
        forget_tabs(viewer(), kind)
    elif key := form.get("without"):
        remove_tab(viewer(), kind, key)
    elif key := form.get("up"):
        move_tab(viewer(), kind, key, -1)
    elif key := form.get("down"):
        move_tab(viewer(), kind, key, 1)
    elif key := form.get("add"):
        add_tab(viewer(), kind, key)
    else:
        order_tabs(viewer(), kind, form.getlist("tab")[: 2 * MOST_TABS])


def _form(kind: ObjectType, person: Viewer, errors: Mapping[str, Message] = NOTHING) -> Response:
    tabs = tabs_of(person, kind)
    known = {view.key for view in tabs}
    every = [*standard_views(kind), *views_for(person, kind, limit=MOST_OFFERED)]
    return render(
        "saved_views/tabs.html",
        "saved_views/_tabs_form.html",
        status=422 if errors else 200,
        object_type=kind,
        here=url_of(kind, "/tabs"),
        back=page_behind(f"/objects/{kind.plural_name}"),
        tabs=tabs,
        others=[view for view in every if view.key not in known],
        has_own=bool(own_tab_keys(person, kind)),
        errors=errors,
    )
