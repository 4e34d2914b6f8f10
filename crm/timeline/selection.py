"""What a reader wants to see of a timeline: the filters of the URL, read once and strictly (DESIGN 11)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from crm.permissions.viewer import Viewer
from crm.timeline.filters import timeline_filters
from crm.timeline.filters.base import Arguments, Chip, Narrowing, TimelineFilter

Pair = tuple[str, str]


@dataclass(frozen=True)
class Selection:
    """The active filters by name, each with its parsed values."""

    values: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    @classmethod
    def parse(cls, arguments: Arguments) -> "Selection":
        """Read the filters from the query string; raises InvalidValue for nonsense."""
        return cls._read(arguments.getlist)

    @classmethod
    def of(cls, pairs: Iterable[Pair]) -> "Selection":
        """The same from arguments that were kept; raises InvalidValue."""
        kept = list(pairs)
        return cls._read(lambda key: [value for name, value in kept if name == key])

    @classmethod
    def _read(cls, given: Callable[[str], list[str]]) -> "Selection":
        parsed = {one.name: one.parse(given(one.key)) for one in timeline_filters}
        return cls({name: values for name, values in parsed.items() if values})

    def __bool__(self) -> bool:
        return bool(self.values)

    def get(self, name: str) -> tuple[Any, ...]:
        """The values of one filter, () when it is off."""
        return self.values.get(name, ())

    def narrowings(self, viewer: Viewer, record_id: int) -> list[Narrowing]:
        """One condition on the timeline for each active filter."""
        return [
            one.narrow(self.values[one.name], viewer, record_id) for one in timeline_filters if one.name in self.values
        ]

    def arguments(self, without: Iterable[str] = ()) -> list[Pair]:
        """The filters as URL arguments, those named in `without` left out; some say by a pair that they are off."""
        left_out = set(without)
        return [
            pair for one in timeline_filters if one.name not in left_out for pair in one.arguments(self.get(one.name))
        ]

    def chips(self) -> list[tuple[Chip, str]]:
        """Every active filter in words, with the query string that remains when it is taken away."""
        return [
            (chip, self._query_without(one, chip))
            for one in timeline_filters
            if one.name in self.values
            for chip in one.chips(self.values[one.name])
        ]

    def _query_without(self, one: TimelineFilter, chip: Chip) -> str:
        rest = [pair for pair in one.arguments(self.values[one.name]) if pair not in chip.arguments]
        return self.query_string([one.name], rest or one.arguments(()))

    def query_string(self, without: Iterable[str] = (), more: Iterable[Pair] = ()) -> str:
        """The filters as a query string, with `more` arguments appended."""
        return urlencode([*self.arguments(without), *more])


EVERYTHING = Selection()
