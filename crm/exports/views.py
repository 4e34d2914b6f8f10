"""Taking the data of a contact away, for whoever asks what is known of them (SPEC 1.3, REC-13)."""

import re

from flask import Blueprint, Response

from crm.db import unit_of_work
from crm.exports.archive import archive, demand_export, note_export
from crm.exports.parts import Export, export_parts
from crm.records.queries import RecordRow, get_record
from crm.search.letters import fold_words, in_place
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.file_store import file_store
from crm.web.htmx import render
from crm.web.streaming import stream

blueprint = Blueprint("exports", __name__)


@blueprint.get("/records/<int:record_id>/export")
@requires(SIGNED_IN)
def ask_export(record_id: int) -> Response:
    """What is in the archive, with the button that makes it."""
    record = _exported(record_id)
    context = {"record": record, "object_type": record.type, "parts": export_parts.all()}
    return render("exports/contact.html", "exports/_contact.html", **context)


@blueprint.post("/records/<int:record_id>/export")
@requires(SIGNED_IN)
def export(record_id: int) -> Response:
    """The archive; the audit log keeps who took it."""
    record = _exported(record_id)
    with unit_of_work():
        note_export(viewer(), record)
    pieces = archive(Export(viewer(), record, reading_context()), file_store())
    answer = stream(pieces, "application/zip")
    name = re.sub(r"[^a-z0-9]+", "-", fold_words(in_place(record.title)).lower()).strip("-")[:60]
    answer.headers["Content-Disposition"] = f'attachment; filename="{name or "contact"}-{record.id}.zip"'
    return answer


def _exported(record_id: int) -> RecordRow:
    record = get_record(viewer(), record_id)
    demand_export(viewer(), record)
    return record
