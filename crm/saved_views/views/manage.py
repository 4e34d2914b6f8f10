"""All views of an object that a person may use: found by name, with what can be done about each (SPEC 5.3)."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from crm.accounts.queries import directory
from crm.saved_views.queries import After, tabs_of, views_for
from crm.saved_views.standard import standard_views
from crm.saved_views.view import SavedView
from crm.saved_views.views import blueprint
from crm.saved_views.views.asked import HERE, kind_called, page_of, readers_of, url_of
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import render
from crm.web.numbers import whole_number

PAGE_SIZE = 50
LONGEST_QUERY = 200


@blueprint.get(HERE)
@requires(SIGNED_IN)
def all_views(object_name: str) -> Response:
    """The views one may use: `?q=` by words of their names, `?after=` and `?after_id=` further ones."""
    kind = kind_called(object_name)
    q = request.args.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]
    sent, name = request.args.get("after_id", ""), request.args.get("after", "").replace("\x00", "")
    after: After | None = (name, whole_number(sent)) if sent else None
    found = views_for(viewer(), kind, q, PAGE_SIZE + 1, after)
    shown = found[:PAGE_SIZE]
    args = {"q": q} if q else {}
    last = {"after": shown[-1].folded_name, "after_id": shown[-1].id} if len(found) > PAGE_SIZE else None
    return render(
        "saved_views/index.html",
        "saved_views/_list.html",
        object_type=kind,
        here=url_of(kind),
        q=q,
        rows=[_row(view, page_of(kind, view.key)) for view in shown],
        standard=[] if q or sent else [(view, page_of(kind, view.key)) for view in standard_views(kind)],
        tab_keys={view.key for view in tabs_of(viewer(), kind)},
        first_url=f"{url_of(kind)}?{urlencode(args)}" if sent else "",
        next_url=f"{url_of(kind)}?{urlencode(args | last)}" if last else "",
    )


def _row(view: SavedView, url: str) -> dict[str, Any]:
    return {
        "view": view,
        "url": url,
        "owner": directory().name_of(view.owner_id),
        "changed_by": directory().name_of(view.changed_by_id),
        "readers": readers_of(viewer(), view),
        "may_change": view.may_change(viewer()),
    }
