"""What a record has been associated with (SPEC 1.3)."""

from flask import Response, request

from crm.accounts.queries import directory
from crm.associations.past import LinkChange, link_changes
from crm.messages import Message
from crm.objects.queries import schema
from crm.records.history_shown import BY_THE_PROGRAM
from crm.records.page_moments import page_of, read_place
from crm.records.queries import get_record
from crm.records.source import in_words
from crm.records.views import blueprint
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import render

PAGE_SIZE = 50


@blueprint.get("/records/<int:record_id>/associations/history")
@requires(SIGNED_IN)
def link_history(record_id: int) -> Response:
    """One page of the associations that were added and removed, the newest first."""
    record = get_record(viewer(), record_id)
    key = request.args.get("page-key", "")
    found = link_changes(viewer(), record_id, read_place(key), PAGE_SIZE + 1)
    page = page_of(found, PAGE_SIZE, f"/records/{record_id}/associations/history", key)
    return render(
        "records/link_history.html",
        record=record,
        object_type=record.type,
        lines=[(one, _kind(one), in_words(one.source, one.source_detail), _who(one)) for one in page.shown],
        older_url=page.older_url,
        newest_url=page.newest_url,
    )


def _kind(change: LinkChange) -> str:
    return schema().object_type(change.other.object_type).label


def _who(change: LinkChange) -> str | Message:
    return directory().name_of(change.actor_id) or BY_THE_PROGRAM
