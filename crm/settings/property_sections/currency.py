"""Which currency an amount is in: that of its record, or the account's (SPEC 2.3)."""

from collections.abc import Mapping
from typing import Any

from crm.messages import N_
from crm.settings.property_sections import Editing, PropertySection, property_sections

RECORD, HOME = "record", "home"
CURRENCIES = ((RECORD, N_("The currency of the record")), (HOME, N_("The currency of the account")))


def _parse(editing: Editing) -> Mapping[str, Any]:
    assert editing.typed is not None
    return {"currency": HOME if editing.typed.get("currency-which", RECORD) == HOME else None}


def _context(editing: Editing) -> Mapping[str, Any]:
    typed = editing.typed
    chosen = typed.get("currency-which", RECORD) if typed is not None else editing.settings.get("currency", RECORD)
    return {"currencies": CURRENCIES, "chosen": chosen}


property_sections.register(
    PropertySection(
        "currency",
        N_("Currency"),
        "settings/properties/_currency.html",
        ("currency",),
        lambda type: type.name == "currency",
        _parse,
        _context,
        position=10,
    )
)
