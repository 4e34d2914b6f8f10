"""Copying, converting, deleting a list, and bringing it back."""

from flask import Response

from crm.db import unit_of_work
from crm.i18n import translate
from crm.lists.operations import LONGEST_NAME, clone_list, convert_to_static, delete_list, restore_list
from crm.lists.queries import get_list
from crm.lists.views import blueprint
from crm.lists.views.words import HOME
from crm.messages import N_, InvalidValue, Message
from crm.records.errors import InvalidInput
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.flashes import flash
from crm.web.forms import once, remember, sent_key
from crm.web.htmx import redirect_to

COPY = N_("Copy of %(name)s")
DELETED = N_("The list “%(name)s” is deleted; its records stay.")


@blueprint.post(f"{HOME}/<int:list_id>/copy")
@requires(SIGNED_IN)
def copy_list(list_id: int) -> Response:
    """Make a private copy, and open its form."""
    found, key = get_list(viewer(), list_id), sent_key()
    name = translate(Message(COPY, name=found.name))[:LONGEST_NAME]
    try:
        with unit_of_work():
            location = once(key)
            if location is None:
                location = f"{HOME}/{clone_list(viewer(), list_id, name)}/edit"
                remember(key, location)
    except InvalidInput as error:
        flash(next(iter(error.errors.values())), kind="failed")
        return redirect_to(found.url)
    return redirect_to(location)


@blueprint.post(f"{HOME}/<int:list_id>/conversion")
@requires(SIGNED_IN)
def convert_list(list_id: int) -> Response:
    """Make a static list of an active one."""
    found = get_list(viewer(), list_id)
    try:
        with unit_of_work():
            convert_to_static(viewer(), list_id)
        flash(N_("From now on people decide who is on this list."))
    except InvalidInput as error:
        flash(next(iter(error.errors.values())), kind="failed")
    return redirect_to(found.url)


@blueprint.post(f"{HOME}/<int:list_id>/deletion")
@requires(SIGNED_IN)
def remove_list(list_id: int) -> Response:
    """Delete a list, with the way back in the answer."""
    with unit_of_work():
        found = delete_list(viewer(), list_id)
    flash(Message(DELETED, name=found.name), undo_url=f"{found.url}/restoration")
    return redirect_to(HOME)


@blueprint.post(f"{HOME}/<int:list_id>/restoration")
@requires(SIGNED_IN)
def bring_list_back(list_id: int) -> Response:
    """Bring a deleted list back."""
    try:
        with unit_of_work():
            restore_list(viewer(), list_id)
    except InvalidValue as error:
        flash(error.message, kind="failed")
        return redirect_to(HOME)
    return redirect_to(f"{HOME}/{list_id}")
