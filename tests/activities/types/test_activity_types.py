"""The nine kinds of activity (SPEC 1.6, 7.3, 8.1-8.2)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm.activities.types import activity_types
from crm.activities.types.base import ActivityType, in_business_days
from crm.objects.definitions import OBJECTS

activity_types.load("crm.activities.types")
KINDS = activity_types.all()
DEFINITIONS = {definition.name: definition for definition in OBJECTS}
NOW = datetime(2026, 3, 11, 12, 34, 56, tzinfo=UTC)
WARSAW = ZoneInfo("Europe/Warsaw")
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def kind(name: str) -> ActivityType:
    found = activity_types.get(name)
    assert found is not None
    return found


def test_asc_01_there_are_nine_kinds_five_of_them_in_front() -> None:
    assert [one.name for one in KINDS] == [
        "note",
        "email",
        "call",
        "task",
        "meeting",
        "linkedin_message",
        "sms",
        "whatsapp",
        "postal_mail",
    ]
    assert [one.name for one in KINDS if one.is_main] == ["note", "email", "call", "task", "meeting"]


def test_rec_26_exactly_six_fields_are_searched() -> None:
    searched = {(one.name, field) for one in KINDS for field in one.searched_properties}
    assert searched == {
        ("task", "title"),
        ("task", "body"),
        ("note", "body"),
        ("call", "body"),
        ("email", "title"),
        ("meeting", "body"),
    }


@every_kind
def test_a_kind_names_only_properties_of_its_object(kind: ActivityType) -> None:
    definition = DEFINITIONS[kind.object_type]
    names = {prop.name for prop in definition.properties}
    heading = {kind.heading_property} - {None}
    mentioned = {
        *kind.composer_fields,
        *kind.more_fields,
        *({kind.quick_property} - {None}),
        *kind.fact_fields,
        *kind.searched_properties,
        *kind.required_fields,
        *kind.fixed_values,
        *kind.defaults(NOW, WARSAW),
        *heading,
    }
    assert definition.is_activity
    assert mentioned <= names
    assert set(kind.required_fields) <= {*kind.composer_fields, "body"}
    assert "body" not in kind.composer_fields
    assert "activity_date" in kind.composer_fields


@every_kind
def test_a_composer_asks_only_for_what_people_may_write(kind: ActivityType) -> None:
    definition = DEFINITIONS[kind.object_type]
    asked = (*kind.composer_fields, *kind.more_fields)
    assert not [name for name in asked if definition.property(name).read_only]
    assert len(set(asked)) == len(asked)


@every_kind
def test_a_kind_has_its_words_and_its_template(kind: ActivityType) -> None:
    assert kind.label
    assert kind.plural_label
    assert kind.log_label
    assert kind.icon
    assert kind.template == f"activities/types/_{kind.name}.html"
    for title in [kind.title.default, *kind.title.by_value.values()]:
        assert "Anna" in title % {"name": "Anna"}


@every_kind
def test_fixed_values_and_defaults_are_choices_of_the_object(kind: ActivityType) -> None:
    definition = DEFINITIONS[kind.object_type]
    for name, value in {**kind.fixed_values, **kind.defaults(NOW, WARSAW)}.items():
        options = {option.value for option in definition.property(name).options}
        assert not options or value in options
    for value in kind.title.by_value:
        assert kind.title.property_name is not None
        assert value in {option.value for option in definition.property(kind.title.property_name).options}


def test_kinds_of_one_object_are_told_apart_by_their_channel() -> None:
    channels = {one.name: one.fixed_values for one in KINDS if one.object_type == "communication"}
    assert channels == {
        "linkedin_message": {"channel": "LINKEDIN_MESSAGE"},
        "sms": {"channel": "SMS"},
        "whatsapp": {"channel": "WHATS_APP"},
    }


@pytest.mark.parametrize(
    ("name", "values", "title"),
    [
        ("note", {}, "Note by Anna"),
        ("call", {"direction": "INBOUND"}, "Call logged by Anna"),
        ("email", {"direction": "EMAIL"}, "Email sent by Anna"),
        ("email", {"direction": "INCOMING_EMAIL"}, "Email received by Anna"),
        ("email", {"direction": None}, "Email logged by Anna"),
        ("email", {"direction": "SOMETHING_OLD"}, "Email logged by Anna"),
        ("task", {"status": "NOT_STARTED", "hubspot_owner_id": 1}, "Task assigned to Anna"),
        ("task", {"status": "NOT_STARTED", "created_by": 1}, "Task assigned to nobody"),
        ("task", {"status": "COMPLETED"}, "Task completed by Anna"),
        ("meeting", {"outcome": "SCHEDULED"}, "Meeting scheduled by Anna"),
        ("meeting", {}, "Meeting logged by Anna"),
        ("sms", {}, "SMS logged by Anna"),
    ],
)
def test_the_title_line_says_what_happened(name, values, title) -> None:
    assert kind(name).title_message(values) % {"name": "Anna"} == title


@pytest.mark.parametrize(
    ("name", "values", "is_open"),
    [
        ("task", {"status": "NOT_STARTED", "activity_date": NOW - timedelta(days=9)}, True),
        ("task", {"status": "WAITING"}, True),
        ("task", {}, True),
        ("task", {"status": "COMPLETED"}, False),
        ("meeting", {"activity_date": NOW + timedelta(hours=1), "outcome": "SCHEDULED"}, True),
        ("meeting", {"activity_date": NOW + timedelta(hours=1)}, True),
        ("meeting", {"activity_date": NOW + timedelta(hours=1), "outcome": "RESCHEDULED"}, True),
        ("meeting", {"activity_date": NOW + timedelta(hours=1), "outcome": "CANCELED"}, False),
        ("meeting", {"activity_date": NOW, "outcome": "SCHEDULED"}, False),
        ("meeting", {"outcome": "SCHEDULED"}, False),
        ("call", {"activity_date": NOW + timedelta(days=1)}, True),
        ("call", {"activity_date": NOW}, False),
        ("email", {"activity_date": NOW + timedelta(days=1)}, False),
        ("note", {}, False),
    ],
)
def test_open_are_tasks_not_done_and_meetings_and_calls_ahead(name, values, is_open) -> None:
    assert kind(name).is_open(values, NOW) is is_open


def test_only_tasks_stay_open_past_their_moment() -> None:
    assert [one.name for one in KINDS if one.stays_open] == ["task"]


def test_a_new_task_is_due_in_three_business_days_at_eight() -> None:
    wednesday = kind("task").defaults(NOW, WARSAW)
    assert wednesday["activity_date"] == datetime(2026, 3, 16, 7, 0, tzinfo=UTC)
    assert wednesday["status"] == "NOT_STARTED"


@pytest.mark.parametrize(
    ("now", "zone", "due"),
    [
        (datetime(2026, 3, 13, 12, tzinfo=UTC), "Europe/Warsaw", datetime(2026, 3, 18, 7, tzinfo=UTC)),
        (datetime(2026, 3, 14, 12, tzinfo=UTC), "Europe/Warsaw", datetime(2026, 3, 18, 7, tzinfo=UTC)),
        (datetime(2026, 3, 26, 12, tzinfo=UTC), "Europe/Warsaw", datetime(2026, 3, 31, 6, tzinfo=UTC)),
        (datetime(2026, 3, 11, 23, 30, tzinfo=UTC), "Asia/Taipei", datetime(2026, 3, 17, 0, tzinfo=UTC)),
        (datetime(2026, 3, 11, 2, 0, tzinfo=UTC), "America/New_York", datetime(2026, 3, 13, 12, tzinfo=UTC)),
    ],
)
def test_business_days_are_counted_in_the_viewers_zone(now, zone, due) -> None:
    assert in_business_days(now, ZoneInfo(zone), days=3, hour=8) == due


def test_a_new_meeting_starts_at_the_next_full_hour_of_the_viewers_zone() -> None:
    meeting = kind("meeting").defaults(NOW, ZoneInfo("Asia/Kolkata"))
    assert meeting["activity_date"] == datetime(2026, 3, 11, 13, 30, tzinfo=UTC)
    assert meeting["ends_at"] - meeting["activity_date"] == timedelta(minutes=30)
    assert kind("meeting").defaults(NOW, WARSAW)["activity_date"] == datetime(2026, 3, 11, 13, tzinfo=UTC)


def test_a_call_starts_without_an_outcome() -> None:
    assert kind("call").defaults(NOW, WARSAW) == {"activity_date": NOW.replace(second=0), "direction": "OUTBOUND"}
