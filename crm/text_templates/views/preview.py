"""How a template reads on a real record, while it is written."""

from dataclasses import dataclass, field
from typing import Any

from flask import Response, request
from markupsafe import Markup

from crm.messages import InvalidValue
from crm.objects.queries import schema
from crm.permissions.errors import NotFound
from crm.properties.rich_text import from_anything
from crm.records.queries import RecordRow, get_record
from crm.search.find_records import RecordHit, find_records
from crm.text_templates.filling import fill
from crm.text_templates.operations import Content
from crm.text_templates.views import blueprint
from crm.text_templates.views.fields import sent_content
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.htmx import render

RECORD, QUERY = "preview_record", "preview_q"
MOST_RECORDS = 6
LONGEST_QUERY = 200


@dataclass(frozen=True)
class Preview:
    """A template filled in for one of a few records that its writer may see."""

    q: str = ""
    records: list[tuple[RecordHit, str]] = field(default_factory=list)
    record: RecordRow | None = None
    subject: str = ""
    body: Markup = Markup("")
    left: Any = ()


@blueprint.post("/templates/preview")
@requires(SIGNED_IN)
def preview_template() -> Response:
    """The text in the form as it would read on the record chosen there."""
    shown = previewed(sent_content())
    return render("text_templates/preview.html", "text_templates/_preview.html", preview=shown)


def previewed(content: Content) -> Preview:
    """The preview for what the form holds: `preview_q` finds records, `preview_record` is the one it is shown for."""
    q = request.values.get(QUERY, "").replace("\x00", "").strip()[:LONGEST_QUERY]
    hits = find_records(viewer(), q, None, MOST_RECORDS, needs_words=False)
    record = _record(request.values.get(RECORD, ""), hits)
    found = [(hit, schema().object_type(hit.object_type).label) for hit in hits]
    try:
        body = from_anything(content.body)
    except InvalidValue:
        body = ""
    if record is None:
        return Preview(q, found)
    filled = fill(viewer(), content.subject, body, record, reading_context())
    shown = Markup(filled.body)  # noqa: S704 - sanitised when it was filled
    return Preview(q, found, record, filled.subject, shown, filled.left)


def _record(sent: str, hits: list[RecordHit]) -> RecordRow | None:
    known = {str(hit.record_id): hit.record_id for hit in hits}
    wanted = known.get(sent) or next(iter(known.values()), None)
    try:
        return get_record(viewer(), wanted) if wanted is not None else None
    except NotFound:
        return None
