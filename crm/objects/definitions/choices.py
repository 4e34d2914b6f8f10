"""Choices that several properties share (SPEC 2.8)."""

from crm.messages import N_
from crm.objects.definitions.base import OptionDefinition as Option

LIFECYCLE_STAGES = (
    Option("subscriber", N_("Subscriber")),
    Option("lead", N_("Lead")),
    Option("marketingqualifiedlead", N_("Marketing qualified lead")),
    Option("salesqualifiedlead", N_("Sales qualified lead")),
    Option("opportunity", N_("Opportunity")),
    Option("customer", N_("Customer")),
    Option("evangelist", N_("Evangelist")),
    Option("other", N_("Other")),
)

LEAD_STATUSES = (
    Option("NEW", N_("New")),
    Option("OPEN", N_("Open")),
    Option("IN_PROGRESS", N_("In progress")),
    Option("OPEN_DEAL", N_("Open deal")),
    Option("UNQUALIFIED", N_("Unqualified")),
    Option("ATTEMPTED_TO_CONTACT", N_("Attempted to contact")),
    Option("CONNECTED", N_("Connected")),
    Option("BAD_TIMING", N_("Bad timing")),
)

BUYING_ROLES = (
    Option("BLOCKER", N_("Blocker")),
    Option("BUDGET_HOLDER", N_("Budget holder")),
    Option("CHAMPION", N_("Champion")),
    Option("DECISION_MAKER", N_("Decision maker")),
    Option("END_USER", N_("End user")),
    Option("EXECUTIVE_SPONSOR", N_("Executive sponsor")),
    Option("INFLUENCER", N_("Influencer")),
    Option("LEGAL_AND_COMPLIANCE", N_("Legal and compliance")),
    Option("OTHER", N_("Other")),
)

TRAFFIC_SOURCES = (
    Option("ORGANIC_SEARCH", N_("Organic search")),
    Option("PAID_SEARCH", N_("Paid search")),
    Option("EMAIL_MARKETING", N_("Email")),
    Option("SOCIAL_MEDIA", N_("Organic social")),
    Option("REFERRALS", N_("Referrals")),
    Option("OTHER_CAMPAIGNS", N_("Other campaigns")),
    Option("DIRECT_TRAFFIC", N_("Direct")),
    Option("OFFLINE", N_("Offline")),
    Option("PAID_SOCIAL", N_("Paid social")),
)

LEGAL_BASES = (
    Option("LEGITIMATE_INTEREST_PROSPECT", N_("Legitimate interest: prospect")),
    Option("LEGITIMATE_INTEREST_CUSTOMER", N_("Legitimate interest: customer")),
    Option("LEGITIMATE_INTEREST_OTHER", N_("Legitimate interest: other")),
    Option("PERFORMANCE_OF_CONTRACT", N_("Performance of a contract")),
    Option("CONSENT", N_("Freely given consent")),
    Option("NOT_APPLICABLE", N_("Not applicable")),
)

# The kinds of crm.records.source, under the names people know them by.
RECORD_SOURCES = (
    Option("screen", N_("CRM UI")),
    Option("import", N_("Import")),
    Option("form", N_("Form")),
    Option("api", N_("Integration")),
    Option("rule", N_("Rule")),
    Option("merge", N_("Merge")),
    Option("sync", N_("Sync")),
    Option("mail", N_("Email")),
    Option("sample", N_("Sample data")),
    Option("calculation", N_("Calculation")),
)

PRIORITY_COLORS = {"LOW": "green", "MEDIUM": "yellow", "HIGH": "orange", "URGENT": "red"}

INDUSTRIES = (
    Option("ACCOUNTING", N_("Accounting")),
    Option("AEROSPACE", N_("Aerospace")),
    Option("AGRICULTURE", N_("Agriculture")),
    Option("ARCHITECTURE", N_("Architecture")),
    Option("AUTOMOTIVE", N_("Automotive")),
    Option("BANKING", N_("Banking")),
    Option("BIOTECHNOLOGY", N_("Biotechnology")),
    Option("CHEMICALS", N_("Chemicals")),
    Option("CONSTRUCTION", N_("Construction")),
    Option("CONSULTING", N_("Consulting")),
    Option("CONSUMER_GOODS", N_("Consumer goods")),
    Option("EDUCATION", N_("Education")),
    Option("ELECTRONICS", N_("Electronics")),
    Option("EMPLOYMENT", N_("Employment")),
    Option("ENERGY", N_("Energy")),
    Option("ENGINEERING", N_("Engineering")),
    Option("ENTERTAINMENT", N_("Entertainment")),
    Option("ENVIRONMENT", N_("Environment")),
    Option("FASHION", N_("Fashion")),
    Option("FINANCE", N_("Finance")),
    Option("FOOD_AND_BEVERAGES", N_("Food and beverages")),
    Option("GOVERNMENT", N_("Government")),
    Option("HEALTH_CARE", N_("Health care")),
    Option("HOSPITALITY", N_("Hospitality")),
    Option("INSURANCE", N_("Insurance")),
    Option("LEGAL_SERVICES", N_("Legal services")),
    Option("LOGISTICS", N_("Logistics")),
    Option("MACHINERY", N_("Machinery")),
    Option("MANUFACTURING", N_("Manufacturing")),
    Option("MARKETING", N_("Marketing")),
    Option("MEDIA", N_("Media")),
    Option("MEDICAL", N_("Medical")),
    Option("MINING", N_("Mining")),
    Option("NON_PROFIT", N_("Non-profit")),
    Option("PHARMACEUTICALS", N_("Pharmaceuticals")),
    Option("PUBLISHING", N_("Publishing")),
    Option("REAL_ESTATE", N_("Real estate")),
    Option("RESEARCH", N_("Research")),
    Option("RETAIL", N_("Retail")),
    Option("SECURITY", N_("Security")),
    Option("SERVICES", N_("Services")),
    Option("SOFTWARE", N_("Software")),
    Option("SPORTS", N_("Sports")),
    Option("TECHNOLOGY", N_("Technology")),
    Option("TELECOMMUNICATIONS", N_("Telecommunications")),
    Option("TOURISM", N_("Tourism")),
    Option("TRANSPORT", N_("Transport")),
    Option("UTILITIES", N_("Utilities")),
    Option("WHOLESALE", N_("Wholesale")),
    Option("OTHER", N_("Other")),
)

CURRENCIES = (
    Option("USD", N_("US dollar")),
    Option("EUR", N_("Euro")),
    Option("GBP", N_("British pound")),
    Option("PLN", N_("Polish zloty")),
    Option("SEK", N_("Swedish krona")),
    Option("TWD", N_("New Taiwan dollar")),
    Option("AUD", N_("Australian dollar")),
    Option("BGN", N_("Bulgarian lev")),
    Option("BRL", N_("Brazilian real")),
    Option("CAD", N_("Canadian dollar")),
    Option("CHF", N_("Swiss franc")),
    Option("CNY", N_("Chinese yuan")),
    Option("CZK", N_("Czech koruna")),
    Option("DKK", N_("Danish krone")),
    Option("HKD", N_("Hong Kong dollar")),
    Option("HUF", N_("Hungarian forint")),
    Option("ILS", N_("Israeli new shekel")),
    Option("INR", N_("Indian rupee")),
    Option("JPY", N_("Japanese yen")),
    Option("KRW", N_("South Korean won")),
    Option("MXN", N_("Mexican peso")),
    Option("NOK", N_("Norwegian krone")),
    Option("NZD", N_("New Zealand dollar")),
    Option("RON", N_("Romanian leu")),
    Option("SGD", N_("Singapore dollar")),
    Option("TRY", N_("Turkish lira")),
    Option("UAH", N_("Ukrainian hryvnia")),
    Option("ZAR", N_("South African rand")),
)
