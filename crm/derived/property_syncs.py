"""What a mirrored property mirrors, as its settings hold it (SPEC 2.3).

`object` is the associated object and `source` the property of it; `pick` says of which associated record: the primary
company, or the record associated first or last.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm.associations.queries import association_types
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType, Property, Schema
from crm.records.values import type_of

PROPERTY_SYNC = "property_sync"
PRIMARY, NEWEST, OLDEST = "primary", "newest", "oldest"
LABELS: Mapping[str, str] = {
    PRIMARY: N_("The primary company"),
    NEWEST: N_("The one associated last"),
    OLDEST: N_("The one associated first"),
}
NO_OBJECT = N_("Choose an object that %(objects)s can be associated with.")
NO_PROPERTY = N_("Choose the property to mirror.")
NO_PICK = N_("Choose which of several associated records is mirrored.")
NOT_MIRRORED = frozenset({"rich_text", "emails", "domains", "file"})
RESULT_SETTINGS = ("format", "decimals", "grouping", "currency", "link")


@dataclass(frozen=True)
class SyncSettings:
    """The settings of one mirrored property, read."""

    object_type: str
    source: str
    pick: str


def read_sync(settings: Mapping[str, Any]) -> SyncSettings:
    """What the settings of a property mirror, whether that can be or not."""
    return SyncSettings(*(str(settings.get(key, "")) for key in ("object", "source", "pick")))


def is_mirrorable(prop: Property) -> bool:
    """Whether another object may show the values of this property."""
    return type_of(prop).name not in NOT_MIRRORED


def mirrored(current: Schema, kind: ObjectType, wanted: SyncSettings) -> dict[str, Any]:
    """The settings of a property of `kind` that mirrors another, with those of that one's type. Raises InvalidValue."""
    other = current.types.get(wanted.object_type)
    if other is None or other.is_activity or association_types().between(kind.name, other.name) is None:
        raise InvalidValue(Message(NO_OBJECT, objects=kind.plural_label))
    prop = other.properties.get(wanted.source)
    if prop is None or not is_mirrorable(prop):
        raise InvalidValue(NO_PROPERTY)
    has_primary = association_types().primary(kind.name, other.name) is not None
    if wanted.pick not in LABELS or (wanted.pick == PRIMARY and not has_primary):
        raise InvalidValue(NO_PICK)
    kept = {key: prop.settings[key] for key in RESULT_SETTINGS if key in prop.settings}
    return {
        "object": wanted.object_type,
        "source": wanted.source,
        "pick": wanted.pick,
        "options_like": [wanted.object_type, wanted.source] if prop.options else None,
        **dict.fromkeys(RESULT_SETTINGS),
        **kept,
        "result": type_of(prop).name,
    }
