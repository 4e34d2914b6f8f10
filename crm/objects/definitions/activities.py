"""The seven activity objects: note, call, email, meeting, task, communication, postal mail (SPEC 7.3, 8.1-8.2)."""

from crm.messages import N_
from crm.objects.definitions.activity_options import (
    CALL_AND_MEETING_TYPES,
    CALL_OUTCOMES,
    CALL_SOURCES,
    CALL_STATUSES,
    CHANNELS,
    CREATED_VIA,
    DIRECTIONS,
    EMAIL_DIRECTIONS,
    EMAIL_STATUSES,
    LOCATION_TYPES,
    MEETING_OUTCOMES,
    REMINDERS,
    REPEAT_UNITS,
    TASK_PRIORITIES,
    TASK_REMINDERS,
    TASK_STATUSES,
    TASK_TYPES,
)
from crm.objects.definitions.base import GroupDefinition, ObjectDefinition
from crm.objects.definitions.base import OptionDefinition as Option
from crm.objects.definitions.base import PropertyDefinition as Property
from crm.objects.definitions.shared import COUNT, DURATION, RECORD_NUMBER, SYSTEM, auto

REPEAT = {"decimals": 0, "min": 1, "max": 365}
CONTENT = GroupDefinition("content", N_("Activity"))


def _choice(name: str, label: str, options: tuple[Option, ...], read_only: bool = False) -> Property:
    return Property(name, label, "dropdown", CONTENT.name, read_only=read_only, options=options)


def _text(name: str, label: str) -> Property:
    return Property(name, label, "text", CONTENT.name)


def _shared(date_label: str, body_label: str) -> tuple[Property, ...]:
    """What every activity has; its main moment and its text are called differently from kind to kind."""
    return (
        Property("body", body_label, "rich_text", CONTENT.name),
        Property("activity_date", date_label, "date_time", CONTENT.name),
        Property("hubspot_owner_id", N_("Assigned to"), "user", CONTENT.name, column_name="owner_id"),
        auto("created_by", N_("Created by"), "user", SYSTEM.name),
        Property("created_via", N_("Created via"), "dropdown", SYSTEM.name, read_only=True, options=CREATED_VIA),
        auto("edited_at", N_("Edited"), "date_time", SYSTEM.name),
        Property("createdate", N_("Create date"), "date_time", SYSTEM.name, "created_at", read_only=True),
        Property("lastmodifieddate", N_("Last modified"), "date_time", SYSTEM.name, "updated_at", read_only=True),
        Property(
            "hs_object_id", N_("Record ID"), "number", SYSTEM.name, "record_id", read_only=True, settings=RECORD_NUMBER
        ),
    )


NOTE = ObjectDefinition(
    name="note",
    plural_name="notes",
    label=N_("Note"),
    plural_label=N_("Notes"),
    icon="note",
    is_activity=True,
    position=110,
    primary_display=(),
    index_columns=("activity_date", "hubspot_owner_id", "created_via"),
    groups=(CONTENT, SYSTEM),
    properties=_shared(N_("Activity date"), N_("Note")),
)

CALL = ObjectDefinition(
    name="call",
    plural_name="calls",
    label=N_("Call"),
    plural_label=N_("Calls"),
    icon="call",
    is_activity=True,
    position=120,
    primary_display=(),
    fallback_display=("title",),
    index_columns=("activity_date", "outcome", "direction", "hubspot_owner_id", "created_via"),
    groups=(CONTENT, SYSTEM),
    properties=(
        _text("title", N_("Call title")),
        _choice("outcome", N_("Outcome"), CALL_OUTCOMES),
        _choice("direction", N_("Direction"), DIRECTIONS),
        Property("duration_ms", N_("Duration"), "number", CONTENT.name, settings=DURATION),
        _choice("call_type", N_("Call type"), CALL_AND_MEETING_TYPES),
        _choice("status", N_("Status"), CALL_STATUSES),
        _choice("source", N_("Call source"), CALL_SOURCES),
        Property("from_number", N_("From number"), "phone", CONTENT.name),
        Property("to_number", N_("To number"), "phone", CONTENT.name),
        Property("recording_url", N_("Recording"), "url", CONTENT.name),
        *_shared(N_("Activity date"), N_("Call notes")),
    ),
)

EMAIL = ObjectDefinition(
    name="email",
    plural_name="emails",
    label=N_("Email"),
    plural_label=N_("Emails"),
    icon="email",
    is_activity=True,
    position=130,
    primary_display=(),
    fallback_display=("title",),
    index_columns=("activity_date", "direction", "from_address", "to_addresses", "hubspot_owner_id", "created_via"),
    groups=(CONTENT, SYSTEM),
    properties=(
        _text("title", N_("Subject")),
        _text("from_address", N_("From")),
        _text("to_addresses", N_("To")),
        _text("cc_addresses", N_("Cc")),
        _text("bcc_addresses", N_("Bcc")),
        _choice("direction", N_("Direction"), EMAIL_DIRECTIONS),
        _choice("status", N_("Status"), EMAIL_STATUSES),
        auto("thread_id", N_("Thread"), "text", SYSTEM.name, {"index": True}),
        auto("message_id", N_("Message ID"), "text", SYSTEM.name, {"index": True}),
        auto("opens", N_("Opens"), "number", CONTENT.name, COUNT),
        auto("clicks", N_("Clicks"), "number", CONTENT.name, COUNT),
        auto("replies", N_("Replies"), "number", CONTENT.name, COUNT),
        *_shared(N_("Activity date"), N_("Message")),
    ),
)

TASK = ObjectDefinition(
    name="task",
    plural_name="tasks",
    label=N_("Task"),
    plural_label=N_("Tasks"),
    icon="task",
    is_activity=True,
    position=140,
    primary_display=("title",),
    index_columns=("activity_date", "status", "priority", "hubspot_owner_id", "created_via"),
    groups=(CONTENT, SYSTEM),
    properties=(
        _text("title", N_("Task title")),
        _choice("task_type", N_("Task type"), TASK_TYPES),
        _choice("priority", N_("Priority"), TASK_PRIORITIES),
        _choice("status", N_("Status"), TASK_STATUSES),
        _choice("reminder", N_("Reminder"), TASK_REMINDERS),
        Property("remind_at", N_("Remind at"), "date_time", CONTENT.name),
        Property("repeat_every", N_("Repeat every"), "number", CONTENT.name, settings=REPEAT),
        _choice("repeat_unit", N_("Repeat unit"), REPEAT_UNITS),
        auto("completed_at", N_("Completion date"), "date_time", CONTENT.name),
        *_shared(N_("Due date"), N_("Task notes")),
    ),
)

MEETING = ObjectDefinition(
    name="meeting",
    plural_name="meetings",
    label=N_("Meeting"),
    plural_label=N_("Meetings"),
    icon="meeting",
    is_activity=True,
    position=150,
    primary_display=(),
    fallback_display=("title",),
    index_columns=("activity_date", "outcome", "meeting_type", "hubspot_owner_id", "created_via"),
    groups=(CONTENT, SYSTEM),
    properties=(
        _text("title", N_("Meeting title")),
        Property("ends_at", N_("End"), "date_time", CONTENT.name),
        _choice("outcome", N_("Outcome"), MEETING_OUTCOMES),
        _choice("meeting_type", N_("Meeting type"), CALL_AND_MEETING_TYPES),
        _text("location", N_("Location")),
        _choice("location_type", N_("Location type"), LOCATION_TYPES),
        Property("video_link", N_("Video link"), "url", CONTENT.name),
        Property("attendee_users", N_("Attendees from the team"), "users", CONTENT.name),
        Property("reminders", N_("Reminders"), "checkboxes", CONTENT.name, options=REMINDERS),
        Property("internal_note", N_("Internal note"), "multi_line", CONTENT.name),
        *_shared(N_("Start"), N_("Attendee description")),
    ),
)

COMMUNICATION = ObjectDefinition(
    name="communication",
    plural_name="communications",
    label=N_("Message"),
    plural_label=N_("Messages"),
    icon="message",
    is_activity=True,
    position=160,
    primary_display=(),
    index_columns=("activity_date", "channel", "direction", "hubspot_owner_id", "created_via"),
    groups=(CONTENT, SYSTEM),
    properties=(
        _choice("channel", N_("Channel"), CHANNELS, read_only=True),
        _choice("direction", N_("Direction"), DIRECTIONS),
        *_shared(N_("Activity date"), N_("Message")),
    ),
)

POSTAL_MAIL = ObjectDefinition(
    name="postal_mail",
    plural_name="postal_mails",
    label=N_("Postal mail"),
    plural_label=N_("Postal mail"),
    icon="postal-mail",
    is_activity=True,
    position=170,
    primary_display=(),
    index_columns=("activity_date", "direction", "hubspot_owner_id", "created_via"),
    groups=(CONTENT, SYSTEM),
    properties=(
        _choice("direction", N_("Direction"), DIRECTIONS),
        *_shared(N_("Activity date"), N_("Postal mail notes")),
    ),
)

ACTIVITY_OBJECTS = (NOTE, CALL, EMAIL, TASK, MEETING, COMMUNICATION, POSTAL_MAIL)
