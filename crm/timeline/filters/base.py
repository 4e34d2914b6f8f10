"""What a timeline filter is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import sqlalchemy as sa

from crm.messages import Message
from crm.permissions.viewer import Viewer


class Arguments(Protocol):
    """The query string, read by key; a key may be given several times."""

    def getlist(self, key: str) -> list[str]:
        """All values given for `key`, in order."""
        ...


@dataclass(frozen=True)
class Chip:
    """One active filter in words, with the URL arguments that stand for it."""

    text: Any
    arguments: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Narrowing:
    """What a filter leaves of a timeline, and what the reader must be told when that may not be all."""

    condition: sa.ColumnElement[bool]
    note: Message | None = None


class TimelineFilter:
    """One kind of filter; `key` is its name in the URL and the values of a parsed filter are a tuple."""

    name: ClassVar[str]
    key: ClassVar[str]
    label: ClassVar[str]
    position: ClassVar[int] = 100

    def parse(self, given: Sequence[str]) -> tuple[Any, ...]:
        """The values of the filter, () when it is off; raises InvalidValue for nonsense."""
        raise NotImplementedError

    def where(self, values: tuple[Any, ...], viewer: Viewer, record_id: int) -> sa.ColumnElement[bool]:
        """The condition on TimelineEntry that these values stand for."""
        raise NotImplementedError

    def narrow(self, values: tuple[Any, ...], viewer: Viewer, record_id: int) -> Narrowing:
        """The condition with a note for the reader, for filters that may not see everything."""
        return Narrowing(self.where(values, viewer, record_id))

    def chips(self, values: tuple[Any, ...]) -> list[Chip]:
        """The filter in words, one chip for each part that can be taken away."""
        raise NotImplementedError

    def arguments(self, values: tuple[Any, ...]) -> list[tuple[str, str]]:
        """The filter as URL arguments, as `parse` reads them; for () what says that it is off, if that must be said."""
        return [(self.key, str(value)) for value in values]
