"""Something to be done by somebody, by a certain moment."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from crm.activities.types import activity_types
from crm.activities.types.base import ActivityType, Title, Values, in_business_days
from crm.messages import N_


def is_open(values: Values, now: datetime) -> bool:
    """A task is open until it is completed, however late it is."""
    return values.get("status") != "COMPLETED"


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
        fact_fields=("task_type", "priority", "status", "hubspot_owner_id", "completed_at"),
        required_fields=("title", "activity_date"),
        heading_property="title",
        searched_properties=("title", "body"),
        is_open=is_open,
        stays_open=True,
        defaults=defaults,
    )
)
