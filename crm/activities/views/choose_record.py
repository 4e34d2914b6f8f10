"""An activity begun from the top bar, where no record is open yet: first the record it is about (SPEC 3)."""

from flask import Response, request

from crm.activities.operations import get_kind
from crm.activities.views import blueprint
from crm.associations.sections import Card
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden
from crm.search.find_records import find_records
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import render

FOUND_LIMIT = 20
NEWEST = N_("The newest records; type a name to find another.")
NOTHING_MATCHES = N_("Nothing matches “%(words)s”.")


@blueprint.get("/activities/new")
@requires(SIGNED_IN)
def choose_record() -> Response:
    """The records `?q=` finds, the newest without it; each leads to the composer of `?kind=`."""
    chosen = get_kind(request.args.get("kind", ""))
    if not viewer().may(chosen.object_type, Verb.CREATE):
        raise Forbidden(f"{viewer().name} may not log a {chosen.name}")
    q = " ".join(request.args.get("q", "").replace("\x00", "").split())[:200]
    takes = {one.name for one in schema().record_types if one.takes(chosen.object_type)}
    hits = [hit for hit in find_records(viewer(), q, None, FOUND_LIMIT, needs_words=False) if hit.object_type in takes]
    cards = [
        Card(hit.record_id, hit.display_name or f"#{hit.record_id}", hit.object_type, note=_label(hit.object_type))
        for hit in hits
    ]
    return render(
        "activities/choose_record.html",
        "activities/_choose_record.html",
        kind=chosen,
        q=q,
        cards=cards,
        text=Message(NOTHING_MATCHES, words=q) if q and not cards else NEWEST,
    )


def _label(object_type: str) -> str:
    return schema().object_type(object_type).label
