"""The Actions menu of a record; without JavaScript, or in a new tab, a page of its own (SPEC 1.3)."""

from flask import Response

from crm.records.queries import get_record
from crm.records.record_tools import switches, tools_for
from crm.records.views import blueprint
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import render


@blueprint.get("/records/<int:record_id>/tools")
@requires(SIGNED_IN)
def tools(record_id: int) -> Response:
    """What this person may do with the record."""
    record = get_record(viewer(), record_id)
    offered = tools_for(viewer(), record)
    doing = switches(viewer(), record, offered)
    return render("records/tools.html", "records/_tools.html", record=record, tools=offered, switches=doing)
