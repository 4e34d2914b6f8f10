"""The calendar file of a meeting (SPEC 8.5, RFC 5545)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import time_machine
from flask.testing import FlaskClient
from icalendar import Calendar

from crm.activities.operations import create_activity
from crm.activities.origin import Origin
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from tests.activities.test_composer import log, logged
from tests.factories import make_activity, make_call, make_contact
from tests.support.html import read

START = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)


def test_a_meeting_is_a_file_that_calendars_read(
    client_of: Callable[[Viewer], FlaskClient],
    alice: Viewer,
    bob: Viewer,
    charlie: Viewer,
    clock: time_machine.Traveller,
) -> None:
    ada = make_contact(bob, 'Ada "Berg"; O\'Hara, Łódź', email="ada@example.com")
    hidden = make_contact(charlie, "Zoe Quist", email="zoe@example.com")
    values = {
        "title": "Tasting, part 2; bring glasses\\",
        "activity_date": START,
        "ends_at": START + timedelta(hours=1),
        "location_type": "ADDRESS",
        "location": "Kajgatan 1\nMalmö",
        "body": "<p>" + "Very long words. " * 20 + "</p>",
        "internal_note": "They pay late",
        "attendee_users": str(alice.user_id),
        "reminders": "HOUR_1;DAY_1",
    }
    end_read()
    with unit_of_work():
        meeting = create_activity(alice, "meeting", values, ada, Origin(people_ids=[ada, hidden]))
    answer = client_of(bob).get(f"/activities/{meeting}/calendar")
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="meeting-{meeting}.ics"'
    assert b"late" not in answer.data
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))
    [event] = Calendar.from_ical(answer.data).walk("VEVENT")
    assert (event["SUMMARY"], event["LOCATION"]) == ("Tasting, part 2; bring glasses\\", "Kajgatan 1\nMalmö")
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (START, START + timedelta(hours=1))
    assert event["ORGANIZER"] == "mailto:alice@example.com"
    assert [str(one) for one in event["ATTENDEE"]] == ["mailto:alice@example.com", "mailto:ada@example.com"]
    assert "Łódź" in event["ATTENDEE"][1].params["CN"]
    assert [one.decoded("TRIGGER") for one in event.walk("VALARM")] == [-timedelta(hours=1), -timedelta(days=1)]


def test_a_meeting_in_the_last_minutes_of_the_calendar_has_a_file(
    client_of: Callable[[Viewer], FlaskClient], alice: Viewer
) -> None:
    start = datetime(9999, 12, 31, 23, 45, tzinfo=UTC)
    meeting = make_activity(alice, "meeting", make_contact(alice), activity_date=start, ends_at=None)
    answer = client_of(alice).get(f"/activities/{meeting}/calendar")
    [event] = Calendar.from_ical(answer.data).walk("VEVENT")
    assert event.decoded("DTEND") > event.decoded("DTSTART") == start


def test_only_meetings_one_may_see_have_a_file(
    client_of: Callable[[Viewer], FlaskClient], alice: Viewer, charlie: Viewer
) -> None:
    contact = make_contact(alice)
    call = make_call(alice, contact)
    assert client_of(alice).get(f"/activities/{call}/calendar").status_code == 404
    assert client_of(charlie).get(f"/activities/{call}/calendar").status_code == 404


def test_the_answer_of_the_composer_leads_to_the_file_of_the_meeting(
    client_of: Callable[[Viewer], FlaskClient], alice: Viewer, clock: time_machine.Traveller
) -> None:
    browser, contact = client_of(alice), make_contact(alice)
    answer = log(browser, contact, "meeting", title="Tasting")
    [meeting] = logged(alice, contact)
    link = read(answer.text).one("a", css="toast-undo")["href"]
    assert link == f"/activities/{meeting}/calendar"
    assert browser.get(link).mimetype == "text/calendar"
