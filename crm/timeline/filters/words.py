"""By words in exactly the six fields of SPEC 1.6 (REC-25, REC-26)."""

from collections.abc import Sequence
from typing import Any

from crm.messages import N_, InvalidValue, Message
from crm.permissions.viewer import Viewer
from crm.search.in_record import match_in_record
from crm.timeline.filters import timeline_filters
from crm.timeline.filters.base import Chip, Narrowing, TimelineFilter
from crm.timeline.models import TimelineEntry

MAX_LENGTH = 200


class WordsFilter(TimelineFilter):
    """Only activities whose searched texts hold every word typed."""

    name = "words"
    key = "q"
    label = N_("Search")
    position = 40

    def parse(self, given: Sequence[str]) -> tuple[str, ...]:
        """The words as typed; raises InvalidValue when there are too many."""
        text = " ".join(" ".join(given).replace("\x00", "").split())
        if len(text) > MAX_LENGTH:
            raise InvalidValue(Message(N_("Search for at most %(limit)s characters."), limit=MAX_LENGTH))
        return (text,) if text else ()

    def narrow(self, values: tuple[Any, ...], viewer: Viewer, record_id: int) -> Narrowing:
        """The entry is one of the activities found."""
        found = match_in_record(viewer, record_id, values[0])
        return Narrowing(TimelineEntry.activity_id.in_(sorted(found.activity_ids)), found.note)

    def chips(self, values: tuple[Any, ...]) -> list[Chip]:
        """One chip with the words."""
        return [Chip(f"“{values[0]}”", ((self.key, values[0]),))]


timeline_filters.register(WordsFilter())
