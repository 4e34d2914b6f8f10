"""By type: the quick tabs and the "Filter activity" choice (REC-21, REC-22)."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crm.activities.types import activity_types
from crm.messages import N_, InvalidValue, Message
from crm.permissions.viewer import Viewer
from crm.timeline.entries import entry_types
from crm.timeline.filters import timeline_filters
from crm.timeline.filters.base import Chip, TimelineFilter
from crm.timeline.models import TimelineEntry

NOTHING = "none"


class KindFilter(TimelineFilter):
    """Only entries of the kinds named; the word `none` stands for an empty choice."""

    name = key = "kind"
    label = N_("Type")
    position = 10

    def parse(self, given: Sequence[str]) -> tuple[str, ...]:
        """Names of kinds, in the order given; raises InvalidValue for one that does not exist."""
        names = tuple(dict.fromkeys(name for name in given if name))
        for name in names:
            if name != NOTHING and name not in activity_types and name not in entry_types:
                raise InvalidValue(Message(N_("There is no type of activity called “%(name)s”."), name=name[:50]))
        return names

    def where(self, values: tuple[Any, ...], viewer: Viewer, record_id: int) -> sa.ColumnElement[bool]:
        """The entry is of one of the kinds."""
        return TimelineEntry.kind.in_([name for name in values if name != NOTHING])

    def chips(self, values: tuple[Any, ...]) -> list[Chip]:
        """One chip for the choice as a whole."""
        labels = [label_of(name) for name in values]
        text: Message | str = Message(N_("%(count)s types"), count=len(labels))
        if len(labels) == 1:
            text = N_("No types") if values == (NOTHING,) else labels[0]
        return [Chip(text, tuple(self.arguments(values)))]

    def arguments(self, values: tuple[Any, ...]) -> list[tuple[str, str]]:
        """The kinds; an empty one when there is no choice, since an address that says nothing takes the remembered."""
        return super().arguments(values) or [(self.key, "")]


def label_of(name: str) -> str:
    """The label of an activity kind or system entry; the name itself when it is gone."""
    if name == NOTHING:
        return N_("None")
    kind = activity_types.get(name)
    if kind is not None:
        return kind.plural_label
    entry = entry_types.get(name)
    return entry.label if entry is not None else name


timeline_filters.register(KindFilter())
