"""A task that repeats: when it is completed, the next one is made (SPEC 7.3)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from crm.activities.operations import create_activity, update_activity
from crm.activities.origin import Origin
from crm.activities.people import people_of
from crm.activities.queries import ActivityRow, links_of, read_activity
from crm.activities.types.base import later_month
from crm.clock import now
from crm.events import ActivityUpdated
from crm.records.source import Source, SourceKind

TASK = "task"
DAYS = {"DAYS": 1, "WEEKS": 7}
MONTHS = {"MONTHS": 1, "YEARS": 12}
KEPT = ("title", "body", "task_type", "priority", "reminder", "repeat_every", "repeat_unit")
SOURCE = Source(SourceKind.RULE, "a task that repeats")


def on_activity_updated(event: ActivityUpdated) -> None:
    """Make the next task of one that was completed and repeats; it is on the same records, and repeats in its place."""
    if event.kind != TASK or "status" not in event.changed:
        return
    task = read_activity(event.activity_id)
    if task.values.get("status") != "COMPLETED" or not (task.values.get("repeat_every") and task.moment):
        return
    # Whoever completes it need not be allowed to make tasks, or to see every record it is on.
    actor = replace(event.actor, is_super_admin=True)
    links = [link.record_id for link in links_of(actor, task.id)]
    if not links or task.values.get("repeat_unit") is None:
        return
    try:
        values = _next_values(task, ZoneInfo(actor.time_zone))
    except (OverflowError, ValueError):
        # Dates end with the year 9999, and so does what repeats.
        return
    update_activity(actor, task.id, {"repeat_every": None, "repeat_unit": None}, source=SOURCE)
    people_ids = [one.record_id for one in people_of(actor, [task.id])[task.id]]
    origin = Origin(record_ids=links, people_ids=people_ids, source=SOURCE)
    create_activity(actor, TASK, values, links[0], origin)


def _next_values(task: ActivityRow, zone: ZoneInfo) -> dict[str, Any]:
    due = next_due(task.moment, task.values["repeat_every"], task.values["repeat_unit"], now(), zone)
    values = {name: task.values.get(name) for name in KEPT}
    remind_at = task.values.get("remind_at")
    values |= {"activity_date": due, "hubspot_owner_id": task.owner_id}
    return values | {"remind_at": None if remind_at is None else remind_at + (due - task.moment)}


def next_due(due: datetime, every: Decimal | int, unit: str, after: datetime, zone: ZoneInfo) -> datetime:
    """The first moment after `after` and after `due` that lies whole steps from it, at its hour in `zone`; UTC.

    Raises OverflowError or ValueError when that is no date any more.
    """
    start, step = due.astimezone(zone), int(every)
    number = max(1, _steps_between(start, after, unit) // step)
    while (moment := _later(start, number * step, unit)) <= after:
        number += 1
    return moment.astimezone(UTC)


def _steps_between(start: datetime, after: datetime, unit: str) -> int:
    """About how many days, weeks, months or years lie between; never more than there are."""
    days = max(0, (after - start).days)
    return days // DAYS[unit] if unit in DAYS else days // (31 * MONTHS[unit])


def _later(start: datetime, steps: int, unit: str) -> datetime:
    if unit in DAYS:
        return start + timedelta(days=steps * DAYS[unit])
    return later_month(start, steps * MONTHS[unit])
