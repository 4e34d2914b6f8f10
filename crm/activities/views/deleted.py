"""The page of a record's deleted activities (SPEC 1.3, REC-67)."""

from flask import Response, request

from crm.accounts.queries import directory
from crm.activities.deleted import deleted_activities
from crm.activities.views import blueprint
from crm.records.deletions import KEPT
from crm.records.page_moments import page_of, read_place
from crm.records.queries import get_record
from crm.timeline.items import activity_item
from crm.timeline.views import look_at
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import render

PAGE_SIZE = 30


@blueprint.get("/records/<int:record_id>/activities/deleted")
@requires(SIGNED_IN)
def deleted(record_id: int) -> Response:
    """What was deleted within 90 days and this person may restore, the newest first."""
    record = get_record(viewer(), record_id)
    key, look = request.args.get("page-key", ""), look_at(record, "")
    found = deleted_activities(viewer(), record_id, read_place(key), PAGE_SIZE + 1)
    page = page_of(found, PAGE_SIZE, f"/records/{record_id}/activities/deleted", key)
    return render(
        "activities/deleted.html",
        record=record,
        object_type=record.type,
        lines=[
            (activity_item(one.activity, look), one.moment, directory().name_of(one.actor_id)) for one in page.shown
        ],
        older_url=page.older_url,
        newest_url=page.newest_url,
        days=KEPT.days,
    )
