"""Which property of which associated record a property mirrors (SPEC 2.3)."""

from collections.abc import Mapping
from typing import Any

from crm.derived.property_syncs import (
    LABELS,
    NEWEST,
    PROPERTY_SYNC,
    RESULT_SETTINGS,
    SyncSettings,
    is_mirrorable,
    mirrored,
    read_sync,
)
from crm.messages import N_, InvalidValue
from crm.objects.queries import schema
from crm.settings.property_sections import Editing, InvalidSettings, PropertySection, property_sections
from crm.settings.property_sections.choices import pair_of, property_choices

NAME = "sync"
SOURCE, PICK = f"{NAME}-source", f"{NAME}-pick"
CHOOSE = N_("Choose a property")


def _parse(editing: Editing) -> Mapping[str, Any]:
    assert editing.typed is not None
    wanted = SyncSettings(*pair_of(editing.typed.get(SOURCE, "")), editing.typed.get(PICK, ""))
    try:
        return mirrored(schema(), editing.object_type, wanted)
    except InvalidValue as error:
        raise InvalidSettings({SOURCE: error.message}) from None


def _context(editing: Editing) -> Mapping[str, Any]:
    typed, stored = editing.typed, read_sync(editing.settings)
    kept = f"{stored.object_type}/{stored.source}" if stored.source else ""
    return {
        "source": typed.get(SOURCE, "") if typed is not None else kept,
        "pick": typed.get(PICK, "") if typed is not None else stored.pick or NEWEST,
        "sources": [("", CHOOSE), *property_choices(editing.object_type, is_mirrorable)],
        "picks": list(LABELS.items()),
    }


property_sections.register(
    PropertySection(
        NAME,
        N_("What is mirrored"),
        "settings/properties/_property_sync.html",
        ("object", "source", "pick", "options_like", "result", *RESULT_SETTINGS),
        lambda type: type.name == PROPERTY_SYNC,
        _parse,
        _context,
        position=10,
    )
)
