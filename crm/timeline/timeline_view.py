"""A page of a timeline ready to be shown: its entries by month, and the ways on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from crm.messages import Message
from crm.properties.types.base import Context
from crm.timeline.items import Item, Look, item
from crm.timeline.queries import Page


@dataclass(frozen=True)
class TimelineView:
    """A page of a timeline as the template shows it.

    `continued_month` has its heading on the page before; `joined_month`, as year and month, has one on the page after
    this one, which is there already. `is_window` says that it shows a part round one activity or above it.
    """

    pinned: Item | None
    upcoming: Sequence[Item]
    months: Sequence[tuple[datetime, Sequence[Item]]]
    more_url: str | None
    more_upcoming_url: str | None
    is_filtered: bool
    note: Message | None = None
    continued_month: datetime | None = None
    newer_url: str | None = None
    joined_month: str = ""
    is_window: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all to show."""
        return not (self.pinned or self.upcoming or self.months)

    @property
    def items(self) -> list[Item]:
        """Everything shown, in order."""
        past = [one for _, items in self.months for one in items]
        return [*([self.pinned] if self.pinned else []), *self.upcoming, *past]


def view(page: Page, look: Look, path: str, arguments: Mapping[str, str]) -> TimelineView:
    """A page of a timeline; its links go to `path` with the filters in force and `arguments`."""
    months = _by_month([item(entry, look) for entry in page.entries], look.context)
    continued = page.continues and _month(page.continues, look.context)
    joined = _month(page.precedes, look.context) if page.precedes else None

    def url(name: str, key: str | None) -> str | None:
        if key is None:
            return None
        return f"{path}?{urlencode([*page.selection.arguments(), *arguments.items(), (name, key)])}"

    return TimelineView(
        pinned=item(page.pinned, look) if page.pinned else None,
        upcoming=[item(entry, look) for entry in page.upcoming],
        months=months,
        more_url=url("before", page.next_key),
        more_upcoming_url=url("upcoming", page.next_upcoming_key),
        is_filtered=bool(page.selection),
        note=page.notes[0] if page.notes else None,
        continued_month=next((day for day, _ in months if _month(day, look.context) == continued), None),
        newer_url=url("after", page.newer_key),
        joined_month=f"{joined[0]}-{joined[1]:02}" if joined else "",
        is_window=look.linked_activity_id is not None or joined is not None,
    )


def _by_month(items: Sequence[Item], context: Context) -> list[tuple[datetime, Sequence[Item]]]:
    months: dict[tuple[int, int], list[Item]] = {}
    for one in items:
        months.setdefault(_month(one.moment, context), []).append(one)
    return [(group[0].moment.astimezone(context.time_zone), group) for group in months.values()]


def _month(moment: datetime, context: Context) -> tuple[int, int]:
    local = moment.astimezone(context.time_zone)
    return local.year, local.month
