"""What the templates of a record page need: its header, its buttons, its tabs and its cards (SPEC 1.1-1.6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm.layouts.buttons import buttons_for
from crm.layouts.layout import ACTIVITIES, OVERVIEW, Place
from crm.layouts.page import RecordPage
from crm.layouts.reading import cards_on, layout_for, open_page, tabs_for
from crm.messages import N_
from crm.records.queries import RecordRow
from crm.records.shown import Shown, initials, show_all
from crm.timeline.views import timeline_screen
from crm.web.auth import viewer
from crm.web.context import reading_context

REMEMBERED = (OVERVIEW, ACTIVITIES)
TAB_PREFERENCE = "record_tab"


@dataclass(frozen=True)
class Header:
    """The top of a record: its name and what stands under it."""

    title: str
    subtitle_shown: Sequence[Shown]
    initials: str


def page_of(record: RecordRow) -> RecordPage:
    """The page of a record before the person signed in."""
    return open_page(viewer(), record, reading_context())


def page_context(record: RecordRow, asked: str | None = None) -> dict[str, Any]:
    """What all three columns need; on the tab `asked` for, else on the one this person used last (REC-35, REC-36)."""
    return _context(record, asked, (Place.LEFT, Place.RIGHT), with_header=True)


def middle_context(record: RecordRow, asked: str | None) -> dict[str, Any]:
    """What the middle column needs."""
    return _context(record, asked, (), with_header=False)


def _context(record: RecordRow, asked: str | None, sides: Sequence[Place], with_header: bool) -> dict[str, Any]:
    page, person = page_of(record), viewer()
    layout = layout_for(person, record.type)
    tabs = tabs_for(page, layout)
    tab = chosen_tab([one.key for one in tabs], asked)
    columns: list[str] = [*sides, *([] if tab == ACTIVITIES else [tab])]
    found = {
        "record": record,
        "object_type": record.type,
        "can_edit": page.can_edit,
        "tabs": tabs,
        "tab": tab,
        "columns": cards_on(page, layout, columns, with_header),
    }
    if with_header:
        found |= {"header": header_of(page), "buttons": buttons_for(person, record, page.personal)}
    if tab == ACTIVITIES:
        found |= timeline_screen(record, f"/records/{record.id}/timeline")
    return found


def chosen_tab(keys: Sequence[str], asked: str | None) -> str:
    """The tab asked for, if it is there for this record; else the one remembered, else the first."""
    if asked in keys:
        return asked
    remembered = viewer().preferences.get(TAB_PREFERENCE)
    return remembered if remembered in REMEMBERED else OVERVIEW


def header_of(page: RecordPage) -> Header:
    """The record's name, its primary company and its secondary display properties (SPEC 1.2)."""
    record = page.record
    shown = show_all(record.type, record.type.layout.secondary_display, record.values, page.context)
    company = page.primary_company
    if company is not None:
        name = company.display_name or f"#{company.record_id}"
        shown.insert(1, Shown("primary_company", N_("Primary company"), name, href=f"/records/{company.record_id}"))
    return Header(record.title, shown, initials(record.title))


def header_context(record: RecordRow) -> dict[str, Any]:
    """What the header alone needs."""
    page = page_of(record)
    return {"record": record, "object_type": record.type, "can_edit": page.can_edit, "header": header_of(page)}
