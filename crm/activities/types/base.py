"""What a kind of activity is: its fields, its words on the timeline, and when it is still open (SPEC 8.1-8.2)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from crm.messages import Message

Values = Mapping[str, Any]
Defaults = Callable[[datetime, ZoneInfo], dict[str, Any]]


def never_open(values: Values, now: datetime) -> bool:
    """What has happened is not open."""
    return False


def no_shortcuts(now: datetime, zone: ZoneInfo) -> list[tuple[Message, datetime]]:
    """Its moment is typed."""
    return []


def nothing_hidden(values: Values) -> frozenset[str]:
    """Everything that is known of the activity is shown."""
    return frozenset()


def no_faults(values: Values) -> dict[str, Message]:
    """Nothing more has to fit together."""
    return {}


def as_it_is(values: Values, now: datetime) -> dict[str, Any]:
    """The date decides nothing more."""
    return {}


def at_once(**values: Any) -> Defaults:
    """What a new activity starts with when it happened just now."""

    def defaults(now: datetime, zone: ZoneInfo) -> dict[str, Any]:
        return {"activity_date": now.replace(second=0, microsecond=0), **values}

    return defaults


@dataclass(frozen=True)
class Title:
    """The line over an item of the timeline, chosen by the value of one property.

    `by_value` pairs values of `property_name` with an N_ text that has `%(name)s`; any other value takes `default`.
    The name is that of the user in the property `person`, or of whoever set the value when that is one of `by_doer`;
    `nobody` is the N_ text for when `person` holds nobody, and `ahead` the one for what lies ahead.
    """

    default: str
    property_name: str | None = None
    by_value: Mapping[str, str] = field(default_factory=dict)
    person: str = "created_by"
    by_doer: frozenset[str] = frozenset()
    nobody: str | None = None
    ahead: str | None = None

    def text(self, values: Values, is_ahead: bool = False) -> str:
        """The N_ text for these values; the caller fills in `name` when it translates."""
        if is_ahead and self.ahead is not None:
            return self.ahead
        if self.property_name is None:
            return self.default
        if self.nobody is not None and values.get(self.person) is None and not self.names_doer(values):
            return self.nobody
        return self.by_value.get(values.get(self.property_name) or "", self.default)

    def names_doer(self, values: Values) -> bool:
        """Whether the text names who set the value, rather than the user in `person`."""
        return self.property_name is not None and values.get(self.property_name) in self.by_doer


@dataclass(frozen=True)
class ActivityType:
    """One kind of activity. Property names are those of its object type, in the order in which they are shown.

    `composer_fields` come before the body, which every kind has, and `more_fields` are folded behind them;
    `tools_template` stands under both, with the moments of `shortcuts(now, zone)` to choose from; `fact_fields` are
    shown when the item is expanded, but for those that `hides(values)` says mean nothing with the others;
    `fixed_values` are stored with every activity of the kind; `heading_property` is its own title or subject;
    `quick_property` is changed on the item itself; `searched_properties` are the kind's part of the six timeline fields
    (SPEC 1.6); `contacts_emailed_or_called` says that the people it went to are linked as well (SPEC 6.6), unless its
    direction is `inbound_direction`; `people_label` says what contacts are who took part, "" where nobody does.
    `is_open(values, now)` says whether it stands under Upcoming, and `stays_open` that it does so even when its moment
    has passed; `takes_future` says whether it may lie ahead; `by_date(values, now)` are the values that the date
    decides, and raises InvalidInput for what cannot be: values of `known_afterwards` while it lies ahead;
    `faults(values)` says what does not fit together, by property; `defaults(now, zone)` fill a new composer.
    `is_contact` says that somebody was spoken or written to, which "Last contacted" counts; `reached_by` are the types
    of properties of which a record needs one filled in for that.
    """

    name: str
    object_type: str
    label: str
    plural_label: str
    log_label: str
    icon: str
    position: int
    title: Title
    template: str
    composer_fields: tuple[str, ...]
    fact_fields: tuple[str, ...] = ()
    more_fields: tuple[str, ...] = ()
    quick_property: str | None = None
    people_label: str = ""
    faults: Callable[[Values], dict[str, Message]] = no_faults
    hides: Callable[[Values], frozenset[str]] = nothing_hidden
    by_date: Callable[[Values, datetime], dict[str, Any]] = as_it_is
    known_afterwards: tuple[str, ...] = ()
    takes_future: bool = False
    tools_template: str = ""
    shortcuts: Callable[[datetime, ZoneInfo], list[tuple[Message, datetime]]] = no_shortcuts
    is_main: bool = False
    fixed_values: Values = field(default_factory=dict)
    heading_property: str | None = None
    searched_properties: tuple[str, ...] = ()
    contacts_emailed_or_called: bool = False
    inbound_direction: str | None = None
    is_open: Callable[[Values, datetime], bool] = never_open
    stays_open: bool = False
    is_contact: bool = False
    defaults: Defaults = field(default=at_once())
    required_fields: tuple[str, ...] = ()
    reached_by: tuple[str, ...] = ()

    def title_message(self, values: Values) -> str:
        """The N_ text of the line over the item, with `%(name)s` for the person: "Call logged by %(name)s"."""
        return self.title.text(values)


def in_business_days(now: datetime, zone: ZoneInfo, days: int, hour: int) -> datetime:
    """That hour, in the viewer's zone, on the day that is so many business days (Monday to Friday) after today; UTC.

    A day on which that hour does not exist, because clocks go forward, gets the first moment after the gap.
    """
    day = now.astimezone(zone).replace(hour=hour, minute=0, second=0, microsecond=0, fold=0)
    while days:
        day += timedelta(days=1)
        if day.weekday() < 5:
            days -= 1
    return day.astimezone(UTC)


def in_days(now: datetime, zone: ZoneInfo, days: int, hour: int) -> datetime:
    """That hour, in the viewer's zone, so many days after today; UTC."""
    day = now.astimezone(zone).replace(hour=hour, minute=0, second=0, microsecond=0, fold=0) + timedelta(days=days)
    return day.astimezone(UTC)


def in_months(now: datetime, zone: ZoneInfo, months: int, hour: int) -> datetime:
    """That hour, in the viewer's zone, so many months after today; UTC."""
    day = now.astimezone(zone).replace(hour=hour, minute=0, second=0, microsecond=0, fold=0)
    return later_month(day, months).astimezone(UTC)


def later_month(day: datetime, months: int) -> datetime:
    """The same day so many months later; in a shorter month its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))
