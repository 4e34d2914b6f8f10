"""Saving what an index page shows: as a new view, as the copy of one, or over the view that is open."""

from collections.abc import Mapping

from flask import Response, request

from crm.accounts.sharing import Visibility
from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.objects.schema import ObjectType
from crm.records.errors import InvalidInput
from crm.records.views.index_query import IndexQuery
from crm.saved_views.operations import LONGEST_NAME, Overtaken, create_view, save_state
from crm.saved_views.queries import changeable_view, tabs_of
from crm.saved_views.tabs import MOST_TABS, add_tab
from crm.saved_views.views import blueprint
from crm.saved_views.views.asked import HERE, kind_called, page_of, query_of, readers, url_of
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import redirect_to, render
from crm.web.numbers import whole_number

COPY = N_("Copy of %(name)s")
SAVED, SAVED_NEW = N_("Saved."), N_("The view is saved.")
NOTHING: Mapping[str, Message] = {}


@blueprint.get(f"{HERE}/new")
@requires(SIGNED_IN)
def new_view(object_name: str) -> Response:
    """The form of a new view that shows what the arguments say; with `copy=1` it has the name of its view."""
    kind = kind_called(object_name)
    query = query_of(kind, request.args)
    translated = reading_context().translate
    copied = translated(query.view.name) if isinstance(query.view.name, Message) else query.view.name
    name = translated(Message(COPY, name=copied))[:LONGEST_NAME] if request.args.get("copy") else ""
    return _form(kind, query, name, Visibility.PRIVATE.value)


@blueprint.post(HERE)
@requires(SIGNED_IN)
def make_view(object_name: str) -> Response:
    """Keep a new view, and let it stand as a tab."""
    kind, key = kind_called(object_name), sent_key()
    query = query_of(kind, request.form)
    name, visibility = request.form.get("name", ""), request.form.get("visibility", "")
    try:
        with unit_of_work():
            location = once(key)
            if location is None:
                made = str(create_view(viewer(), kind, name, visibility, query.view_state))
                if len(tabs_of(viewer(), kind)) < MOST_TABS:
                    add_tab(viewer(), kind, made)
                location = page_of(kind, made)
                remember(key, location)
    except InvalidInput as error:
        return _form(kind, query, name, visibility, error.errors)
    flash(SAVED_NEW)
    return redirect_to(location)


@blueprint.post(f"{HERE}/<int:view_id>/state")
@requires(SIGNED_IN)
def save_view(object_name: str, view_id: int) -> Response:
    """Let a view show what the form says.

    Where somebody changed it since it was opened, nothing is saved: the page shows what it is now with what was changed
    here over it, to be looked at and saved again.
    """
    kind = kind_called(object_name)
    changeable_view(viewer(), kind, view_id)
    query = query_of(kind, request.form)
    try:
        with unit_of_work():
            save_state(viewer(), kind, view_id, query.view_state, whole_number(request.form.get("version")))
    except Overtaken as error:
        flash(error.message, kind="failed")
        return redirect_to(query.url(view=str(view_id)))
    flash(SAVED)
    return redirect_to(page_of(kind, str(view_id)))


def _form(
    kind: ObjectType, query: IndexQuery, name: str, visibility: str, errors: Mapping[str, Message] = NOTHING
) -> Response:
    return render(
        "saved_views/new.html",
        "saved_views/_new.html",
        status=422 if errors else 200,
        object_type=kind,
        here=url_of(kind),
        back=query.url(),
        state=query.changes(),
        name=name,
        visibility=visibility,
        readers=readers(viewer()),
        errors=errors,
        key=form_key(),
    )
