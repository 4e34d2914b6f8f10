"""What is known of a record in a few sentences, to be read or copied (SPEC 1.3)."""

from flask import Response

from crm.i18n import translate
from crm.layouts.summary import summary_of
from crm.layouts.views import blueprint
from crm.layouts.views.page import page_of
from crm.records.queries import get_record
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import render


@blueprint.get("/records/<int:record_id>/summary")
@requires(SIGNED_IN)
def summary(record_id: int) -> Response:
    """The sentences, and a button that copies them."""
    record = get_record(viewer(), record_id)
    sentences = [translate(sentence) for sentence in summary_of(page_of(record))]
    return render(
        "records/summary.html",
        "records/_summary.html",
        record=record,
        object_type=record.type,
        sentences=sentences,
    )
