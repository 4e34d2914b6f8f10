"""Tickets and the support pipeline (SPEC 2.7-2.9)."""

from crm.messages import N_
from crm.objects.definitions.base import GroupDefinition, ObjectDefinition
from crm.objects.definitions.base import OptionDefinition as Option
from crm.objects.definitions.base import PipelineDefinition as Pipeline
from crm.objects.definitions.base import PropertyDefinition as Property
from crm.objects.definitions.base import StageDefinition as Stage
from crm.objects.definitions.shared import (
    ACTIVITY,
    DURATION,
    SYSTEM,
    activity_facts,
    auto,
    owner,
    record_facts,
)

TICKET_GROUP = GroupDefinition("ticket", N_("Ticket information"))
RESPONSE = GroupDefinition("response", N_("Response times"))

_PRIORITIES = (
    Option("LOW", N_("Low"), "green"),
    Option("MEDIUM", N_("Medium"), "yellow"),
    Option("HIGH", N_("High"), "orange"),
    Option("URGENT", N_("Urgent"), "red"),
)

_CATEGORIES = (
    Option("PRODUCT_ISSUE", N_("Product issue")),
    Option("BILLING_ISSUE", N_("Billing issue")),
    Option("FEATURE_REQUEST", N_("Feature request")),
    Option("GENERAL_INQUIRY", N_("General inquiry")),
)

_SOURCES = (
    Option("CHAT", N_("Chat")),
    Option("EMAIL", N_("Email")),
    Option("FORM", N_("Form")),
    Option("PHONE", N_("Phone")),
    Option("WEB", N_("Web")),
)

_RESOLUTIONS = (
    Option("ISSUE_FIXED", N_("Issue fixed")),
    Option("WORKAROUND_GIVEN", N_("Workaround given")),
    Option("QUESTION_ANSWERED", N_("Question answered")),
    Option("REQUEST_LOGGED", N_("Request logged")),
    Option("DUPLICATE", N_("Duplicate")),
    Option("NOT_REPRODUCED", N_("Could not be reproduced")),
    Option("NO_ACTION", N_("No action needed")),
    Option("OTHER", N_("Other")),
)

_TICKET = (
    Property("subject", N_("Ticket name"), "text", TICKET_GROUP.name),
    Property("content", N_("Ticket description"), "multi_line", TICKET_GROUP.name),
    Property("hs_pipeline", N_("Pipeline"), "dropdown", TICKET_GROUP.name, settings={"options_from": "pipeline"}),
    Property(
        "hs_pipeline_stage", N_("Ticket status"), "dropdown", TICKET_GROUP.name, settings={"options_from": "stage"}
    ),
    Property("hs_ticket_priority", N_("Priority"), "dropdown", TICKET_GROUP.name, options=_PRIORITIES),
    Property("hs_ticket_category", N_("Category"), "checkboxes", TICKET_GROUP.name, options=_CATEGORIES),
    Property("source_type", N_("Source"), "dropdown", TICKET_GROUP.name, options=_SOURCES),
    owner(N_("Ticket owner"), TICKET_GROUP.name),
    Property("hs_resolution", N_("Resolution"), "dropdown", TICKET_GROUP.name, options=_RESOLUTIONS),
)

_RESPONSE = (
    auto("closed_date", N_("Close date"), "date_time", RESPONSE.name),
    auto("hs_last_message_received_at", N_("Last response date"), "date_time", RESPONSE.name),
    auto("time_to_close", N_("Time to close"), "number", RESPONSE.name, DURATION),
    auto("hs_time_to_first_response", N_("Time to first reply"), "number", RESPONSE.name, DURATION),
)

SUPPORT_PIPELINE = Pipeline(
    "0",
    N_("Support pipeline"),
    (
        Stage("1", N_("New")),
        Stage("2", N_("Waiting on contact")),
        Stage("3", N_("Waiting on us")),
        Stage("4", N_("Closed"), is_closed=True),
    ),
)

TICKET = ObjectDefinition(
    name="ticket",
    plural_name="tickets",
    label=N_("Ticket"),
    plural_label=N_("Tickets"),
    icon="ticket",
    is_activity=False,
    position=40,
    primary_display=("subject",),
    secondary_display=("createdate", "hs_pipeline_stage", "hs_pipeline"),
    header_form=("subject", "hs_pipeline", "hs_pipeline_stage"),
    about=(
        "content",
        "hubspot_owner_id",
        "createdate",
        "hs_pipeline_stage",
        "hs_ticket_priority",
        "hs_ticket_category",
        "source_type",
        "notes_last_contacted",
        "hs_pipeline",
    ),
    highlights=("createdate", "hs_pipeline_stage", "hs_ticket_priority", "time_to_close"),
    index_columns=(
        "hs_pipeline",
        "hs_pipeline_stage",
        "createdate",
        "hs_ticket_priority",
        "hubspot_owner_id",
        "source_type",
        "notes_last_updated",
    ),
    card_columns=("hs_pipeline_stage", "createdate", "hs_ticket_priority"),
    quick_filters=("hubspot_owner_id", "createdate", "notes_last_updated", "hs_ticket_priority"),
    required=(("subject",),),
    create_form=(
        ("subject", True),
        ("hs_pipeline", True),
        ("hs_pipeline_stage", True),
        ("content", False),
        ("source_type", False),
        ("hubspot_owner_id", False),
        ("hs_ticket_priority", False),
        ("hs_ticket_category", False),
    ),
    groups=(TICKET_GROUP, RESPONSE, ACTIVITY, SYSTEM),
    properties=(*_TICKET, *_RESPONSE, *activity_facts(), *record_facts()),
    pipelines=(SUPPORT_PIPELINE,),
)
