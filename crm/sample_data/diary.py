"""Playing a year from its beginning: every entry is done at its moment, through the same operations people use."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from crm.clock import as_of
from crm.db import db
from crm.permissions.errors import Forbidden, NotFound

Act = Callable[[], int | None]
"""Does something and returns the id of the record it made, if it made one."""


@dataclass(order=True)
class Entry:
    """Something to do at a moment; entries of the same moment keep their order. `key` is how others name its record."""

    moment: datetime
    number: int
    act: Act = field(compare=False)
    key: object = field(default=None, compare=False)


class Diary:
    """Collects entries in any order and plays them in that of time, a few at a time."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._ids: dict[object, int] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def at(self, moment: datetime, act: Act, key: object = None) -> None:
        """Have `act` done at `moment` (aware); the record it makes is known by `key` from then on."""
        self._entries.append(Entry(moment, len(self._entries), act, key))

    def id_of(self, key: object) -> int:
        """The record made under `key`; raises NotFound when none was."""
        try:
            return self._ids[key]
        except KeyError:
            raise NotFound(f"nothing was made for {key}") from None

    def remember(self, made: Mapping[int, int]) -> None:
        """Take it as known which entries, by number, have made which records when they were played before."""
        for entry in self._entries:
            if entry.number in made:
                self._ids[entry.key] = made[entry.number]

    def play(self, start: int, stop: int) -> dict[int, int]:
        """Do the entries from `start` to before `stop` in order of time, inside the caller's unit of work.

        Returns the records that were made, by the number of the entry. What somebody has deleted in the meantime is
        left alone.
        """
        made: dict[int, int] = {}
        for entry in sorted(self._entries)[start:stop]:
            record_id = None
            with suppress(NotFound, Forbidden), db.session.begin_nested(), as_of(entry.moment):
                record_id = entry.act()
            if record_id is not None:
                made[entry.number] = self._ids[entry.key] = record_id
        return made
