"""When people are to be reminded of a task or a meeting (SPEC 7.3, 8.2)."""

from datetime import datetime, timedelta

from crm.activities.queries import ActivityRow
from crm.properties.types.checkboxes import SEPARATOR

BEFORE = {
    "AT_TIME": timedelta(0),
    "MINUTES_10": timedelta(minutes=10),
    "MINUTES_30": timedelta(minutes=30),
    "HOUR_1": timedelta(hours=1),
    "DAY_1": timedelta(days=1),
    "WEEK_1": timedelta(weeks=1),
}
PROPERTIES = frozenset({"reminder", "reminders", "remind_at", "activity_date"})
NOBODY_COMES = frozenset({"COMPLETED", "NO_SHOW", "CANCELED"})


def reminder_moments(activity: ActivityRow) -> list[datetime]:
    """The moments (UTC) at which people are to be reminded of an activity; none once it is done or called off."""
    values = activity.values
    if values.get("status") == "COMPLETED" or values.get("outcome") in NOBODY_COMES:
        return []
    chosen = [values.get("reminder"), *(values.get("reminders") or "").split(SEPARATOR)]
    moments = {activity.moment - BEFORE[one] for one in chosen if one in BEFORE}
    if values.get("reminder") == "CUSTOM" and values.get("remind_at") is not None:
        moments.add(values["remind_at"])
    return sorted(moments)


def reminded_users(activity: ActivityRow) -> list[int]:
    """Whoever is reminded: whom it is assigned to, and the people of the team who come to a meeting."""
    team = [int(one) for one in (activity.values.get("attendee_users") or "").split(SEPARATOR) if one]
    owner = [] if activity.owner_id is None else [activity.owner_id]
    return list(dict.fromkeys([*owner, *team]))
