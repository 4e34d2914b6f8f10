"""What a number counts: plain, a share of a hundred, or time; and whether its digits are grouped (SPEC 2.3)."""

from collections.abc import Mapping
from typing import Any

from crm.messages import N_, Message
from crm.settings.property_sections import Editing, InvalidSettings, PropertySection, property_sections

PLAIN = "plain"
FORMATS = ((PLAIN, N_("Plain number")), ("percent", N_("Percent")), ("duration", N_("Duration")))


def _parse(editing: Editing) -> Mapping[str, Any]:
    assert editing.typed is not None
    chosen = editing.typed.get("number-format", PLAIN) or PLAIN
    if chosen not in dict(FORMATS):
        raise InvalidSettings({"number-format": Message(N_("Choose one of these."))})
    grouping = None if "number-grouping" in editing.typed else False
    return {"format": None if chosen == PLAIN else chosen, "grouping": grouping}


def _context(editing: Editing) -> Mapping[str, Any]:
    if editing.typed is not None:
        chosen, is_grouped = editing.typed.get("number-format", PLAIN), "number-grouping" in editing.typed
    else:
        chosen, is_grouped = editing.settings.get("format", PLAIN), editing.settings.get("grouping", True)
    return {"formats": FORMATS, "format": chosen, "is_grouped": is_grouped}


property_sections.register(
    PropertySection(
        "number",
        N_("Number format"),
        "settings/properties/_number.html",
        ("format", "grouping"),
        lambda type: type.name == "number",
        _parse,
        _context,
        position=10,
    )
)
