"""Contacts that may be the same person: by name, e-mail, telephone, company, country (SPEC 4.7)."""

from collections.abc import Iterable, Mapping
from typing import Any

from crm.associations.company_of_domain import business_domain
from crm.merging.duplicates.comparing import Comparison, Facts, Reason, contradict, meet, name_with
from crm.merging.duplicates.comparisons import comparisons
from crm.merging.duplicates.normal import firm, mailboxes, spellings, telephone, words_of_name
from crm.messages import N_
from crm.properties.types.emails import parts

REASONS = (
    Reason("email", N_("Same e-mail address"), 60),
    Reason("name", N_("Same name"), 40),
    Reason("phone", N_("Same phone number"), 40),
    Reason("part_of_name", N_("Part of the name"), 20),
    Reason("company", N_("Same company"), 20),
    Reason("domain", N_("Same e-mail domain"), 20),
    Reason("nothing_against", N_("Nothing known that differs"), 20),
    Reason("country", N_("Same country"), 10),
)
KNOWN = ("email", "phone", "company", "country")


def _facts(values: Mapping[str, Any]) -> Facts:
    name = f"{values.get('firstname') or ''} {values.get('lastname') or ''}"
    addresses = [*([values["email"]] if values.get("email") else []), *parts(values.get("hs_additional_emails"))]
    full = spellings(name) if values.get("firstname") and values.get("lastname") else frozenset()
    return {
        "name": full,
        "words": words_of_name(name),
        "email": mailboxes(addresses),
        "domain": frozenset(domain for domain in map(business_domain, addresses) if domain),
        "phone": telephone(values.get("phone"), values.get("mobilephone")),
        "company": firm(values.get("company")),
        "country": spellings(values.get("country")),
    }


def _speaks(one: Facts, other: Facts) -> Iterable[str]:
    yield from (name for name in KNOWN if meet(one, other, name))
    if meet(one, other, "domain") and not meet(one, other, "email"):
        yield "domain"
    if meet(one, other, "name"):
        yield "name"
        if not contradict(one, other, *KNOWN) and not meet(one, other, "email", "phone", "company"):
            yield "nothing_against"
    elif meet(one, other, "words") and meet(one, other, "phone"):
        yield "part_of_name"


def _is_enough(one: Facts, other: Facts) -> Iterable[str]:
    """Colleagues share a company, a domain, a country and often a telephone: something must be of the person."""
    spoken = list(_speaks(one, other))
    return spoken if {"name", "email", "part_of_name"} & set(spoken) else ()


comparisons.register(
    Comparison(
        "contact",
        ("firstname", "lastname", "email", "hs_additional_emails", "phone", "mobilephone", "company", "country"),
        REASONS,
        _facts,
        {
            "email": lambda facts: facts["email"],
            "phone": lambda facts: facts["phone"],
            "name and more": name_with("company", "domain", "country"),
            "name": lambda facts: facts["name"],
        },
        _is_enough,
    )
)
