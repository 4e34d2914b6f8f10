"""Automatic formatting: how texts are rewritten when people type or import them (SPEC 2.5)."""

from collections.abc import Mapping
from typing import Any

from crm.messages import N_
from crm.properties.formatting import KEY, formattings, wrong_ways
from crm.properties.rules.base import TEXTS
from crm.settings.property_sections import Editing, InvalidSettings, PropertySection, property_sections

NAME = "formatting"
CONTROL = "formatting-ways"


def _parse(editing: Editing) -> Mapping[str, Any]:
    chosen = _chosen(editing)
    message = wrong_ways(chosen)
    if message is not None:
        raise InvalidSettings({CONTROL: message})
    return {KEY: [way.name for way in formattings if way.name in chosen] or None}


def _context(editing: Editing) -> Mapping[str, Any]:
    chosen = _chosen(editing)
    ways = [(way.name, way.label, way.name in chosen) for way in formattings]
    return {"ways": ways, "is_open": bool(chosen)}


def _chosen(editing: Editing) -> list[str]:
    return list(editing.settings.get(KEY) or ()) if editing.typed is None else editing.typed.getlist(CONTROL)


property_sections.register(
    PropertySection(
        NAME,
        N_("Automatic formatting"),
        "settings/properties/_formatting.html",
        (KEY,),
        lambda type: type.name in TEXTS,
        _parse,
        _context,
        position=60,
    )
)
