"""/settings/search: how the search index is, and building it anew."""

from babel.numbers import format_decimal
from flask import Response

from crm.db import unit_of_work
from crm.i18n import reader
from crm.jobs import queue
from crm.messages import N_
from crm.search.comparison import last_check
from crm.search.health import read_status
from crm.settings.search_state import state_of, time_left
from crm.settings.views.blueprint import blueprint
from crm.web.auth import SUPER_ADMIN, requires
from crm.web.flashes import flash
from crm.web.htmx import is_fragment, redirect_to, render

SEARCH = "/settings/search"
REBUILD = "search_rebuild"


@blueprint.get("/search")
@requires(SUPER_ADMIN)
def show_search() -> Response:
    """How the index is now; the fragment asks again by itself while that is about to change."""
    return _page()


@blueprint.post("/search/rebuild")
@requires(SUPER_ADMIN)
def rebuild_search() -> Response:
    """Have the worker build the index anew; asked for twice, it is done once."""
    with unit_of_work():
        queue.enqueue(REBUILD, unique_key=REBUILD)
    if is_fragment():
        return _page()
    flash(N_("The index is being rebuilt. Search goes on meanwhile."))
    return redirect_to(SEARCH)


def _page() -> Response:
    status = read_status()
    building = status.building
    return render(
        "settings/search.html",
        "settings/_search.html",
        index=status,
        state=state_of(status, queue.is_open(REBUILD)),
        left=time_left(building) if building else None,
        check=last_check(),
        number=_number,
    )


def _number(value: int) -> str:
    return format_decimal(value, locale=reader().locale)
