"""The reports on a dashboard: each drawn for its reader, put there, named, moved and taken off."""

from dataclasses import dataclass
from typing import Any

from flask import Response, request

from crm.db import unit_of_work
from crm.messages import N_, InvalidValue, Message
from crm.permissions.errors import Forbidden, NotFound
from crm.records.errors import InvalidInput
from crm.reports.answering import InvalidReport
from crm.reports.operations import (
    Content,
    add_tile,
    change_tile,
    create_dashboard,
    move_tile,
    order_tiles,
    remove_tile,
)
from crm.reports.presenting import MOST_ON_TILE, Shown, present
from crm.reports.queries import SIZES, Tile, changeable_dashboard, get_dashboard, get_tile
from crm.reports.report import Report
from crm.reports.views import blueprint
from crm.reports.views.making import asked, report_page, shown_of
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import is_fragment, redirect_to, render
from crm.web.numbers import whole_number, whole_numbers

NEW_DASHBOARD = "new"
MINE = N_("My reports")
TILE = "/reports/<int:dashboard_id>/tiles/<int:tile_id>"
GONE = N_("Its object does not exist any more.")
NOT_FOR_YOU = N_("You do not see the records that it counts.")
UP, DOWN = -1, 1
LONGEST_KEPT = 1_000


@dataclass(frozen=True)
class ShownTile:
    """A report on a dashboard: what it comes to, or why it comes to nothing; one that `is_late` comes by itself."""

    tile: Tile
    report: Report | None
    shown: Shown | None
    problem: Message | None
    is_late: bool = False

    @property
    def url(self) -> str:
        """Where it is read again."""
        return f"/reports/{self.tile.dashboard_id}/tiles/{self.tile.id}"


def shown_tile(tile: Tile, is_late: bool = False) -> ShownTile:
    """A report for its reader; nothing is raised for one that means nothing, or nothing to this reader."""
    report = tile.report
    if report is None or is_late:
        return ShownTile(tile, report, None, Message(GONE) if report is None else None, is_late)
    try:
        return ShownTile(tile, report, present(viewer(), report, reading_context(), MOST_ON_TILE), None)
    except InvalidReport as error:
        return ShownTile(tile, report, None, next(iter(error.errors.values())))
    except InvalidValue as error:
        return ShownTile(tile, report, None, error.message)
    except (Forbidden, NotFound):
        return ShownTile(tile, None, None, Message(NOT_FOR_YOU))


@blueprint.get(TILE)
@requires(SIGNED_IN)
def tile(dashboard_id: int, tile_id: int) -> Response:
    """One report of a dashboard for the page it stands on; as a page of its own it is the report with its form."""
    get_dashboard(viewer(), dashboard_id)
    found = get_tile(dashboard_id, tile_id)
    if not is_fragment():
        report = found.report
        return redirect_to(report.url() if report else f"/reports/{dashboard_id}")
    may_change = get_dashboard(viewer(), dashboard_id).may_change(viewer())
    return render("reports/_tile.html", "reports/_tile.html", one=shown_tile(found), may_change=may_change)


@blueprint.post("/reports/tiles")
@requires(SIGNED_IN)
def keep_report() -> Response:
    """Put a report on a dashboard, on a new one where there is none; 422 with what is wrong."""
    report, form = asked(request.form), request.form
    name, wanted, size = form.get("name", ""), form.get("dashboard", ""), form.get("size", "half")
    if shown_of(report)[0] is None:
        return report_page(report, {"name": name, "dashboard": wanted, "size": size, "errors": {}})
    try:
        key = sent_key()
        with unit_of_work():
            location = once(key)
            if location is None:
                is_new = wanted in ("", NEW_DASHBOARD)
                dashboard_id = create_dashboard(viewer(), _first()) if is_new else whole_number(wanted)
                tile_id = add_tile(viewer(), dashboard_id, name, report, size)
                location = f"/reports/{dashboard_id}#tile-{tile_id}"
                remember(key, location)
    except InvalidInput as error:
        return report_page(report, {"name": name, "dashboard": wanted, "size": size, "errors": error.errors})
    return redirect_to(location)


def _first() -> Content:
    return Content(str(reading_context().translate(MINE)))


@blueprint.get(f"{TILE}/setup")
@requires(SIGNED_IN)
def tile_setup(dashboard_id: int, tile_id: int) -> Response:
    """The form of a report on a dashboard one may change."""
    changeable_dashboard(viewer(), dashboard_id)
    found = get_tile(dashboard_id, tile_id)
    return _setup(found, found.name, found.size, {})


@blueprint.post(f"{TILE}/setup")
@requires(SIGNED_IN)
def save_tile(dashboard_id: int, tile_id: int) -> Response:
    """Rename a report or make it wider; 422 with what is wrong."""
    name, size = request.form.get("name", ""), request.form.get("size", "")
    try:
        with unit_of_work():
            change_tile(viewer(), dashboard_id, tile_id, name, size)
    except InvalidInput as error:
        return _setup(get_tile(dashboard_id, tile_id), name, size, error.errors)
    return redirect_to(f"/reports/{dashboard_id}#tile-{tile_id}")


@blueprint.post(f"{TILE}/removal")
@requires(SIGNED_IN)
def take_off(dashboard_id: int, tile_id: int) -> Response:
    """Take a report off a dashboard; the way back is to put it there again from its page."""
    found = get_tile(dashboard_id, tile_id)
    with unit_of_work():
        remove_tile(viewer(), dashboard_id, tile_id)
    url = found.report.url() if found.report else None
    # What waits for the next page stands in a cookie, which has an end.
    kept_url = url if url and len(url) <= LONGEST_KEPT else None
    said = Message(N_("“%(name)s” is taken off."), name=found.name)
    flash(said, link_url=kept_url, link_label=N_("Open it") if kept_url else "")
    return redirect_to(f"/reports/{dashboard_id}")


@blueprint.post("/reports/<int:dashboard_id>/order")
@requires(SIGNED_IN)
def order(dashboard_id: int) -> Response:
    """Put the reports in the order of the fields `tile`, or move the one named by `up` or `down` one place."""
    form = request.form
    with unit_of_work():
        if "up" in form or "down" in form:
            moved = whole_number(form.get("up") or form.get("down"))
            move_tile(viewer(), dashboard_id, moved, UP if "up" in form else DOWN)
        else:
            order_tiles(viewer(), dashboard_id, whole_numbers(form, "tile"))
    return redirect_to(f"/reports/{dashboard_id}")


def _setup(found: Tile, name: str, size: str, errors: dict[str, Any]) -> Response:
    return render(
        "reports/tile_form.html",
        status=422 if errors else 200,
        tile=found,
        name=name,
        size=size,
        sizes=SIZES.items(),
        errors=errors,
        key=form_key(),
    )
