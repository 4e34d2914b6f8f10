"""The formula of a calculated property, with the functions and properties it may use (SPEC 2.3)."""

from collections.abc import Mapping
from typing import Any

from crm.derived.formulas import FORMATS, calculated_settings, format_of
from crm.messages import N_, InvalidValue
from crm.properties.formulas import functions
from crm.records.calculations import CALCULATION, FORMULA, kinds_of
from crm.settings.property_sections import Editing, InvalidSettings, PropertySection, property_sections

NAME = "formula"
TEXT, FORMAT = "formula-formula", "formula-format"


def _parse(editing: Editing) -> Mapping[str, Any]:
    assert editing.typed is not None
    try:
        return calculated_settings(editing.object_type, editing.typed.get(TEXT, ""), editing.typed.get(FORMAT, ""))
    except InvalidValue as error:
        raise InvalidSettings({TEXT: error.message}) from None


def _context(editing: Editing) -> Mapping[str, Any]:
    typed, properties = editing.typed, editing.object_type.properties
    return {
        "text": typed.get(TEXT, "") if typed is not None else editing.settings.get(FORMULA, ""),
        "format": typed.get(FORMAT, "") if typed is not None else format_of(editing.settings),
        "formats": list(FORMATS.items()),
        "functions": [one for one in functions if not one.is_operator],
        "properties": sorted((properties[name].label, name) for name in kinds_of(editing.object_type)),
    }


property_sections.register(
    PropertySection(
        NAME,
        N_("Formula"),
        "settings/properties/_formula.html",
        (FORMULA, "format", "result"),
        lambda type: type.name == CALCULATION,
        _parse,
        _context,
        position=10,
    )
)
