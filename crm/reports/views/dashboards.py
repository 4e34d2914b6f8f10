"""Dashboards: reading, making, naming, sharing and deleting them."""

import time
from typing import Any

from flask import Response, request

from crm.accounts.queries import directory
from crm.accounts.sharing import READERS, Visibility
from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.records.errors import InvalidInput
from crm.reports.operations import (
    Content,
    change_dashboard,
    create_dashboard,
    delete_dashboard,
    restore_dashboard,
)
from crm.reports.queries import (
    DashboardRow,
    changeable_dashboard,
    dashboards_for,
    get_dashboard,
    tiles_of,
)
from crm.reports.views import blueprint
from crm.reports.views.tiles import shown_tile
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import redirect_to, render
from crm.web.numbers import whole_number

HOME = "/reports"
LONGEST_WAIT = 0.5
"""Seconds after which the rest of the reports come one by one, so that the page need not wait for them."""


@blueprint.get(HOME)
@requires(SIGNED_IN)
def home() -> Response:
    """The first of the dashboards one may read, one's own before others'; none yet is said."""
    found = dashboards_for(viewer())
    return _page(found[0], found) if found else render("reports/index.html", dashboard=None, dashboards=[])


@blueprint.get(f"{HOME}/<int:dashboard_id>")
@requires(SIGNED_IN)
def dashboard(dashboard_id: int) -> Response:
    """One dashboard."""
    return _page(get_dashboard(viewer(), dashboard_id), dashboards_for(viewer()))


def _page(found: DashboardRow, others: list[DashboardRow]) -> Response:
    begun, shown = time.monotonic(), []
    for tile in tiles_of(found.id):
        is_late = time.monotonic() - begun > LONGEST_WAIT
        shown.append(shown_tile(tile, is_late))
    return render(
        "reports/index.html",
        dashboard=found,
        dashboards=others,
        tiles=shown,
        may_change=found.may_change(viewer()),
        owner=directory().name_of(found.owner_id) if found.owner_id != viewer().user_id else "",
        readers=READERS,
    )


@blueprint.get(f"{HOME}/dashboards/new")
@requires(SIGNED_IN)
def new_dashboard() -> Response:
    """The form of a new dashboard."""
    return _form(None, Content("", Visibility.PRIVATE), {})


@blueprint.post(HOME)
@requires(SIGNED_IN)
def make_dashboard() -> Response:
    """Keep a new dashboard; 422 with what is wrong."""
    content = _sent()
    try:
        key = sent_key()
        with unit_of_work():
            location = once(key)
            if location is None:
                location = f"{HOME}/{create_dashboard(viewer(), content)}"
                remember(key, location)
    except InvalidInput as error:
        return _form(None, content, error.errors)
    return redirect_to(location)


@blueprint.get(f"{HOME}/<int:dashboard_id>/setup")
@requires(SIGNED_IN)
def dashboard_setup(dashboard_id: int) -> Response:
    """The form of a dashboard one may change."""
    found = changeable_dashboard(viewer(), dashboard_id)
    return _form(found, Content(found.name, found.visibility), {})


@blueprint.post(f"{HOME}/<int:dashboard_id>/setup")
@requires(SIGNED_IN)
def save_dashboard(dashboard_id: int) -> Response:
    """Change its name and who can read it; 422 with what is wrong."""
    found, content = changeable_dashboard(viewer(), dashboard_id), _sent()
    version = whole_number(request.form.get("version") or str(found.version))
    try:
        with unit_of_work():
            change_dashboard(viewer(), dashboard_id, content, version)
    except InvalidInput as error:
        return _form(changeable_dashboard(viewer(), dashboard_id), content, error.errors)
    flash(N_("Saved."))
    # A super admin who takes somebody's dashboard from all others does not read it any more either.
    may_read = any(one.id == dashboard_id for one in dashboards_for(viewer()))
    return redirect_to(found.url if may_read else HOME)


@blueprint.post(f"{HOME}/<int:dashboard_id>/deletion")
@requires(SIGNED_IN)
def remove_dashboard(dashboard_id: int) -> Response:
    """Delete a dashboard, with the way back in the answer."""
    with unit_of_work():
        found = delete_dashboard(viewer(), dashboard_id)
    flash(Message(N_("“%(name)s” is deleted."), name=found.name), undo_url=f"{found.url}/restoration")
    return redirect_to(HOME)


@blueprint.post(f"{HOME}/<int:dashboard_id>/restoration")
@requires(SIGNED_IN)
def bring_dashboard_back(dashboard_id: int) -> Response:
    """Bring a deleted dashboard back."""
    with unit_of_work():
        found = restore_dashboard(viewer(), dashboard_id)
    return redirect_to(found.url)


def _sent() -> Content:
    return Content(request.form.get("name", ""), request.form.get("visibility", ""))


def _form(found: DashboardRow | None, content: Content, errors: dict[str, Any]) -> Response:
    return render(
        "reports/dashboard_form.html",
        status=422 if errors else 200,
        dashboard=found,
        content=content,
        action=f"{found.url}/setup" if found else HOME,
        readers=READERS.items(),
        errors=errors,
        key=form_key(),
    )
