"""Paging through what happened, the newest first: where a page ends, in its address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, NamedTuple, Protocol, TypeVar
from urllib.parse import urlencode

import sqlalchemy as sa

from crm.messages import N_, InvalidValue


class Place(NamedTuple):
    """Where something stands among things that happened; the id decides between those of one moment."""

    moment: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.moment.isoformat()}_{self.id}"


class Happened(Protocol):
    """Something that has a place among what happened."""

    @property
    def place(self) -> Place: ...


One = TypeVar("One", bound=Happened)


@dataclass(frozen=True)
class Page(Generic[One]):
    """What one page shows, and where the next and the first one are, if any."""

    shown: Sequence[One]
    older_url: str
    newest_url: str


def page_of(found: Sequence[One], size: int, here: str, key: str) -> Page[One]:
    """The page at the address `here`, after the place `key`, of what was `found` there: more than `size` if more is."""
    shown = found[:size]
    older_url = f"{here}?{urlencode({'page-key': str(shown[-1].place)})}" if len(found) > size else ""
    return Page(shown, older_url, here if key else "")


def read_place(text: str) -> Place | None:
    """The place that an address names, None for none; raises InvalidValue for what is none."""
    if not text:
        return None
    before, _, last = text.rpartition("_")
    try:
        moment = datetime.fromisoformat(before)
        place = Place(moment.astimezone(UTC) if moment.tzinfo else moment, int(last))
    except (ValueError, OverflowError):
        raise InvalidValue(N_("There is no such page.")) from None
    if place.moment.tzinfo is None or not 0 <= place.id < 2**63:
        raise InvalidValue(N_("There is no such page."))
    return place


def beyond(rows: Any, place: Place | None) -> list[sa.ColumnElement[bool]]:
    """The condition that rows with `moment` and `id` come after a place, newest first; nothing for the first page."""
    if place is None:
        return []
    columns = getattr(rows, "c", rows)
    older = columns.moment < place.moment
    return [sa.or_(older, sa.and_(columns.moment == place.moment, columns.id < place.id))]
