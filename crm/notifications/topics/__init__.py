"""Kinds of notices, one file each: what they hear of, whom they tell, and in which words (SPEC 8.15).

In order of position: when two kinds tell one person of one event, the first of them does.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crm.events import Event
from crm.messages import Message
from crm.registry import Registry

Data = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """Somebody who is to be told of something on a record or an activity; `data` is what only this moment knows."""

    user_id: int
    record_id: int | None = None
    activity_id: int | None = None
    data: Data = field(default_factory=dict)


@dataclass(frozen=True)
class Notice:
    """A notice as its reader may see it; what it is about goes by the names of now."""

    id: int
    topic: "Topic"
    actor: str
    record_id: int | None
    record_name: str
    activity_id: int | None
    activity_kind: str
    heading: str
    data: Data
    created_at: datetime
    is_read: bool

    @property
    def words(self) -> Message:
        """What it says, in a sentence."""
        return self.topic.words(self)

    @property
    def url(self) -> str:
        """What opening it leads to."""
        if self.activity_id is not None:
            return f"/activities/{self.activity_id}"
        return f"/records/{self.record_id}" if self.record_id is not None else self.topic.url(self)


def nowhere(_notice: Notice) -> str:
    """Where a notice leads that is about nothing one could open."""
    return "/notifications"


@dataclass(frozen=True)
class Topic:
    """One kind of notice: `hears` says for each event whom to tell; `label` and `text` stand in the settings.

    One that hears nothing is told by its neighbours, with `tell`. Whoever did it is never told, unless it
    `tells_the_actor`, as when something long is done.
    """

    name: str
    label: str
    text: str
    icon: str
    words: Callable[[Notice], Message]
    hears: Mapping[type[Event], Callable[[Any], Iterable[Told]]] = field(default_factory=dict)
    url: Callable[[Notice], str] = nowhere
    tells_the_actor: bool = False
    position: int = 100


topics: Registry[Topic] = Registry("kind of notice")
