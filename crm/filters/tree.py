"""What a filter is: groups of conditions; all of a group must hold, and one group is enough (SPEC 5.2).

Conditions of a group that are about other records may be tied: the same other record must meet them (SPEC 5.4).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from zoneinfo import ZoneInfo

from crm.clock import now
from crm.messages import N_, InvalidValue, Message
from crm.permissions.viewer import Viewer

MOST_CONDITIONS = 250
MOST_VALUES = 100
MOST_VALUES_IN_ALL = 2_500
LONGEST_VALUE = 500
MOST_JOINED = 8
NOBODY = Viewer(user_id=None, name="")
TOO_MANY = N_("A filter has at most %(limit)s conditions; this one has %(count)s.")
TOO_MANY_IN_ALL = N_("A filter compares with at most %(limit)s values; this one has %(count)s.")


@dataclass(frozen=True)
class Condition:
    """One condition; `subject` is what it is about, a property or what crm/filters/registry.py knows.

    `values` are texts that mean the same to every reader. Those of a group with the same `tie`, and about the same kind
    of other record, are met by one of those; 0 ties nothing.
    """

    subject: str
    operator: str
    values: tuple[str, ...] = ()
    tie: int = 0


@dataclass(frozen=True)
class Eyes:
    """Through whose eyes a filter is read: who "me" and "my team" are, and which day it is for them.

    What conditions say about other records is answered from those that `viewer` may see. `is_long` says that the filter
    has more than MOST_JOINED conditions, of which a database can no longer weigh every order to answer them in.
    """

    user_id: int | None
    team_ids: frozenset[int]
    zone: ZoneInfo
    today: date
    viewer: Viewer = field(default=NOBODY, compare=False)
    is_long: bool = False

    @classmethod
    def of(cls, viewer: Viewer, zone: ZoneInfo) -> "Eyes":
        """Those of a viewer whose clock shows the time of `zone`."""
        own = frozenset() if viewer.user_id is None else frozenset({viewer.user_id})
        return cls(viewer.user_id, viewer.team_member_ids | own, zone, now().astimezone(zone).date(), viewer)

    def on(self, count: int) -> "Eyes":
        """The same on a filter of so many conditions."""
        return replace(self, is_long=count > MOST_JOINED)


def check_count(count: int) -> None:
    """Raises InvalidValue for more conditions than one filter has."""
    if count > MOST_CONDITIONS:
        raise InvalidValue(Message(TOO_MANY, limit=MOST_CONDITIONS, count=count))


def check_values(conditions: Iterable[Condition]) -> None:
    """Raises InvalidValue for more values than a filter has in all: a database takes only so many in one statement."""
    count = sum(len(condition.values) for condition in conditions)
    if count > MOST_VALUES_IN_ALL:
        raise InvalidValue(Message(TOO_MANY_IN_ALL, limit=f"{MOST_VALUES_IN_ALL:,}", count=f"{count:,}"))
