"""Carrying events from who publishes them to who hears them (DESIGN 3); crm/events.py is what there is to tell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Event:
    """Something that has just been written in this transaction; `actor` is the Viewer who did it."""

    actor: Any


Handler = Callable[[Any], None]


@dataclass
class Bus:
    """Which handlers hear which event."""

    handlers: dict[type[Event], tuple[Handler, ...]] = field(default_factory=dict)


_bus = Bus()


def connect(wiring: Mapping[type[Event], tuple[Handler, ...]]) -> None:
    """Take `wiring` as the whole truth of who hears what; called once by create_app."""
    _bus.handlers = dict(wiring)


def publish(event: Event) -> None:
    """Tell `event` to its handlers, now, in this transaction."""
    for handler in _bus.handlers.get(type(event), ()):
        handler(event)
