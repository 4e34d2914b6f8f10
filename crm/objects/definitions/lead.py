"""Leads and the lead pipeline (SPEC 2.7-2.9)."""

from crm.messages import N_
from crm.objects.definitions.base import GroupDefinition, ObjectDefinition
from crm.objects.definitions.base import OptionDefinition as Option
from crm.objects.definitions.base import PipelineDefinition as Pipeline
from crm.objects.definitions.base import PropertyDefinition as Property
from crm.objects.definitions.base import StageDefinition as Stage
from crm.objects.definitions.choices import TRAFFIC_SOURCES
from crm.objects.definitions.shared import (
    ACTIVITY,
    COUNT,
    RECORD_NUMBER,
    SYSTEM,
    activity_facts,
    auto,
    owner,
    record_facts,
)

LEAD_GROUP = GroupDefinition("lead", N_("Lead information"))
RELATED = GroupDefinition("related", N_("Related records"))

_TYPES = (
    Option("NEW_BUSINESS", N_("New business")),
    Option("UPSELL", N_("Upsell")),
    Option("RE_ATTEMPTING", N_("Re-attempting")),
)

_LABELS = (
    Option("HOT", N_("Hot"), "red"),
    Option("WARM", N_("Warm"), "orange"),
    Option("COLD", N_("Cold"), "blue"),
)

_REASONS = (
    Option("NOT_A_GOOD_FIT", N_("Not a good fit")),
    Option("NO_BUDGET", N_("No budget")),
    Option("BAD_TIMING", N_("Bad timing")),
    Option("NO_RESPONSE", N_("No response")),
    Option("COMPETITOR", N_("Competitor")),
    Option("DUPLICATE", N_("Duplicate")),
    Option("OTHER", N_("Other")),
)

_LEAD = (
    Property("hs_lead_name", N_("Lead name"), "text", LEAD_GROUP.name),
    Property("hs_lead_type", N_("Lead type"), "dropdown", LEAD_GROUP.name, options=_TYPES),
    Property("hs_lead_label", N_("Lead label"), "dropdown", LEAD_GROUP.name, options=_LABELS),
    Property("hs_pipeline", N_("Pipeline"), "dropdown", LEAD_GROUP.name, settings={"options_from": "pipeline"}),
    Property("hs_pipeline_stage", N_("Lead stage"), "dropdown", LEAD_GROUP.name, settings={"options_from": "stage"}),
    Property("hs_lead_source", N_("Lead source"), "dropdown", LEAD_GROUP.name, options=TRAFFIC_SOURCES),
    Property(
        "hs_lead_disqualification_reason", N_("Disqualification reason"), "dropdown", LEAD_GROUP.name, options=_REASONS
    ),
    auto("hs_lead_is_disqualified", N_("Is disqualified"), "checkbox", LEAD_GROUP.name),
    owner(N_("Lead owner"), LEAD_GROUP.name),
)

_RELATED = (
    auto("hs_primary_contact_id", N_("Primary contact"), "number", RELATED.name, RECORD_NUMBER),
    auto("hs_primary_company_id", N_("Primary company"), "number", RELATED.name, RECORD_NUMBER),
    auto("hs_lead_associated_deals_count", N_("Number of associated deals"), "number", RELATED.name, COUNT),
)

_ACTIVITY = (
    *activity_facts(),
    auto("hs_lead_first_outreach_date", N_("First outreach date"), "date_time", ACTIVITY.name),
    auto("hs_lead_call_count", N_("Number of calls"), "number", ACTIVITY.name, COUNT),
    auto("hs_lead_email_count", N_("Number of emails"), "number", ACTIVITY.name, COUNT),
    auto("hs_lead_meeting_count", N_("Number of meetings"), "number", ACTIVITY.name, COUNT),
)

LEAD_PIPELINE = Pipeline(
    "lead-pipeline-id",
    N_("Lead pipeline"),
    (
        Stage("new-stage-id", N_("New"), meta={"state": "NEW"}),
        Stage("attempting-stage-id", N_("Attempting"), meta={"state": "IN_PROGRESS"}),
        Stage("connected-stage-id", N_("Connected"), meta={"state": "IN_PROGRESS"}),
        Stage("qualified-stage-id", N_("Qualified"), is_closed=True, meta={"state": "QUALIFIED"}),
        Stage("unqualified-stage-id", N_("Disqualified"), is_closed=True, meta={"state": "UNQUALIFIED"}),
    ),
)

LEAD = ObjectDefinition(
    name="lead",
    plural_name="leads",
    label=N_("Lead"),
    plural_label=N_("Leads"),
    icon="lead",
    is_activity=False,
    position=50,
    primary_display=("hs_lead_name",),
    secondary_display=("hs_pipeline_stage", "hs_lead_label", "hubspot_owner_id"),
    header_form=("hs_lead_name", "hs_pipeline_stage", "hs_lead_label", "hubspot_owner_id"),
    about=(
        "hubspot_owner_id",
        "hs_pipeline_stage",
        "hs_lead_label",
        "hs_lead_type",
        "hs_lead_source",
        "hs_lead_disqualification_reason",
        "notes_last_updated",
        "notes_next_activity_date",
        "hs_pipeline",
    ),
    highlights=("createdate", "hs_pipeline_stage", "hs_lead_label", "notes_last_updated"),
    index_columns=(
        "hs_pipeline_stage",
        "hs_lead_label",
        "hs_lead_type",
        "hubspot_owner_id",
        "notes_last_updated",
        "notes_next_activity_date",
        "createdate",
    ),
    card_columns=("hs_pipeline_stage", "hs_lead_label", "hubspot_owner_id"),
    required=(("hs_lead_name",),),
    create_form=(
        ("hs_lead_name", True),
        ("hs_pipeline", True),
        ("hs_pipeline_stage", True),
        ("hubspot_owner_id", False),
        ("hs_lead_type", False),
        ("hs_lead_label", False),
        ("hs_lead_source", False),
    ),
    groups=(LEAD_GROUP, RELATED, ACTIVITY, SYSTEM),
    properties=(*_LEAD, *_RELATED, *_ACTIVITY, *record_facts()),
    pipelines=(LEAD_PIPELINE,),
)
