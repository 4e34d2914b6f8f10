"""The record page (SPEC 1.1-1.6); its cards are those of crm/layouts."""

from flask import Response, request

from crm.accounts.operations import set_preference
from crm.db import unit_of_work
from crm.layouts.reading import layout_for, tabs_for
from crm.layouts.views.page import REMEMBERED, TAB_PREFERENCE, chosen_tab, middle_context, page_context, page_of
from crm.records.queries import get_record
from crm.records.views import blueprint
from crm.web.auth import SIGNED_IN, forget_viewer, requires, viewer
from crm.web.htmx import is_fragment, redirect_to, render


@blueprint.get("/")
@requires(SIGNED_IN)
def home() -> Response:
    """The first page after signing in."""
    return redirect_to("/objects/contacts")


@blueprint.get("/records/<int:record_id>")
@requires(SIGNED_IN)
def show(record_id: int) -> Response:
    """The record page, on the tab asked for, else on the one this person used last."""
    record = get_record(viewer(), record_id)
    context = (middle_context if is_fragment() else page_context)(record, request.args.get("tab"))
    return render("records/show.html", "records/_middle.html", **context)


@blueprint.post("/records/<int:record_id>/tab")
@requires(SIGNED_IN)
def choose_tab(record_id: int) -> Response:
    """Open a tab, and remember the overview or the activities for this person's next records (REC-36)."""
    record = get_record(viewer(), record_id)
    tabs = tabs_for(page_of(record), layout_for(viewer(), record.type))
    tab = chosen_tab([one.key for one in tabs], request.form.get("tab", ""))
    if tab in REMEMBERED:
        with unit_of_work():
            set_preference(viewer(), TAB_PREFERENCE, tab)
    url = f"/records/{record_id}?tab={tab}"
    if not is_fragment():
        return redirect_to(url)
    forget_viewer()
    record = get_record(viewer(), record_id)
    return render("records/show.html", "records/_middle.html", push_url=url, **middle_context(record, tab))
