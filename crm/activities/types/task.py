"""Something to be done by somebody, by a certain moment."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from crm.activities.types import activity_types
from crm.activities.types.base import ActivityType, Title, Values, in_business_days, in_days, in_months
from crm.messages import N_, Message


def is_open(values: Values, now: datetime) -> bool:
    """A task is open until it is completed, however late it is."""
    return values.get("status") != "COMPLETED"


HOUR = 8
END_OF_WORK = 17


def due_dates(now: datetime, zone: ZoneInfo) -> list[tuple[Message, datetime]]:
    """The moments a task is often due at (SPEC 7.3): in the morning, today in the evening."""
    evening = in_days(now, zone, 0, END_OF_WORK)
    return [
        (Message(N_("Today")), max(evening, now.replace(second=0, microsecond=0) + timedelta(hours=1))),
        (Message(N_("Tomorrow")), in_days(now, zone, 1, HOUR)),
        *((Message(IN_BUSINESS_DAYS, days=days), in_business_days(now, zone, days, HOUR)) for days in (2, 3)),
        (Message(N_("In 1 week")), in_days(now, zone, 7, HOUR)),
        (Message(N_("In 2 weeks")), in_days(now, zone, 14, HOUR)),
        (Message(N_("In 1 month")), in_months(now, zone, 1, HOUR)),
        (Message(N_("In 3 months")), in_months(now, zone, 3, HOUR)),
        (Message(N_("In 6 months")), in_months(now, zone, 6, HOUR)),
    ]


IN_BUSINESS_DAYS = N_("In %(days)s business days")


def faults(values: Values) -> dict[str, Message]:
    """A reminder at another time says when, and repeating says how often and in what."""
    found = {}
    if values.get("reminder") == "CUSTOM" and values.get("remind_at") is None:
        found["remind_at"] = Message(N_("Choose when to be reminded."))
    every, unit = values.get("repeat_every"), values.get("repeat_unit")
    if every is not None and unit is None:
        found["repeat_unit"] = Message(N_("Choose days, weeks, months or years."))
    if unit is not None and every is None:
        found["repeat_every"] = Message(N_("Write how many, from 1 to 365."))
    return found


def hides(values: Values) -> frozenset[str]:
    """The hour of a reminder that is counted back from the due moment, and a unit of repeating without a number."""
    at = frozenset() if values.get("reminder") == "CUSTOM" else frozenset({"remind_at"})
    return at if values.get("repeat_every") and values.get("repeat_unit") else at | {"repeat_every", "repeat_unit"}


def defaults(now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """Due in three business days at eight in the morning of the viewer's zone (SPEC 7.3)."""
    due = in_business_days(now, zone, days=3, hour=8)
    return {"activity_date": due, "task_type": "TODO", "priority": "NONE", "status": "NOT_STARTED"}


activity_types.register(
    ActivityType(
        name="task",
        object_type="task",
        label=N_("Task"),
        plural_label=N_("Tasks"),
        log_label=N_("Create a task"),
        icon="task",
        position=40,
        is_main=True,
        title=Title(
            N_("Task assigned to %(name)s"),
            "status",
            {"COMPLETED": N_("Task completed by %(name)s")},
            person="hubspot_owner_id",
            by_doer=frozenset({"COMPLETED"}),
            nobody=N_("Task assigned to nobody"),
        ),
        template="activities/types/_task.html",
        composer_fields=("title", "activity_date", "task_type", "priority", "hubspot_owner_id"),
        more_fields=("reminder", "remind_at", "repeat_every", "repeat_unit"),
        fact_fields=(
            "task_type",
            "priority",
            "status",
            "hubspot_owner_id",
            "reminder",
            "remind_at",
            "repeat_every",
            "repeat_unit",
            "completed_at",
        ),
        hides=hides,
        tools_template="activities/types/_task_tools.html",
        shortcuts=due_dates,
        quick_property="status",
        faults=faults,
        takes_future=True,
        required_fields=("title", "activity_date"),
        heading_property="title",
        searched_properties=("title", "body"),
        is_open=is_open,
        stays_open=True,
        defaults=defaults,
    )
)
