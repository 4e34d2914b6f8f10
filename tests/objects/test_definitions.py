"""The standard objects are complete, and nothing in them points to what is not there (SPEC 2.7-2.9)."""

import json
import re

import pytest

from crm.objects.definitions import OBJECTS
from crm.objects.definitions.base import ObjectDefinition
from crm.properties.types import property_types
from crm.records.source import SourceKind

property_types.load("crm.properties.types")
NAMES = {
    "contact": """email hs_additional_emails firstname lastname salutation jobtitle phone mobilephone company website
        address city state zip country lifecyclestage hs_lead_status hubspot_owner_id hubspot_owner_assigneddate
        hubspot_team_id hs_buying_role createdate lastmodifieddate notes_last_contacted notes_last_updated
        notes_next_activity_date num_contacted_notes num_notes num_associated_deals recent_deal_amount
        recent_deal_close_date total_revenue hs_last_sales_activity_timestamp hs_sales_email_last_opened
        hs_sales_email_last_clicked hs_sales_email_last_replied hs_sequences_is_enrolled currentlyinworkflow
        hs_analytics_source hs_analytics_first_url hs_analytics_last_url hs_analytics_num_page_views
        hs_analytics_num_visits hs_email_optout hs_marketable_status hs_legal_basis hs_object_id
        hs_merged_object_ids hs_object_source_label""",
    "company": """name domain hs_additional_domains hubspot_owner_id industry type numberofemployees annualrevenue phone
        website address city state zip country timezone description linkedin_company_page lifecyclestage
        hs_lead_status hs_target_account hs_ideal_customer_profile hs_parent_company_id hs_num_child_companies
        num_associated_contacts num_associated_deals hs_num_open_deals hs_num_decision_makers hs_num_blockers
        hs_num_contacts_with_buying_roles notes_last_contacted notes_last_updated notes_next_activity_date
        hs_last_sales_activity_timestamp total_revenue recent_deal_amount""",
    "deal": """dealname description pipeline dealstage amount deal_currency_code amount_in_home_currency closedate
        createdate hubspot_owner_id hs_all_collaborator_owner_ids dealtype hs_priority hs_next_step
        hs_next_step_updated_at hs_deal_stage_probability hs_deal_score hs_manual_forecast_category
        hs_projected_amount hs_is_closed hs_is_closed_won days_to_close closed_won_reason closed_lost_reason
        hs_v2_date_entered_current_stage num_associated_contacts hs_num_of_associated_line_items hs_tcv hs_acv
        hs_arr hs_mrr hs_margin notes_last_contacted notes_last_updated notes_next_activity_date num_notes""",
    "ticket": """subject content hs_pipeline hs_pipeline_stage hs_ticket_priority hs_ticket_category source_type
        hubspot_owner_id createdate closed_date hs_last_message_received_at time_to_close
        hs_time_to_first_response hs_resolution""",
    "lead": """hs_lead_name hs_lead_type hs_lead_label hs_pipeline hs_pipeline_stage hs_lead_source
        hs_lead_disqualification_reason hs_lead_is_disqualified hs_lead_associated_deals_count
        hs_lead_first_outreach_date hs_lead_call_count hs_lead_email_count hs_lead_meeting_count
        hs_primary_contact_id hs_primary_company_id hubspot_owner_id""",
    "note": "",
    "call": """title outcome direction duration_ms call_type status source from_number to_number recording_url""",
    "email": """title from_address to_addresses cc_addresses bcc_addresses direction status thread_id message_id opens
        clicks replies""",
    "task": "title task_type priority status completed_at",
    "meeting": "title ends_at outcome meeting_type location location_type video_link internal_note",
    "communication": "channel direction",
    "postal_mail": "direction",
}
ACTIVITY_NAMES = "body activity_date hubspot_owner_id created_by created_via edited_at"
OPTIONS = {
    ("contact", "lifecyclestage"): """subscriber lead marketingqualifiedlead salesqualifiedlead opportunity customer
        evangelist other""",
    ("contact", "hs_lead_status"): """NEW OPEN IN_PROGRESS OPEN_DEAL UNQUALIFIED ATTEMPTED_TO_CONTACT CONNECTED
        BAD_TIMING""",
    (
        "contact",
        "hs_buying_role",
    ): """BLOCKER BUDGET_HOLDER CHAMPION DECISION_MAKER END_USER EXECUTIVE_SPONSOR INFLUENCER
        LEGAL_AND_COMPLIANCE OTHER""",
    ("company", "hs_ideal_customer_profile"): "tier_1 tier_2 tier_3",
    ("deal", "dealtype"): "newbusiness existingbusiness",
    ("deal", "hs_priority"): "low medium high",
    ("ticket", "hs_ticket_priority"): "LOW MEDIUM HIGH URGENT",
    ("lead", "hs_lead_disqualification_reason"): """NOT_A_GOOD_FIT NO_BUDGET BAD_TIMING NO_RESPONSE COMPETITOR DUPLICATE
        OTHER""",
    ("task", "status"): "NOT_STARTED IN_PROGRESS WAITING DEFERRED COMPLETED",
    ("email", "direction"): "EMAIL INCOMING_EMAIL FORWARDED_EMAIL",
    ("communication", "channel"): "LINKEDIN_MESSAGE SMS WHATS_APP",
    ("note", "created_via"): "record mobile inbox gmail_ext sequence workflow import api",
    ("meeting", "outcome"): "SCHEDULED COMPLETED RESCHEDULED NO_SHOW CANCELED",
}
STAGES = {
    "deal": [
        ("appointmentscheduled", 0.2, False),
        ("qualifiedtobuy", 0.4, False),
        ("presentationscheduled", 0.6, False),
        ("decisionmakerboughtin", 0.8, False),
        ("contractsent", 0.9, False),
        ("closedwon", 1.0, True),
        ("closedlost", 0.0, True),
    ],
    "ticket": [("1", None, False), ("2", None, False), ("3", None, False), ("4", None, True)],
    "lead": [
        ("new-stage-id", None, False),
        ("attempting-stage-id", None, False),
        ("connected-stage-id", None, False),
        ("qualified-stage-id", None, True),
        ("unqualified-stage-id", None, True),
    ],
}
BY_NAME = {definition.name: definition for definition in OBJECTS}
every_object = pytest.mark.parametrize("definition", OBJECTS, ids=lambda definition: definition.name)


def test_there_are_five_objects_with_pages_and_seven_of_activities() -> None:
    assert [one.name for one in OBJECTS if not one.is_activity] == ["contact", "company", "deal", "ticket", "lead"]
    assert {one.name for one in OBJECTS if one.is_activity} == NAMES.keys() - {
        "contact",
        "company",
        "deal",
        "ticket",
        "lead",
    }
    for field in ("name", "plural_name", "position"):
        assert len({getattr(one, field) for one in OBJECTS}) == len(OBJECTS)


@every_object
def test_every_default_property_is_there(definition: ObjectDefinition) -> None:
    wanted = f"{NAMES[definition.name]} {ACTIVITY_NAMES if definition.is_activity else ''}".split()
    assert not set(wanted) - {prop.name for prop in definition.properties}


@every_object
def test_names_are_fit_for_columns_and_stand_once(definition: ObjectDefinition) -> None:
    names = [prop.name for prop in definition.properties]
    columns = [prop.column for prop in definition.properties]
    assert len(set(names)) == len(names)
    assert len(set(columns)) == len(columns)
    for name in [*names, *columns, definition.name, definition.plural_name]:
        assert re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name)


@every_object
def test_properties_that_every_table_has_keep_their_columns(definition: ObjectDefinition) -> None:
    columns = {prop.name: prop.column for prop in definition.properties}
    assert columns["hubspot_owner_id"] == "owner_id"
    assert columns["createdate"] == "created_at"
    assert columns["lastmodifieddate"] == "updated_at"
    assert columns["hs_object_id"] == "record_id"


@every_object
def test_every_property_has_a_known_type_and_group_and_a_label_of_its_own(definition: ObjectDefinition) -> None:
    groups = {group.name for group in definition.groups}
    for prop in definition.properties:
        assert prop.type in property_types
        assert prop.group in groups
    labels = [prop.label for prop in definition.properties]
    assert len(set(labels)) == len(labels)
    assert groups == {prop.group for prop in definition.properties}


@every_object
def test_settings_can_be_stored(definition: ObjectDefinition) -> None:
    for prop in definition.properties:
        assert json.loads(json.dumps(dict(prop.settings))) == dict(prop.settings)


@every_object
def test_lists_of_the_layout_name_properties_of_the_object(definition: ObjectDefinition) -> None:
    names = {prop.name for prop in definition.properties}
    lists = (
        definition.primary_display,
        definition.fallback_display,
        definition.secondary_display,
        definition.about,
        definition.highlights,
        definition.index_columns,
        definition.card_columns,
        tuple(name for name, _required in definition.create_form),
    )
    for layout in lists:
        assert set(layout) <= names
        assert len(set(layout)) == len(layout)
    assert len(definition.highlights) <= 4
    assert len(definition.card_columns) <= 6
    if not definition.is_activity:
        assert all(lists[:1] + lists[2:])


@every_object
def test_forms_ask_only_for_what_people_may_write(definition: ObjectDefinition) -> None:
    for name, _required in definition.create_form:
        assert not definition.property(name).read_only


@every_object
def test_choices_stand_once_and_only_where_there_is_a_choice(definition: ObjectDefinition) -> None:
    for prop in definition.properties:
        has_choice = prop.type in ("dropdown", "checkboxes")
        assert has_choice == bool(prop.options or prop.settings.get("options_from"))
        values = [option.value for option in prop.options]
        assert len(set(values)) == len(values)
        assert len({option.label for option in prop.options}) == len(values)
        assert not any(";" in value for value in values)


@pytest.mark.parametrize(("place", "values"), OPTIONS.items(), ids=lambda value: ".".join(value[:2]))
def test_option_values_are_those_of_the_specification(place, values) -> None:
    object_name, property_name = place
    prop = BY_NAME[object_name].property(property_name)
    assert [option.value for option in prop.options] == values.split()


@pytest.mark.parametrize(("object_name", "stages"), STAGES.items())
def test_pipelines_have_the_stages_of_the_specification(object_name, stages) -> None:
    (pipeline,) = BY_NAME[object_name].pipelines
    assert [(stage.name, stage.probability, stage.is_closed) for stage in pipeline.stages] == stages


def test_objects_with_pipelines_have_a_pipeline_and_a_stage_property() -> None:
    for definition in OBJECTS:
        sources = sorted(
            prop.settings["options_from"] for prop in definition.properties if "options_from" in prop.settings
        )
        assert sources == (["pipeline", "stage"] if definition.pipelines else [])


def test_a_record_source_is_a_kind_of_source() -> None:
    options = BY_NAME["contact"].property("hs_object_source_label").options
    assert {option.value for option in options} == set(SourceKind)


def test_only_the_email_of_a_contact_is_unique() -> None:
    unique = {(one.name, prop.name) for one in OBJECTS for prop in one.properties if prop.unique}
    assert unique == {("contact", "email")}


def test_an_unknown_property_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        BY_NAME["contact"].property("nothing")
