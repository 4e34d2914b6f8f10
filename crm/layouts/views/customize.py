"""From a record to the layout of its page (SPEC 1.3)."""

from flask import Response

from crm.layouts.stored import layout_seen_by
from crm.layouts.views import blueprint
from crm.permissions.actions import AccountRight
from crm.records.queries import get_record
from crm.web.auth import requires, viewer
from crm.web.htmx import redirect_to


@blueprint.get("/records/<int:record_id>/customize")
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def customize(record_id: int) -> Response:
    """The editor of the view this person sees the record in."""
    kind = get_record(viewer(), record_id).type
    seen = layout_seen_by(viewer(), kind)
    return redirect_to(f"/settings/objects/{kind.plural_name}/layouts/{seen.place}")
