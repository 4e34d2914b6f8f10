"""/settings/objects/<objects>/layouts/<view>/preview: a draft on a real record, to look at only (SPEC 1.7)."""

from dataclasses import replace
from typing import Any

from flask import Response, request

from crm.layouts.drafts import draft_of
from crm.layouts.layout import ACTIVITIES, OVERVIEW, Personal, Place, RecordLayout
from crm.layouts.reading import cards_on, open_page, tabs_for
from crm.layouts.views.page import header_of
from crm.messages import N_, InvalidValue
from crm.objects.schema import ObjectType
from crm.permissions.actions import AccountRight, Verb
from crm.permissions.errors import NotFound
from crm.records.queries import RecordRow, get_record
from crm.search.find_records import find_records
from crm.settings.views.blueprint import blueprint
from crm.settings.views.layouts import HERE, kind_called, layout_called, url_of
from crm.web.auth import requires, viewer
from crm.web.context import reading_context
from crm.web.htmx import render
from crm.web.numbers import whole_number

MOST_FOUND = 10
PREVIEW_TAB = (str(Place.PREVIEW), N_("Preview panel"))
NO_SUCH_TAB = N_("There is no such tab.")


@blueprint.get(f"{HERE}/<place>/preview")
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def preview_layout(object_name: str, place: str) -> Response:
    """The page of a record chosen by search, drawn with this person's draft."""
    kind, q = kind_called(object_name), request.args.get("q", "").strip()
    stored = layout_called(kind, place)
    draft = draft_of(viewer(), stored)
    sent = request.args.get("record", "")
    may_look = viewer().may(kind.name, Verb.VIEW)
    found = find_records(viewer(), q, kind.name, MOST_FOUND, needs_words=False) if may_look else []
    record_id = whole_number(sent) if sent else next((hit.record_id for hit in found), None)
    shown = _shown(kind, draft.layout if draft else stored.layout, record_id)
    return render(
        "settings/layouts/preview.html",
        object_type=kind,
        stored=stored,
        found=found,
        q=q,
        base=f"{url_of(kind, place)}/preview",
        editor_url=url_of(kind, place),
        list_url=url_of(kind),
        **shown,
    )


def _shown(kind: ObjectType, layout: RecordLayout, record_id: int | None) -> dict[str, Any]:
    """What the templates of the page of this record need; `record` is None where there is none."""
    if record_id is None:
        return {"record": None}
    record = get_record(viewer(), record_id)
    if record.type.name != kind.name:
        raise NotFound(f"record {record_id} is no {kind.name}")
    return _drawn(record, layout, request.args.get("tab") or OVERVIEW)


def _drawn(record: RecordRow, layout: RecordLayout, tab: str) -> dict[str, Any]:
    page = replace(open_page(viewer(), record, reading_context()), can_edit=False)
    page.personal = Personal()
    tabs = [*((one.key, one.label) for one in tabs_for(page, layout)), PREVIEW_TAB]
    if tab not in dict(tabs):
        raise InvalidValue(NO_SUCH_TAB)
    in_page = [str(Place.LEFT), *([] if tab == ACTIVITIES else [tab]), str(Place.RIGHT)]
    columns = [str(Place.PREVIEW)] if tab == Place.PREVIEW else in_page
    return {
        "record": record,
        "can_edit": False,
        "tabs": tabs,
        "tab": tab,
        "columns": list(cards_on(page, layout, columns, with_header=True).items()),
        "header": header_of(page),
    }
