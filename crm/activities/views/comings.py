"""Which activities were put on a record and taken off it, and why (SPEC 1.3, ASC-03)."""

from dataclasses import replace

from flask import Response, request

from crm.accounts.queries import directory
from crm.activities.comings import Coming, comings_of
from crm.activities.reasons import Why, reasons
from crm.activities.views import blueprint
from crm.messages import Message
from crm.properties.rich_text import to_text
from crm.records.history_shown import BY_THE_PROGRAM
from crm.records.page_moments import page_of, read_place
from crm.records.queries import get_record
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import render

PAGE_SIZE = 50
LONGEST = 120


@blueprint.get("/records/<int:record_id>/activities/history")
@requires(SIGNED_IN)
def comings(record_id: int) -> Response:
    """One page of the activities that were put on the record and taken off it, the newest first."""
    record = get_record(viewer(), record_id)
    key = request.args.get("page-key", "")
    found = comings_of(viewer(), record_id, read_place(key), PAGE_SIZE + 1)
    page = page_of(found, PAGE_SIZE, f"/records/{record_id}/activities/history", key)
    # Who did it stands beside the reason already.
    told = reasons(viewer(), [replace(one, actor_id=None) for one in page.shown])
    return render(
        "activities/comings.html",
        record=record,
        object_type=record.type,
        lines=[(one, _name(one), _why(one, why), _who(one)) for one, why in zip(page.shown, told, strict=True)],
        older_url=page.older_url,
        newest_url=page.newest_url,
    )


def _name(one: Coming) -> str:
    return one.activity.heading or to_text(one.activity.body)[:LONGEST] or f"#{one.activity.id}"


def _why(one: Coming, why: Message | str) -> Message | str:
    return why if one.is_added or one.source != Why.PERSON else ""


def _who(one: Coming) -> str | Message:
    return directory().name_of(one.actor_id) or BY_THE_PROGRAM
