"""Every property of a record, by group, each to be edited where it stands (SPEC 1.3, DB-24)."""

from flask import Response, request

from crm.records.all_properties import in_groups, matching, properties_of
from crm.records.queries import get_record
from crm.records.views import blueprint
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.htmx import render

HIDDEN = "hidden"


@blueprint.get("/records/<int:record_id>/properties")
@requires(SIGNED_IN)
def all_properties(record_id: int) -> Response:
    """All properties by group; `?q=` keeps those whose label has the words, `?blank=hidden` those with a value."""
    record = get_record(viewer(), record_id)
    words = " ".join(request.args.get("q", "").replace("\x00", "").split())[:200]
    hides_blank = request.args.get("blank") == HIDDEN
    context = reading_context()
    shown = properties_of(viewer(), record, context)
    kept = matching(shown, words, hides_blank, context)
    return render(
        "records/all_properties.html",
        "records/_all_properties.html",
        record=record,
        object_type=record.type,
        groups=in_groups(record.type, kept),
        amount=len(kept),
        total=len(shown),
        q=words,
        hides_blank=hides_blank,
    )
