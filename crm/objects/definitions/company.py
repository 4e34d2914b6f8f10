"""Companies (SPEC 2.7)."""

from crm.messages import N_
from crm.objects.definitions.base import GroupDefinition, ObjectDefinition
from crm.objects.definitions.base import OptionDefinition as Option
from crm.objects.definitions.base import PropertyDefinition as Property
from crm.objects.definitions.choices import INDUSTRIES, LEAD_STATUSES, LIFECYCLE_STAGES
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

FIRM = GroupDefinition("company", N_("Company information"))
SALES = GroupDefinition("sales", N_("Sales"))
RELATED = GroupDefinition("related", N_("Related records"))

_TYPES = (
    Option("PROSPECT", N_("Prospect")),
    Option("PARTNER", N_("Partner")),
    Option("RESELLER", N_("Reseller")),
    Option("VENDOR", N_("Vendor")),
    Option("OTHER", N_("Other")),
)

_TIERS = (
    Option("tier_1", N_("Tier 1")),
    Option("tier_2", N_("Tier 2")),
    Option("tier_3", N_("Tier 3")),
)

_FIRM = (
    Property("name", N_("Company name"), "text", FIRM.name),
    Property("domain", N_("Company domain name"), "domain", FIRM.name, settings={"index": True}),
    Property("hs_additional_domains", N_("Additional domains"), "domains", FIRM.name),
    Property("industry", N_("Industry"), "dropdown", FIRM.name, options=INDUSTRIES),
    Property("type", N_("Type"), "dropdown", FIRM.name, options=_TYPES),
    Property("numberofemployees", N_("Number of employees"), "number", FIRM.name, settings=COUNT),
    Property("annualrevenue", N_("Annual revenue"), "currency", FIRM.name),
    Property("phone", N_("Phone number"), "phone", FIRM.name),
    Property("website", N_("Website"), "url", FIRM.name),
    *address(FIRM.name),
    Property("timezone", N_("Time zone"), "text", FIRM.name),
    Property("description", N_("Description"), "multi_line", FIRM.name),
    Property("linkedin_company_page", N_("LinkedIn page"), "url", FIRM.name),
    picture(FIRM.name),
)

_SALES = (
    owner(N_("Company owner"), SALES.name),
    Property("lifecyclestage", N_("Lifecycle stage"), "dropdown", SALES.name, options=LIFECYCLE_STAGES),
    Property("hs_lead_status", N_("Lead status"), "dropdown", SALES.name, options=LEAD_STATUSES),
    Property("hs_target_account", N_("Target account"), "checkbox", SALES.name),
    Property("hs_ideal_customer_profile", N_("Ideal customer profile tier"), "dropdown", SALES.name, options=_TIERS),
)

_RELATED = (
    auto("hs_parent_company_id", N_("Parent company"), "number", RELATED.name, RECORD_NUMBER),
    auto("hs_num_child_companies", N_("Number of child companies"), "number", RELATED.name, COUNT),
    auto("num_associated_contacts", N_("Number of associated contacts"), "number", RELATED.name, COUNT),
    auto("num_associated_deals", N_("Number of associated deals"), "number", RELATED.name, COUNT),
    auto("hs_num_open_deals", N_("Number of open deals"), "number", RELATED.name, COUNT),
    auto("hs_num_decision_makers", N_("Number of decision makers"), "number", RELATED.name, COUNT),
    auto("hs_num_blockers", N_("Number of blockers"), "number", RELATED.name, COUNT),
    auto(
        "hs_num_contacts_with_buying_roles", N_("Number of contacts with a buying role"), "number", RELATED.name, COUNT
    ),
    auto("total_revenue", N_("Total revenue"), "currency", RELATED.name),
    auto("recent_deal_amount", N_("Recent deal amount"), "currency", RELATED.name),
)

_ACTIVITY = (
    *activity_facts(),
    auto("hs_last_sales_activity_timestamp", N_("Last engagement date"), "date_time", ACTIVITY.name),
)

COMPANY = ObjectDefinition(
    name="company",
    plural_name="companies",
    label=N_("Company"),
    plural_label=N_("Companies"),
    icon="company",
    is_activity=False,
    position=20,
    primary_display=("name",),
    fallback_display=("domain",),
    secondary_display=("domain", "phone"),
    about=(
        "hubspot_owner_id",
        "domain",
        "phone",
        "industry",
        "type",
        "city",
        "state",
        "country",
        "zip",
        "numberofemployees",
        "annualrevenue",
        "timezone",
        "description",
        "linkedin_company_page",
        "lifecyclestage",
        "hs_lead_status",
        "hs_target_account",
    ),
    highlights=("createdate", "lifecyclestage", "notes_last_updated"),
    index_columns=(
        "hubspot_owner_id",
        "createdate",
        "phone",
        "notes_last_updated",
        "city",
        "country",
        "industry",
    ),
    card_columns=("domain", "phone", "hubspot_owner_id"),
    quick_filters=("hubspot_owner_id", "createdate", "notes_last_updated", "hs_lead_status"),
    required=(("name", "domain"),),
    create_form=(
        ("domain", False),
        ("name", False),
        ("hubspot_owner_id", False),
        ("industry", False),
        ("type", False),
        ("phone", False),
        ("city", False),
        ("country", False),
        ("numberofemployees", False),
        ("annualrevenue", False),
    ),
    groups=(FIRM, SALES, RELATED, ACTIVITY, SYSTEM),
    properties=(*_FIRM, *_SALES, *became_dates(SALES.name), *_RELATED, *_ACTIVITY, *record_facts()),
)
