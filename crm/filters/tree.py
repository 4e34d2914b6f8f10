"""What a filter is: groups of conditions; all of a group must hold, and one group is enough (SPEC 5.2)."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from crm.clock import now
from crm.messages import N_, InvalidValue, Message
from crm.permissions.viewer import Viewer

MOST_CONDITIONS = 250
MOST_VALUES = 100
LONGEST_VALUE = 500
TOO_MANY = N_("A filter has at most %(limit)s conditions; this one has %(count)s.")


@dataclass(frozen=True)
class Condition:
    """One condition on a property; `values` are texts that mean the same to every reader."""

    property: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Conditions that must all hold."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Filter:
    """Groups of which one must hold; a filter without any holds for every record."""

    groups: tuple[Group, ...] = ()

    def __post_init__(self) -> None:
        count = sum(len(group.conditions) for group in self.groups)
        if count > MOST_CONDITIONS:
            raise InvalidValue(Message(TOO_MANY, limit=MOST_CONDITIONS, count=count))


@dataclass(frozen=True)
class Eyes:
    """Through whose eyes a filter is read: who "me" and "my team" are, and which day it is for them."""

    user_id: int | None
    team_ids: frozenset[int]
    zone: ZoneInfo
    today: date

    @classmethod
    def of(cls, viewer: Viewer, zone: ZoneInfo) -> "Eyes":
        """Those of a viewer whose clock shows the time of `zone`."""
        own = frozenset() if viewer.user_id is None else frozenset({viewer.user_id})
        return cls(viewer.user_id, viewer.team_member_ids | own, zone, now().astimezone(zone).date())
