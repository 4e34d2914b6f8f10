"""A short look at a record, beside a list or a card (SPEC 1.8)."""

from flask import Response, request

from crm.layouts.buttons import buttons_for
from crm.layouts.layout import Place
from crm.layouts.neighbours import associated_objects
from crm.layouts.reading import cards_on, layout_for
from crm.layouts.views.page import header_of, page_of
from crm.permissions.actions import Verb
from crm.records.queries import get_record
from crm.records.views import blueprint
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import is_fragment, render


@blueprint.get("/records/<int:record_id>/preview")
@requires(SIGNED_IN)
def preview(record_id: int) -> Response:
    """The header of a record and the cards that its layout has for the preview; `?panel=1` is for the panel."""
    record, person = get_record(viewer(), record_id), viewer()
    page = page_of(record)
    cards = cards_on(page, layout_for(person, record.type), [Place.PREVIEW], with_header=True)[Place.PREVIEW]
    creatable = [kind for kind in associated_objects(record.type) if person.may(kind.name, Verb.CREATE)]
    return render(
        "records/preview.html",
        "records/_preview.html",
        record=record,
        object_type=record.type,
        can_edit=page.can_edit,
        header=header_of(page),
        cards=cards,
        creatable=creatable if page.can_edit else [],
        buttons=buttons_for(person, record, page.personal),
        in_panel=is_fragment() and "panel" in request.args,
    )
