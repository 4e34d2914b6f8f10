"""Renaming, sharing, deleting a view, and bringing it back."""

from collections.abc import Mapping

from flask import Response, request

from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.objects.schema import ObjectType
from crm.permissions.errors import NotFound
from crm.records.errors import InvalidInput
from crm.saved_views.operations import delete_view, rename_view, restore_view, share_view
from crm.saved_views.queries import changeable_view, get_view
from crm.saved_views.view import SavedView
from crm.saved_views.views import blueprint
from crm.saved_views.views.asked import HERE, kind_called, page_of, readers, url_of
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.flashes import flash
from crm.web.htmx import redirect_to, render

SAVED, DELETED, BACK = N_("Saved."), N_("The view “%(name)s” is deleted."), N_("The view “%(name)s” is back.")
NOTHING: Mapping[str, Message] = {}


@blueprint.get(f"{HERE}/<int:view_id>/name")
@requires(SIGNED_IN)
def ask_name(object_name: str, view_id: int) -> Response:
    """The form of its name."""
    kind = kind_called(object_name)
    view = changeable_view(viewer(), kind, view_id)
    return _name_form(kind, view, str(view.name))


@blueprint.post(f"{HERE}/<int:view_id>/name")
@requires(SIGNED_IN)
def save_name(object_name: str, view_id: int) -> Response:
    """Call it otherwise; 422 with what is wrong with the name."""
    kind, name = kind_called(object_name), request.form.get("name", "")
    view = changeable_view(viewer(), kind, view_id)
    try:
        with unit_of_work():
            rename_view(viewer(), kind, view_id, name)
    except InvalidInput as error:
        return _name_form(kind, view, name, error.errors)
    flash(SAVED)
    return redirect_to(page_of(kind, view.key))


@blueprint.get(f"{HERE}/<int:view_id>/sharing")
@requires(SIGNED_IN)
def ask_sharing(object_name: str, view_id: int) -> Response:
    """Who may use it."""
    kind = kind_called(object_name)
    view = changeable_view(viewer(), kind, view_id)
    return _sharing_form(kind, view, view.visibility)


@blueprint.post(f"{HERE}/<int:view_id>/sharing")
@requires(SIGNED_IN)
def save_sharing(object_name: str, view_id: int) -> Response:
    """Share it with others or with nobody; who made somebody else's view private is led back to all views."""
    kind, visibility = kind_called(object_name), request.form.get("visibility", "")
    view = changeable_view(viewer(), kind, view_id)
    try:
        with unit_of_work():
            share_view(viewer(), kind, view_id, visibility)
    except InvalidInput as error:
        return _sharing_form(kind, view, visibility, error.errors)
    flash(SAVED)
    return redirect_to(page_of(kind, view.key) if _is_seen(kind, view_id) else url_of(kind))


@blueprint.post(f"{HERE}/<int:view_id>/deletion")
@requires(SIGNED_IN)
def remove_view(object_name: str, view_id: int) -> Response:
    """Delete it, with the way back in the answer; it vanishes from everybody's tabs, and no record with it."""
    kind = kind_called(object_name)
    with unit_of_work():
        view = delete_view(viewer(), kind, view_id)
    flash(Message(DELETED, name=view.name), undo_url=url_of(kind, f"/{view_id}/restoration"))
    then = url_of(kind) if request.form.get("then") == "views" else f"/objects/{kind.plural_name}"
    return redirect_to(then)


@blueprint.post(f"{HERE}/<int:view_id>/restoration")
@requires(SIGNED_IN)
def bring_view_back(object_name: str, view_id: int) -> Response:
    """Bring a deleted view back; it stands in the tabs again where it stood."""
    kind = kind_called(object_name)
    with unit_of_work():
        view = restore_view(viewer(), kind, view_id)
    flash(Message(BACK, name=view.name))
    return redirect_to(page_of(kind, view.key))


def _is_seen(kind: ObjectType, view_id: int) -> bool:
    try:
        get_view(viewer(), kind, view_id)
    except NotFound:
        return False
    return True


def _name_form(kind: ObjectType, view: SavedView, name: str, errors: Mapping[str, Message] = NOTHING) -> Response:
    return render(
        "saved_views/name.html",
        "saved_views/_name.html",
        status=422 if errors else 200,
        object_type=kind,
        view=view,
        here=url_of(kind, f"/{view.key}/name"),
        back=page_of(kind, view.key),
        name=name,
        errors=errors,
    )


def _sharing_form(
    kind: ObjectType, view: SavedView, visibility: str, errors: Mapping[str, Message] = NOTHING
) -> Response:
    return render(
        "saved_views/sharing.html",
        "saved_views/_sharing.html",
        status=422 if errors else 200,
        object_type=kind,
        view=view,
        here=url_of(kind, f"/{view.key}/sharing"),
        back=page_of(kind, view.key),
        visibility=visibility,
        readers=readers(viewer(), view),
        errors=errors,
    )
