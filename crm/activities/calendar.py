"""A meeting as a file that calendars read (RFC 5545), for who comes and for one's own calendar (SPEC 8.5)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from crm.accounts.queries import directory
from crm.activities.people import people_of
from crm.activities.queries import ActivityRow
from crm.activities.reminders import BEFORE
from crm.db import db
from crm.objects.queries import schema
from crm.permissions.errors import NotFound
from crm.permissions.scopes import guarded, visible_to
from crm.permissions.viewer import Viewer
from crm.properties.rich_text import to_text
from crm.properties.types.checkboxes import SEPARATOR
from crm.records.models import Record

MEETING = "meeting"
HALF_AN_HOUR = timedelta(minutes=30)
LATEST_START = datetime.max.replace(tzinfo=UTC) - HALF_AN_HOUR


def calendar_file(viewer: Viewer, activity: ActivityRow, host: str) -> bytes:
    """The file of one meeting with the attendees the viewer may see; `host` makes its id one of this installation.

    What is written for the team alone, the internal note, is not in it. Raises NotFound for what is no meeting.
    """
    if activity.kind != MEETING:
        raise NotFound(f"activity {activity.id} is no meeting")
    calendar = Calendar()
    calendar.add("prodid", "-//Kartotek//Meetings//EN")
    calendar.add("version", "2.0")
    calendar.add_component(_event(viewer, activity, host))
    return calendar.to_ical()


def _event(viewer: Viewer, activity: ActivityRow, host: str) -> Any:
    values, event = activity.values, Event()
    event.add("uid", f"meeting-{activity.id}@{host}")
    event.add("dtstamp", values.get("edited_at") or activity.created_at)
    event.add("sequence", max(0, activity.version - 1))
    event.add("dtstart", activity.moment)
    event.add("dtend", values.get("ends_at") or min(activity.moment, LATEST_START) + HALF_AN_HOUR)
    event.add("summary", activity.heading or str(activity.object_type.label))
    event.add("status", "CANCELLED" if values.get("outcome") == "CANCELED" else "CONFIRMED")
    for name, text in (("description", to_text(activity.body)), ("location", _place(values))):
        if text:
            event.add(name, text)
    if values.get("video_link"):
        event.add("url", values["video_link"])
    for alarm in _alarms(values):
        event.add_component(alarm)
    _add_people(event, viewer, activity)
    return event


def _place(values: Any) -> str:
    is_video = values.get("location_type") == "VIDEO_LINK"
    return (values.get("video_link") if is_video else values.get("location")) or ""


def _alarms(values: Any) -> Iterator[Any]:
    for name in (values.get("reminders") or "").split(SEPARATOR):
        if name in BEFORE:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", values.get("title") or "")
            alarm.add("trigger", -BEFORE[name])
            yield alarm


def _add_people(event: Any, viewer: Viewer, activity: ActivityRow) -> None:
    users = directory().users
    team = [int(one) for one in (activity.values.get("attendee_users") or "").split(SEPARATOR) if one]
    if activity.owner_id in users:
        owner = users[activity.owner_id]
        event.add("organizer", _address(owner.name, owner.email))
    contacts = _contacts(viewer, [one.record_id for one in people_of(viewer, [activity.id])[activity.id]])
    for name, email in [*((users[one].name, users[one].email) for one in team if one in users), *contacts]:
        event.add("attendee", _address(name, email))


def _address(name: str, email: str) -> Any:
    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = vText(name)
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    return address


def _contacts(viewer: Viewer, record_ids: Sequence[int]) -> Iterable[tuple[str, str]]:
    """Names and e-mail addresses of those of these contacts that have one."""
    if not record_ids:
        return []
    contact = schema().object_type("contact")
    email = contact.column("email")
    statement = (
        sa.select(Record.display_name, email)
        .join(contact.table, contact.table.c.record_id == Record.id)
        .where(Record.id.in_(record_ids), email.is_not(None), visible_to(viewer, object_types=("contact",)))
        .order_by(sa.func.lower(Record.display_name), Record.id)
    )
    return [(row.display_name, row[1]) for row in db.session.execute(guarded(statement, viewer))]
