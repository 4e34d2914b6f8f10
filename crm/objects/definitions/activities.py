"""The seven activity objects: note, call, email, meeting, task, communication, postal mail (SPEC 7.3, 8.1-8.2)."""

from crm.messages import N_
from crm.objects.definitions.base import GroupDefinition, ObjectDefinition
from crm.objects.definitions.base import OptionDefinition as Option
from crm.objects.definitions.base import PropertyDefinition as Property
from crm.objects.definitions.shared import COUNT, DURATION, RECORD_NUMBER, SYSTEM, auto

CONTENT = GroupDefinition("content", N_("Activity"))

CREATED_VIA = (
    Option("record", N_("Record page")),
    Option("mobile", N_("Mobile app")),
    Option("inbox", N_("Conversations inbox")),
    Option("gmail_ext", N_("Gmail extension")),
    Option("sequence", N_("Sequence")),
    Option("workflow", N_("Workflow")),
    Option("import", N_("Import")),
    Option("api", N_("Integration")),
)

DIRECTIONS = (
    Option("INBOUND", N_("Inbound")),
    Option("OUTBOUND", N_("Outbound")),
)

CALL_OUTCOMES = (
    Option("BUSY", N_("Busy")),
    Option("CONNECTED", N_("Connected")),
    Option("LEFT_LIVE_MESSAGE", N_("Left live message")),
    Option("LEFT_VOICEMAIL", N_("Left voicemail")),
    Option("NO_ANSWER", N_("No answer")),
    Option("WRONG_NUMBER", N_("Wrong number")),
)

CALL_STATUSES = (
    Option("BUSY", N_("Busy")),
    Option("CANCELED", N_("Canceled")),
    Option("COMPLETED", N_("Completed")),
    Option("CONNECTING", N_("Connecting")),
    Option("FAILED", N_("Failed")),
    Option("IN_PROGRESS", N_("In progress")),
    Option("MISSED", N_("Missed")),
    Option("NO_ANSWER", N_("No answer")),
    Option("QUEUED", N_("Queued")),
    Option("RINGING", N_("Ringing")),
)

CALL_SOURCES = (
    Option("VOIP", N_("VoIP")),
    Option("ZOOM", N_("Zoom")),
    Option("INTEGRATIONS_PLATFORM", N_("Integrations platform")),
)

# One list for calls and meetings, which administrators may change.
CALL_AND_MEETING_TYPES = (
    Option("INTRODUCTION", N_("Introduction")),
    Option("DISCOVERY", N_("Discovery")),
    Option("DEMONSTRATION", N_("Demonstration")),
    Option("NEGOTIATION", N_("Negotiation")),
    Option("FOLLOW_UP", N_("Follow-up")),
    Option("SUPPORT", N_("Support")),
)

EMAIL_DIRECTIONS = (
    Option("EMAIL", N_("Sent email")),
    Option("INCOMING_EMAIL", N_("Received email")),
    Option("FORWARDED_EMAIL", N_("Forwarded email")),
)

EMAIL_STATUSES = (
    Option("SENT", N_("Sent")),
    Option("SCHEDULED", N_("Scheduled")),
    Option("BOUNCED", N_("Bounced")),
    Option("FAILED", N_("Failed")),
)

TASK_TYPES = (
    Option("TODO", N_("To-do")),
    Option("CALL", N_("Call")),
    Option("EMAIL", N_("Email")),
    Option("LINKED_IN", N_("LinkedIn")),
)

TASK_PRIORITIES = (
    Option("NONE", N_("None")),
    Option("LOW", N_("Low"), "green"),
    Option("MEDIUM", N_("Medium"), "yellow"),
    Option("HIGH", N_("High"), "orange"),
)

TASK_STATUSES = (
    Option("NOT_STARTED", N_("Not started")),
    Option("IN_PROGRESS", N_("In progress")),
    Option("WAITING", N_("Waiting")),
    Option("DEFERRED", N_("Deferred")),
    Option("COMPLETED", N_("Completed")),
)

MEETING_OUTCOMES = (
    Option("SCHEDULED", N_("Scheduled")),
    Option("COMPLETED", N_("Completed")),
    Option("RESCHEDULED", N_("Rescheduled")),
    Option("NO_SHOW", N_("No show")),
    Option("CANCELED", N_("Canceled")),
)

LOCATION_TYPES = (
    Option("PHONE", N_("Phone")),
    Option("ADDRESS", N_("Address")),
    Option("VIDEO_LINK", N_("Video link")),
)

CHANNELS = (
    Option("LINKEDIN_MESSAGE", N_("LinkedIn message")),
    Option("SMS", N_("SMS")),
    Option("WHATS_APP", N_("WhatsApp message")),
)


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
    groups=(CONTENT, SYSTEM),
    properties=(
        _text("title", N_("Task title")),
        _choice("task_type", N_("Task type"), TASK_TYPES),
        _choice("priority", N_("Priority"), TASK_PRIORITIES),
        _choice("status", N_("Status"), TASK_STATUSES),
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
    groups=(CONTENT, SYSTEM),
    properties=(
        _text("title", N_("Meeting title")),
        Property("ends_at", N_("End"), "date_time", CONTENT.name),
        _choice("outcome", N_("Outcome"), MEETING_OUTCOMES),
        _choice("meeting_type", N_("Meeting type"), CALL_AND_MEETING_TYPES),
        _text("location", N_("Location")),
        _choice("location_type", N_("Location type"), LOCATION_TYPES),
        Property("video_link", N_("Video link"), "url", CONTENT.name),
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
    groups=(CONTENT, SYSTEM),
    properties=(
        _choice("direction", N_("Direction"), DIRECTIONS),
        *_shared(N_("Activity date"), N_("Postal mail notes")),
    ),
)

ACTIVITY_OBJECTS = (NOTE, CALL, EMAIL, TASK, MEETING, COMMUNICATION, POSTAL_MAIL)
