"""Deals and the sales pipeline (SPEC 2.7-2.9)."""

from crm.messages import N_
from crm.objects.definitions.base import GroupDefinition, ObjectDefinition
from crm.objects.definitions.base import OptionDefinition as Option
from crm.objects.definitions.base import PipelineDefinition as Pipeline
from crm.objects.definitions.base import PropertyDefinition as Property
from crm.objects.definitions.base import StageDefinition as Stage
from crm.objects.definitions.choices import CURRENCIES
from crm.objects.definitions.shared import (
    ACTIVITY,
    COUNT,
    PERCENT,
    SYSTEM,
    WHOLE,
    activity_facts,
    auto,
    owner,
    record_facts,
)

DEAL_GROUP = GroupDefinition("deal", N_("Deal information"))
FORECAST = GroupDefinition("forecast", N_("Forecast"))
RELATED = GroupDefinition("related", N_("Related records"))

# Shown in the account's own currency, not in the deal's.
HOME = {"currency": "home"}

_TYPES = (
    Option("newbusiness", N_("New business")),
    Option("existingbusiness", N_("Existing business")),
)

_PRIORITIES = (
    Option("low", N_("Low"), "green"),
    Option("medium", N_("Medium"), "yellow"),
    Option("high", N_("High"), "orange"),
)

_FORECAST_CATEGORIES = (
    Option("OMIT", N_("Not forecasted")),
    Option("PIPELINE", N_("Pipeline")),
    Option("BEST_CASE", N_("Best case")),
    Option("COMMIT", N_("Commit")),
    Option("CLOSED", N_("Closed won")),
)

_DEAL = (
    Property("dealname", N_("Deal name"), "text", DEAL_GROUP.name),
    Property("description", N_("Deal description"), "multi_line", DEAL_GROUP.name),
    Property("pipeline", N_("Pipeline"), "dropdown", DEAL_GROUP.name, settings={"options_from": "pipeline"}),
    Property("dealstage", N_("Deal stage"), "dropdown", DEAL_GROUP.name, settings={"options_from": "stage"}),
    Property("amount", N_("Amount"), "currency", DEAL_GROUP.name),
    Property("deal_currency_code", N_("Currency"), "dropdown", DEAL_GROUP.name, options=CURRENCIES),
    auto("amount_in_home_currency", N_("Amount in company currency"), "currency", DEAL_GROUP.name, HOME),
    Property("closedate", N_("Close date"), "date_time", DEAL_GROUP.name, settings={"index": True}),
    owner(N_("Deal owner"), DEAL_GROUP.name),
    Property("hs_all_collaborator_owner_ids", N_("Deal collaborators"), "users", DEAL_GROUP.name),
    Property("dealtype", N_("Deal type"), "dropdown", DEAL_GROUP.name, options=_TYPES),
    Property("hs_priority", N_("Priority"), "dropdown", DEAL_GROUP.name, options=_PRIORITIES),
    Property("hs_next_step", N_("Next step"), "text", DEAL_GROUP.name),
    auto("hs_next_step_updated_at", N_("Next step last updated"), "date_time", DEAL_GROUP.name),
    Property("closed_won_reason", N_("Closed won reason"), "multi_line", DEAL_GROUP.name),
    Property("closed_lost_reason", N_("Closed lost reason"), "multi_line", DEAL_GROUP.name),
)

_FORECAST = (
    auto("hs_deal_stage_probability", N_("Deal probability"), "number", FORECAST.name, PERCENT),
    auto("hs_deal_score", N_("Deal score"), "number", FORECAST.name),
    Property(
        "hs_manual_forecast_category",
        N_("Forecast category"),
        "dropdown",
        FORECAST.name,
        options=_FORECAST_CATEGORIES,
    ),
    auto("hs_projected_amount", N_("Weighted amount"), "currency", FORECAST.name),
    auto("hs_is_closed", N_("Is closed"), "checkbox", FORECAST.name),
    auto("hs_is_closed_won", N_("Is closed won"), "checkbox", FORECAST.name),
    auto("days_to_close", N_("Days to close"), "number", FORECAST.name, WHOLE),
    auto("hs_v2_date_entered_current_stage", N_("Date entered current stage"), "date_time", FORECAST.name),
)

_RELATED = (
    auto("num_associated_contacts", N_("Number of associated contacts"), "number", RELATED.name, COUNT),
    auto("hs_num_of_associated_line_items", N_("Number of line items"), "number", RELATED.name, COUNT),
    auto("hs_tcv", N_("Total contract value"), "currency", RELATED.name),
    auto("hs_acv", N_("Annual contract value"), "currency", RELATED.name),
    auto("hs_arr", N_("Annual recurring revenue"), "currency", RELATED.name),
    auto("hs_mrr", N_("Monthly recurring revenue"), "currency", RELATED.name),
    auto("hs_margin", N_("Margin"), "currency", RELATED.name),
)

SALES_PIPELINE = Pipeline(
    "default",
    N_("Sales pipeline"),
    (
        Stage("appointmentscheduled", N_("Appointment scheduled"), probability=0.2),
        Stage("qualifiedtobuy", N_("Qualified to buy"), probability=0.4),
        Stage("presentationscheduled", N_("Presentation scheduled"), probability=0.6),
        Stage("decisionmakerboughtin", N_("Decision maker bought-in"), probability=0.8),
        Stage("contractsent", N_("Contract sent"), probability=0.9),
        Stage("closedwon", N_("Closed won"), is_closed=True, probability=1.0),
        Stage("closedlost", N_("Closed lost"), is_closed=True, probability=0.0),
    ),
)

DEAL = ObjectDefinition(
    name="deal",
    plural_name="deals",
    label=N_("Deal"),
    plural_label=N_("Deals"),
    icon="deal",
    is_activity=False,
    position=30,
    primary_display=("dealname",),
    secondary_display=("amount", "closedate", "dealstage", "pipeline"),
    header_form=("dealname", "amount", "closedate", "pipeline", "dealstage"),
    about=(
        "hubspot_owner_id",
        "amount",
        "closedate",
        "dealstage",
        "dealtype",
        "hs_priority",
        "notes_last_contacted",
        "hs_next_step",
        "hs_object_source_label",
    ),
    highlights=("createdate", "dealstage", "closedate", "amount"),
    index_columns=("dealstage", "closedate", "hubspot_owner_id", "amount"),
    card_columns=("amount", "closedate", "dealstage"),
    quick_filters=("hubspot_owner_id", "createdate", "notes_last_updated", "closedate"),
    required=(("dealname",),),
    create_form=(
        ("dealname", True),
        ("pipeline", True),
        ("dealstage", True),
        ("amount", False),
        ("closedate", False),
        ("hubspot_owner_id", False),
        ("dealtype", False),
        ("hs_priority", False),
    ),
    groups=(DEAL_GROUP, FORECAST, RELATED, ACTIVITY, SYSTEM),
    properties=(*_DEAL, *_FORECAST, *_RELATED, *activity_facts(), *record_facts()),
    pipelines=(SALES_PIPELINE,),
)
