"""Contacts: people (SPEC 2.7)."""

from crm.messages import N_
from crm.objects.definitions.base import GroupDefinition, ObjectDefinition
from crm.objects.definitions.base import PropertyDefinition as Property
from crm.objects.definitions.choices import (
    BUYING_ROLES,
    LEAD_STATUSES,
    LEGAL_BASES,
    LIFECYCLE_STAGES,
    TRAFFIC_SOURCES,
)
from crm.objects.definitions.shared import (
    ACTIVITY,
    COUNT,
    RECORD_NUMBER,
    SYSTEM,
    activity_facts,
    address,
    auto,
    became_dates,
    owner,
    picture,
    record_facts,
)

PERSON = GroupDefinition("contact", N_("Contact information"))
SALES = GroupDefinition("sales", N_("Sales"))
DEALS = GroupDefinition("deals", N_("Deals"))
WEB = GroupDefinition("web", N_("Website activity"))
CONSENT = GroupDefinition("consent", N_("Consent"))

_PERSON = (
    Property("email", N_("Email"), "email", PERSON.name, unique=True),
    Property("hs_additional_emails", N_("Additional email addresses"), "emails", PERSON.name),
    Property("firstname", N_("First name"), "text", PERSON.name),
    Property("lastname", N_("Last name"), "text", PERSON.name),
    Property("salutation", N_("Salutation"), "text", PERSON.name),
    Property("jobtitle", N_("Job title"), "text", PERSON.name),
    Property("phone", N_("Phone number"), "phone", PERSON.name),
    Property("mobilephone", N_("Mobile phone number"), "phone", PERSON.name),
    Property("company", N_("Company name"), "text", PERSON.name),
    Property("website", N_("Website"), "url", PERSON.name),
    *address(PERSON.name),
    picture(PERSON.name),
)

_SALES = (
    Property("lifecyclestage", N_("Lifecycle stage"), "dropdown", SALES.name, options=LIFECYCLE_STAGES),
    Property("hs_lead_status", N_("Lead status"), "dropdown", SALES.name, options=LEAD_STATUSES),
    owner(N_("Contact owner"), SALES.name),
    auto("hubspot_owner_assigneddate", N_("Owner assigned date"), "date_time", SALES.name),
    auto("hubspot_team_id", N_("Team"), "number", SALES.name, RECORD_NUMBER),
    Property("hs_buying_role", N_("Buying role"), "checkboxes", SALES.name, options=BUYING_ROLES),
    auto("hs_sequences_is_enrolled", N_("Currently in sequence"), "checkbox", SALES.name),
    auto("currentlyinworkflow", N_("Currently in workflow"), "checkbox", SALES.name),
)

_ACTIVITY = (
    *activity_facts(),
    auto("num_contacted_notes", N_("Number of times contacted"), "number", ACTIVITY.name, COUNT),
    auto("hs_last_sales_activity_timestamp", N_("Last engagement date"), "date_time", ACTIVITY.name),
    auto("hs_sales_email_last_opened", N_("Recent sales email opened date"), "date_time", ACTIVITY.name),
    auto("hs_sales_email_last_clicked", N_("Recent sales email clicked date"), "date_time", ACTIVITY.name),
    auto("hs_sales_email_last_replied", N_("Recent sales email replied date"), "date_time", ACTIVITY.name),
)

_DEALS = (
    auto("num_associated_deals", N_("Number of associated deals"), "number", DEALS.name, COUNT),
    auto("recent_deal_amount", N_("Recent deal amount"), "currency", DEALS.name),
    auto("recent_deal_close_date", N_("Recent deal close date"), "date_time", DEALS.name),
    auto("total_revenue", N_("Total revenue"), "currency", DEALS.name),
)

_WEB = (
    Property("hs_analytics_source", N_("Original source"), "dropdown", WEB.name, options=TRAFFIC_SOURCES),
    auto("hs_analytics_first_url", N_("First page seen"), "url", WEB.name),
    auto("hs_analytics_last_url", N_("Last page seen"), "url", WEB.name),
    auto("hs_analytics_num_page_views", N_("Number of page views"), "number", WEB.name, COUNT),
    auto("hs_analytics_num_visits", N_("Number of sessions"), "number", WEB.name, COUNT),
)

_CONSENT = (
    Property("hs_email_optout", N_("Unsubscribed from all email"), "checkbox", CONSENT.name),
    Property("hs_marketable_status", N_("Marketing contact status"), "checkbox", CONSENT.name),
    Property("hs_legal_basis", N_("Legal basis for processing data"), "checkboxes", CONSENT.name, options=LEGAL_BASES),
)

CONTACT = ObjectDefinition(
    name="contact",
    plural_name="contacts",
    label=N_("Contact"),
    plural_label=N_("Contacts"),
    icon="contact",
    is_activity=False,
    position=10,
    primary_display=("firstname", "lastname"),
    fallback_display=("email",),
    secondary_display=("jobtitle", "email", "phone"),
    header_form=("firstname", "lastname", "jobtitle"),
    about=(
        "email",
        "phone",
        "hubspot_owner_id",
        "notes_last_contacted",
        "lifecyclestage",
        "hs_lead_status",
        "hs_buying_role",
        "hs_marketable_status",
        "createdate",
    ),
    highlights=("createdate", "lifecyclestage", "notes_last_updated", "hs_lead_status"),
    index_columns=(
        "email",
        "phone",
        "hubspot_owner_id",
        "company",
        "notes_last_updated",
        "hs_lead_status",
        "createdate",
    ),
    card_columns=("email", "phone", "jobtitle"),
    quick_filters=("hubspot_owner_id", "createdate", "notes_last_updated", "hs_lead_status"),
    required=(("email", "firstname", "lastname"),),
    create_form=(
        ("email", False),
        ("firstname", False),
        ("lastname", False),
        ("hubspot_owner_id", False),
        ("jobtitle", False),
        ("phone", False),
        ("company", False),
        ("lifecyclestage", False),
        ("hs_lead_status", False),
    ),
    groups=(PERSON, SALES, ACTIVITY, DEALS, WEB, CONSENT, SYSTEM),
    properties=(*_PERSON, *_SALES, *became_dates(SALES.name), *_ACTIVITY, *_DEALS, *_WEB, *_CONSENT, *record_facts()),
)
