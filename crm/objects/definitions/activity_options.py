"""What the properties of activities choose from (SPEC 7.3, 8.2)."""

from crm.messages import N_
from crm.objects.definitions.base import OptionDefinition as Option

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


# When people are reminded, counted back from the start or the due moment.
REMINDERS = (
    Option("AT_TIME", N_("When it starts")),
    Option("MINUTES_10", N_("10 minutes before")),
    Option("MINUTES_30", N_("30 minutes before")),
    Option("HOUR_1", N_("1 hour before")),
    Option("DAY_1", N_("1 day before")),
    Option("WEEK_1", N_("1 week before")),
)

TASK_REMINDERS = (
    Option("AT_TIME", N_("When it is due")),
    Option("MINUTES_30", N_("30 minutes before")),
    Option("HOUR_1", N_("1 hour before")),
    Option("DAY_1", N_("1 day before")),
    Option("WEEK_1", N_("1 week before")),
    Option("CUSTOM", N_("At another time")),
)

REPEAT_UNITS = (
    Option("DAYS", N_("Days")),
    Option("WEEKS", N_("Weeks")),
    Option("MONTHS", N_("Months")),
    Option("YEARS", N_("Years")),
)
