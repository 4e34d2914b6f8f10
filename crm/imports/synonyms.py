"""What columns are called in the files of other programs, as data (issue 2, deliver 9).

Keys are property names or one of the targets below; words are written as `fold` leaves them, the best first. A word is
used only when the object has the property, and only when the values of the column fit it.
"""
from collections.abc import Mapping

COMPANY = "associated company"
CONTACT = "associated contact"
COMPANY_LABEL = "associated company label"
CONTACT_LABEL = "associated contact label"
RECORD_ID = "record id"
OWNER = "hubspot_owner_id"

TARGET_WORDS: Mapping[str, str] = {
    "associatedcompany": COMPANY,
    "associatedcontact": CONTACT,
    "associatedcompanylabel": COMPANY_LABEL,
    "associatedcontactlabel": CONTACT_LABEL,
    "recordid": RECORD_ID,
    "hsobjectid": RECORD_ID,
    "owner": OWNER,
}

_OWNERS = (
    "owner", "recordowner", "ownername", "owneremail", "hubspotowner", "assignedto", "assignee", "assignedagent",
    "sales", "salesagent", "salesrep", "salesrepresentative", "salesperson", "salesowner", "accountmanager",
    "accountexecutive", "accountowner", "rep", "agent", "responsible", "responsibleuser",
)  # fmt: skip
_COMPANIES = (
    "account", "accountname", "company", "companyname", "companydomain", "companydomainname", "organisation",
    "organization", "organisationname", "organizationname", "employer", "firm", "business", "businessname", "customer",
    "customername", "client", "clientname", "associatedcompanyname",
)  # fmt: skip
_CONTACTS = (
    "contact", "contactemail", "contactemailaddress", "primarycontact", "associatedcontactemail", "email",
    "emailaddress", "customeremail", "clientemail", "requester", "requesteremail", "reporter", "buyer",
)  # fmt: skip
_COMPANY_LABELS = ("companylabel", "companylabels", "companyassociationlabel", "accountlabel", "organizationlabel")
_CONTACT_LABELS = ("contactlabel", "contactlabels", "contactassociationlabel", "contactrole")
_CREATED = ("created", "createdat", "createdon", "createddate", "creationdate", "datecreated", "dateadded", "addedon")
_PLACE: Mapping[str, tuple[str, ...]] = {
    "address": ("street", "streetaddress", "address1", "addressline1", "mailingaddress", "mailingaddress1"),
    "city": ("town", "mailingcity", "billingcity", "headquarterscity"),
    "state": ("province", "stateprovince", "stateregion", "region", "mailingstate", "mailingstateprovince", "county"),
    "zip": ("postalcode", "postcode", "zipcode", "zippostalcode", "mailingpostalcode"),
    "country": ("countryregion", "nation", "mailingcountry", "billingcountry"),
    "website": ("url", "web", "homepage", "webpage", "webaddress", "websiteurl", "websiteaddress", "site"),
}

SYNONYMS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "contact": {
        "email": (
            "emailaddress", "mail", "mailaddress", "emailwork", "workemail", "businessemail", "primaryemail", "email1",
            "emailhome", "homeemail", "personalemail", "privateemail", "emailother", "otheremail", "email2", "email3",
        ),  # fmt: skip
        "firstname": ("first", "givenname", "forename", "fname"),
        "lastname": ("last", "surname", "familyname", "lname"),
        "jobtitle": ("title", "position", "jobposition", "jobrole", "role"),
        "phone": (
            "phonenumber", "telephone", "telephonenumber", "tel", "phonework", "workphone", "businessphone",
            "officephone", "phone1", "primaryphone",
        ),  # fmt: skip
        "mobilephone": ("mobile", "mobilenumber", "cell", "cellphone", "phonemobile", "phonecell"),
        "hs_lead_status": ("status", "contactstatus"),
        "lifecyclestage": ("stage", "lifecycle"),
        "hs_buying_role": ("buyerrole",),
        OWNER: ("contactowner", *_OWNERS),
        COMPANY: _COMPANIES,
        COMPANY_LABEL: _COMPANY_LABELS,
        "createdate": _CREATED,
        **_PLACE,
    },
    "company": {
        "name": (
            "account", "accountname", "company", "companyname", "organisation", "organization", "organisationname",
            "organizationname", "business", "businessname", "customer", "customername", "client", "clientname",
        ),  # fmt: skip
        "domain": ("companydomain", "companydomainname", "domainname", "webdomain", "emaildomain"),
        "phone": ("phonenumber", "telephone", "tel", "companyphone", "mainphone", "switchboard"),
        "industry": ("sector", "branch", "vertical"),
        "type": ("companytype", "accounttype"),
        "annualrevenue": ("revenue", "turnover", "annualturnover"),
        "numberofemployees": ("employees", "employeecount", "noofemployees", "headcount", "staff"),
        "description": ("about", "companydescription"),
        "founded_year": ("founded", "yearfounded", "yearestablished", "established"),
        "linkedin_company_page": ("linkedin", "linkedinurl", "linkedinpage"),
        OWNER: ("companyowner", *_OWNERS),
        "createdate": _CREATED,
        **_PLACE,
    },
    "deal": {
        "dealname": ("name", "deal", "dealtitle", "title", "opportunity", "opportunityname"),
        "dealstage": ("stage", "salesstage", "opportunitystage", "stagename", "status", "dealstatus"),
        "pipeline": ("pipelinename", "salespipeline"),
        "amount": (
            "value", "dealvalue", "dealamount", "closevalue", "closingvalue", "totalvalue", "price", "total",
            "opportunityamount", "revenue",
        ),  # fmt: skip
        "closedate": ("closingdate", "closeddate", "closedon", "expectedclose", "expectedclosedate", "closedat"),
        "dealtype": ("type", "opportunitytype"),
        "hs_priority": ("priority",),
        "hs_next_step": ("nextstep",),
        "description": ("notes", "dealdescription", "details"),
        OWNER: ("dealowner", "opportunityowner", *_OWNERS),
        COMPANY: _COMPANIES,
        COMPANY_LABEL: _COMPANY_LABELS,
        CONTACT: _CONTACTS,
        CONTACT_LABEL: _CONTACT_LABELS,
        "createdate": _CREATED,
    },
    "ticket": {
        "subject": ("title", "name", "ticketname", "ticketsubject", "summary", "ticket", "case", "casesubject"),
        "content": ("description", "body", "details", "message", "ticketdescription", "issue"),
        "hs_pipeline_stage": ("status", "stage", "ticketstatus", "casestatus", "state"),
        "hs_pipeline": ("pipeline", "pipelinename", "queue"),
        "hs_ticket_priority": ("priority", "urgency", "severity"),
        "hs_ticket_category": ("category", "type", "ticketcategory"),
        "source_type": ("source", "channel", "origin"),
        OWNER: ("ticketowner", *_OWNERS),
        COMPANY: _COMPANIES,
        COMPANY_LABEL: _COMPANY_LABELS,
        CONTACT: (*_CONTACTS, "from"),
        CONTACT_LABEL: _CONTACT_LABELS,
        "createdate": _CREATED,
    },
}

# Of objects that people made, only what every object has is known.
OF_CUSTOM_OBJECTS: Mapping[str, tuple[str, ...]] = {
    OWNER: _OWNERS,
    COMPANY: _COMPANIES,
    COMPANY_LABEL: _COMPANY_LABELS,
    CONTACT: _CONTACTS,
    CONTACT_LABEL: _CONTACT_LABELS,
    "hs_pipeline_stage": ("status", "stage", "state"),
    "createdate": _CREATED,
}

# A record needs a name; when nothing better is there, the number it has in the other program must do.
LAST_RESORT: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "deal": ("dealname", ("opportunityid", "dealid", "opportunitynumber", "dealnumber", "reference")),
    "ticket": ("subject", ("ticketid", "ticketnumber", "caseid", "casenumber", "reference")),
}
