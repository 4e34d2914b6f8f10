"""The record page and its parts (SPEC 1.1-1.6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from crm.accounts.operations import set_preference
from crm.activities.types import activity_types
from crm.associations.queries import Neighbour, primary_company
from crm.associations.sections import Card, Section, sections
from crm.db import unit_of_work
from crm.messages import N_, InvalidValue
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.queries import RecordRow, get_record
from crm.records.shown import Shown, initials, show_all
from crm.records.views import blueprint
from crm.timeline import queries as timeline
from crm.timeline.items import Look, item
from crm.timeline.views import timeline_screen
from crm.web.auth import SIGNED_IN, forget_viewer, requires, viewer
from crm.web.context import reading_context
from crm.web.htmx import is_fragment, redirect_to, render

OVERVIEW, ACTIVITIES = TABS = ("overview", "activities")
TAB_PREFERENCE = "record_tab"


@dataclass(frozen=True)
class Header:
    """The top of a record: its name and what stands under it."""

    title: str
    subtitle_shown: Sequence[Shown]
    initials: str


@blueprint.get("/")
@requires(SIGNED_IN)
def home() -> Response:
    """The first page after signing in."""
    return redirect_to("/objects/contacts")


@blueprint.get("/records/<int:record_id>")
@requires(SIGNED_IN)
def show(record_id: int) -> Response:
    """The record page, on the tab asked for, else on the one this person used last."""
    record = get_record(viewer(), record_id)
    remembered = viewer().preferences.get(TAB_PREFERENCE)
    tab = request.args.get("tab") or (remembered if remembered in TABS else OVERVIEW)
    if tab not in TABS:
        raise InvalidValue(N_("There is no such tab."))
    context = record_context(record)
    context |= middle_context(record, tab, context["sections"])
    return render("records/show.html", "records/_middle.html", **context)


@blueprint.post("/records/<int:record_id>/tab")
@requires(SIGNED_IN)
def choose_tab(record_id: int) -> Response:
    """Open a tab and remember it for this person's next records (REC-36)."""
    tab = request.form.get("tab")
    if tab not in TABS:
        raise InvalidValue(N_("There is no such tab."))
    with unit_of_work():
        get_record(viewer(), record_id)
        set_preference(viewer(), TAB_PREFERENCE, tab)
    url = f"/records/{record_id}?tab={tab}"
    if not is_fragment():
        return redirect_to(url)
    forget_viewer()
    record = get_record(viewer(), record_id)
    context = {"record": record, "object_type": record.type} | middle_context(record, tab)
    return render("records/show.html", "records/_middle.html", push_url=url, **context)


@blueprint.get("/records/<int:record_id>/preview")
@requires(SIGNED_IN)
def preview(record_id: int) -> Response:
    """A short look at a record, beside a list (SPEC 1.8)."""
    record = get_record(viewer(), record_id)
    context = reading_context()
    look = Look(viewer(), context, record.title)
    return render(
        "records/preview.html",
        "records/_preview.html",
        recent=[item(entry, look) for entry in timeline.recent(viewer(), record_id, 3)],
        sections=sections(viewer(), record, context, limit=3),
        **record_context(record, parts=False),
    )


def record_context(record: RecordRow, parts: bool = True) -> dict[str, Any]:
    """What the left column and, with `parts`, the right one need."""
    context, person = reading_context(), viewer()
    can_edit = person.covers(record.object_type, Verb.EDIT, record.owner_id)
    related = sections(person, record, context) if parts else None
    found = {
        "record": record,
        "object_type": record.type,
        "can_edit": can_edit,
        "header": header_of(record, context, related),
        "about": show_all(record.type, record.type.layout.about, record.values, context, can_edit),
    }
    if related is not None:
        found |= {"sections": related, **composer_kinds(person, record.type)}
    return found


def header_of(record: RecordRow, context: Context, related: Sequence[Section] | None) -> Header:
    """The record's name, its primary company and its secondary display properties (SPEC 1.2).

    The company is among the `related` records where those have been read.
    """
    shown = show_all(record.type, record.type.layout.secondary_display, record.values, context)
    company: Card | Neighbour | None
    if related is None:
        company = primary_company(viewer(), record.id, record.object_type)
    else:
        company = next((card for section in related for card in section.cards if card.is_primary), None)
    if company is not None:
        name = company.display_name or f"#{company.record_id}"
        shown.insert(1, Shown("primary_company", N_("Primary company"), name, href=f"/records/{company.record_id}"))
    return Header(record.title, shown, initials(record.title))


def composer_kinds(person: Viewer, record_type: ObjectType) -> dict[str, Any]:
    """The kinds of activity this person may log on such a record: the five main ones, and those under "More"."""
    taken = [kind for kind in activity_types if record_type.takes(kind.object_type)]
    kinds = [kind for kind in taken if person.may(kind.object_type, Verb.CREATE)]
    return {
        "composer_kinds": [kind for kind in kinds if kind.is_main],
        "more_kinds": [kind for kind in kinds if not kind.is_main],
    }


def middle_context(record: RecordRow, tab: str, known: list[Section] | None = None) -> dict[str, Any]:
    """What the middle column needs, on one of its tabs; `known` are the sections of the right column, if read."""
    if tab == ACTIVITIES:
        return {"tab": tab} | timeline_screen(record, f"/records/{record.id}/timeline")
    context, person = reading_context(), viewer()
    look = Look(person, context, record.title)
    return {
        "tab": tab,
        "highlights": show_all(record.type, record.type.layout.highlights, record.values, context),
        "recent": [item(entry, look) for entry in timeline.recent(person, record.id)],
        "tables": sections(person, record, context) if known is None else known,
    }
