"""The values of made-up records and activities, as the properties want them."""

import html
import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from crm.permissions.viewer import Viewer
from crm.sample_data import firms
from crm.sample_data.conversations import Said
from crm.sample_data.firms import Firm, Person


def company_values(firm: Firm) -> dict[str, Any]:
    """What is known of a company."""
    return {
        "name": firm.name,
        "domain": firm.domain,
        "industry": firm.industry,
        "city": firm.city,
        "country": firm.country,
        "numberofemployees": Decimal(firm.employees),
        "annualrevenue": Decimal(firm.revenue * 1000),
        "website": f"https://www.{firm.domain}",
        "lifecyclestage": firm.stage,
        "description": firm.description,
        "hs_target_account": firm.employees > 200,
    }


def contact_values(person: Person, firm: Firm) -> dict[str, Any]:
    """What is known of a contact."""
    return {
        "firstname": person.first,
        "lastname": person.last,
        "email": firms.email_of(person),
        "jobtitle": person.title,
        "phone": person.phone or None,
        "company": firm.name,
        "city": firm.city,
        "country": firm.country,
        "lifecyclestage": firm.stage,
        "hs_buying_role": person.role or None,
        "hs_lead_status": "OPEN_DEAL" if firm.stage == "opportunity" else "CONNECTED",
    }


def particulars(said: Said, actor: Viewer, person: Person, moment: datetime, due: datetime | None) -> dict[str, Any]:
    """What an activity of this kind knows besides its text: addresses, numbers, times."""
    own, theirs = actor.email, firms.email_of(person)
    if said.kind == "email":
        received = said.values["direction"] == "INCOMING_EMAIL"
        sender, recipient = (theirs, own) if received else (own, theirs)
        return {"activity_date": moment, "from_address": sender, "to_addresses": recipient, "status": "SENT"}
    if said.kind == "call":
        return {"activity_date": moment, "status": "COMPLETED", "to_number": person.phone or None}
    if said.kind == "task":
        return {"activity_date": due or moment + timedelta(days=2), "status": "NOT_STARTED"}
    if said.kind == "meeting":
        start = due or moment
        outcome = "SCHEDULED" if due and due > moment else "COMPLETED"
        return {"activity_date": start, "ends_at": start + timedelta(hours=1), "outcome": outcome}
    return {"activity_date": moment}


def to_html(text: str) -> str:
    """Plain text with **bold** and blank lines as the HTML of a rich text."""
    paragraphs = (re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", html.escape(part)) for part in text.split("\n\n"))
    return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in paragraphs)
