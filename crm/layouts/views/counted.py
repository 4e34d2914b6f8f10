"""What a number of the activity totals counts, in the panel or on a page of its own (SPEC 1.6)."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from crm.activities.types import activity_types
from crm.activities.types.base import ActivityType
from crm.layouts.cards.activity_totals import PERIODS, ActivityTotals, begin_of
from crm.layouts.views import blueprint
from crm.layouts.views.cards import address_of, placed_card
from crm.layouts.views.page import page_of
from crm.messages import N_, InvalidValue, Message
from crm.records.queries import get_record
from crm.timeline.items import item
from crm.timeline.totals import Counted, Way, activities_of
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import render

HEADINGS = {Way.IN: N_("%(kind)s, incoming"), Way.OUT: N_("%(kind)s, outgoing")}
NO_SUCH_NUMBER = N_("There is no such number.")


@blueprint.get("/records/<int:record_id>/cards/<key>/activities")
@requires(SIGNED_IN)
def counted(record_id: int, key: str) -> Response:
    """The activities of `?kind=`, one `?way=` or all, in `?period=`, newest first; `?before=` goes on."""
    record = get_record(viewer(), record_id)
    column = placed_card(record, key, ActivityTotals.name)
    kind, way, period = _asked()
    state = {"kind": kind.name, "period": period} | ({"way": way} if way else {})
    here = f"/records/{record_id}/cards/{key}/activities?"
    before = request.args.get("before")
    found = activities_of(viewer(), record_id, Counted(kind.name, way, begin_of(period)), before)
    look = page_of(record).look
    heading: Any = Message(HEADINGS[way], kind=kind.plural_label) if way else kind.plural_label
    return render(
        "layouts/counted.html",
        "layouts/_counted.html",
        record=record,
        object_type=record.type,
        heading=heading,
        period=dict(PERIODS)[period],
        items=[item(entry, look) for entry in found.entries],
        older_url=here + urlencode({**state, "before": found.next_key}) if found.next_key else "",
        newest_url=here + urlencode(state) if before else "",
        back_url=address_of(record_id, column, key),
    )


def _asked() -> tuple[ActivityType, Way | None, str]:
    """The kind, the way and the period of the address; raises InvalidValue."""
    kind, way = activity_types.get(request.args.get("kind", "")), request.args.get("way", "")
    period = request.args.get("period", "")
    if kind is None or way not in ("", *Way) or period not in dict(PERIODS):
        raise InvalidValue(NO_SUCH_NUMBER)
    return kind, Way(way) if way else None, period
