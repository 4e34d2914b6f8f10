"""Back-dated or planned in one form: the date decides (SPEC 1.6, 8.1, 8.2; DB-29)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from crm.activities.queries import get_activity
from crm.clock import now
from crm.db import end_read
from crm.derived.upkeep import follow_the_clock
from crm.permissions.viewer import Viewer
from crm.records.queries import get_record
from crm.timeline.queries import page
from tests.activities.test_composer import log, logged
from tests.factories import make_call, make_contact
from tests.support.html import read


@pytest.fixture
def contact(alice: Viewer, clock: time_machine.Traveller) -> int:
    """A contact of alice."""
    return make_contact(alice, "Ada Berg", phone="+46701740605")


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], alice: Viewer) -> FlaskClient:
    """Alice's browser."""
    return client_of(alice)


@pytest.mark.parametrize(
    ("kind", "typed", "is_upcoming", "title"),
    [
        ("meeting", {"activity_date": "2026-03-12T09:00", "ends_at": "2026-03-12T10:00"}, True, "scheduled"),
        ("meeting", {"activity_date": "2026-03-10T09:00", "ends_at": "2026-03-10T10:00"}, False, "held"),
        (
            "meeting",
            {"activity_date": "2026-03-10T09:00", "ends_at": "2026-03-10T10:00", "outcome": "NO_SHOW"},
            False,
            "nobody came",
        ),
        ("call", {"activity_date": "2026-03-12T09:00"}, True, "Call planned by"),
        ("call", {"activity_date": "2026-02-01T09:00", "outcome": "CONNECTED"}, False, "Call logged by"),
        ("task", {"title": "Late", "activity_date": "2026-03-01T09:00"}, True, "Overdue"),
        ("note", {"activity_date": "2025-12-24T09:00"}, False, "Note by"),
    ],
)
def test_db_29_the_date_decides_what_is_planned_and_what_is_past(
    browser: FlaskClient, alice: Viewer, contact: int, kind: str, typed: dict[str, str], is_upcoming: bool, title: str
) -> None:
    assert log(browser, contact, kind, **typed).status_code == 200
    end_read()
    found = page(alice, contact)
    [activity] = [one.activity_id for one in (found.upcoming if is_upcoming else found.entries) if one.activity_id]
    assert get_activity(alice, activity).moment.isoformat()[:16] == typed["activity_date"]
    assert title in browser.get(f"/records/{contact}/timeline").text


@pytest.mark.parametrize("kind", ["note", "email", "sms", "postal_mail"])
def test_what_has_not_happened_is_no_note(browser: FlaskClient, alice: Viewer, contact: int, kind: str) -> None:
    answer = log(browser, contact, kind, activity_date="2026-03-12T09:00")
    assert answer.status_code == 422
    assert "This lies ahead" in read(answer.text).one("p", id="composer-activity_date-hint").text
    assert logged(alice, contact) == []


def test_what_has_happened_cannot_be_moved_ahead(browser: FlaskClient, alice: Viewer, contact: int) -> None:
    for kind, field in (("note", "activity_date"), ("call", "outcome")):
        log(browser, contact, kind, **({"outcome": "BUSY"} if kind == "call" else {}))
        activity = max(logged(alice, contact))
        moved = browser.post(f"/activities/{activity}", data={"activity_date": "2026-03-12T09:00"}, fragment=True)
        assert moved.status_code == 422
        hint = read(moved.text).one("p", id=f"edit{entry_id(moved.text)}-{field}-hint").text
        assert "lies ahead" in hint


def entry_id(text: str) -> str:
    """The number of the entry that a form stands for."""
    return str(read(text).one("article")["id"]).removeprefix("entry-")


def test_a_call_that_lies_ahead_has_no_outcome_and_counts_as_contact_when_it_begins(
    browser: FlaskClient,
    alice: Viewer,
    contact: int,
    clock: time_machine.Traveller,
) -> None:
    refused = log(browser, contact, "call", activity_date="2026-03-12T09:00", outcome="CONNECTED")
    assert refused.status_code == 422
    assert "known afterwards" in refused.text
    call = make_call(alice, contact, activity_date=now() + timedelta(days=1))
    assert not read(browser.get(f"/activities/{call}").text).all("select", name="outcome")
    for address, typed in (("", {"outcome": "BUSY"}), ("", {"duration_ms": "3:00"}), ("/quick", {"outcome": "BUSY"})):
        answer = browser.post(f"/activities/{call}{address}", data=typed, fragment=True)
        assert (answer.status_code, "known afterwards" in answer.text) == (422, True)
    assert browser.post(f"/activities/{call}", data={"to_number": "+46701740605"}, fragment=True).status_code == 200
    end_read()
    assert get_record(alice, contact).values["notes_last_contacted"] is None
    clock.shift(timedelta(days=1, minutes=6))
    end_read()
    follow_the_clock({})
    end_read()
    assert get_record(alice, contact).values["notes_last_contacted"] == get_activity(alice, call).moment


@pytest.mark.parametrize(
    ("kind", "typed", "field"),
    [
        ("task", {"reminder": "CUSTOM"}, "remind_at"),
        ("task", {"repeat_every": "2"}, "repeat_unit"),
        ("task", {"repeat_unit": "DAYS"}, "repeat_every"),
        ("task", {"repeat_unit": "DAYS", "repeat_every": "0"}, "repeat_every"),
        ("meeting", {"reminders": ["AT_TIME", "HOUR_1", "DAY_1", "WEEK_1"]}, "reminders"),
        ("call", {"source": "ZOOM"}, "status"),
        ("call", {"follow_up": "true", "follow_up_title": " "}, "follow_up_title"),
    ],
)
def test_what_does_not_fit_together_is_said_beside_the_field(
    browser: FlaskClient, alice: Viewer, contact: int, kind: str, typed: dict[str, Any], field: str
) -> None:
    answer = log(browser, contact, kind, **{"title": "Call them", **typed})
    assert answer.status_code == 422
    named = [one for one in read(answer.text).walk() if one.attributes.get("name") == field]
    assert any(one.attributes.get("aria-invalid") for one in named) or 'class="field-error"' in answer.text
    assert logged(alice, contact) == []


def test_a_follow_up_has_the_title_that_was_typed_and_shows_when_it_is_due(
    browser: FlaskClient, alice: Viewer, contact: int
) -> None:
    shown = browser.get("/activities/follow-up?follow_up_days=1", fragment=True).text
    assert "12 Mar 2026, 08:00" in shown
    log(browser, contact, "note", follow_up="true", follow_up_days="1", follow_up_title="Send the samples")
    tasks = [get_activity(alice, one) for one in logged(alice, contact)]
    assert [one.heading for one in tasks if one.kind == "task"] == ["Send the samples"]
