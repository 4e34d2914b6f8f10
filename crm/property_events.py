"""What happens to the definitions of properties; heard like everything in crm/events.py."""

from dataclasses import dataclass

from crm.bus import Event


@dataclass(frozen=True)
class PropertyEvent(Event):
    """The definition of a property changed; the schema of this transaction has it already."""

    object_type: str
    property_name: str


@dataclass(frozen=True)
class PropertyCreated(PropertyEvent):
    """A property was made; its column is there and empty."""


@dataclass(frozen=True)
class PropertyChanged(PropertyEvent):
    """A property is described otherwise; `changed` names the settings and fields (`label`, `type` ...) that differ."""

    changed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PropertyArchived(PropertyEvent):
    """A property went out of use; the schema does not have it any more."""


@dataclass(frozen=True)
class PropertyRestored(PropertyEvent):
    """An archived property is back, with its values."""
