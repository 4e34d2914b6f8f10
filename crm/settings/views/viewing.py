"""Viewing as another user, and back."""

from flask import Response

from crm.accounts.viewing import start_viewing, stop_viewing
from crm.db import unit_of_work
from crm.settings.views.blueprint import blueprint
from crm.settings.views.users import USERS
from crm.web.auth import SIGNED_IN, SUPER_ADMIN, even_while_viewing, forget_viewer, requires, session_token, viewer
from crm.web.htmx import redirect_to


@blueprint.post("/users/<int:user_id>/viewing")
@requires(SUPER_ADMIN)
def begin_viewing(user_id: int) -> Response:
    """See the program as this person does, from the first page on."""
    with unit_of_work():
        start_viewing(viewer(), user_id, session_token() or "")
    forget_viewer()
    return redirect_to("/")


@blueprint.post("/viewing/end")
@requires(SIGNED_IN)
@even_while_viewing
def end_viewing() -> Response:
    """Back to one's own eyes, on the page of the person one viewed as."""
    with unit_of_work():
        viewed = stop_viewing(session_token() or "")
    forget_viewer()
    return redirect_to(f"{USERS}/{viewed}" if viewed else "/settings")
