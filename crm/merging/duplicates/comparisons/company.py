"""Companies that may be the same: by name, domain, telephone, country, industry (SPEC 4.7)."""

from collections.abc import Iterable, Mapping
from typing import Any

from crm.merging.duplicates.comparing import Comparison, Facts, Reason, contradict, meet, name_with
from crm.merging.duplicates.comparisons import comparisons
from crm.merging.duplicates.normal import firm, spellings, telephone, words_of_name
from crm.messages import N_
from crm.properties.types.domain import as_domain
from crm.properties.types.emails import parts

REASONS = (
    Reason("domain", N_("Same domain"), 60),
    Reason("name", N_("Same name"), 50),
    Reason("phone", N_("Same phone number"), 40),
    Reason("brand", N_("Same domain, another ending"), 20),
    Reason("part_of_name", N_("Part of the name"), 20),
    Reason("nothing_against", N_("Nothing known that differs"), 10),
    Reason("country", N_("Same country"), 10),
    Reason("industry", N_("Same industry"), 10),
)
KNOWN = ("domain", "phone", "country", "industry")
SHORTEST_BRAND = 4


def _facts(values: Mapping[str, Any]) -> Facts:
    texts = [values.get("domain"), values.get("website"), *parts(values.get("hs_additional_domains"))]
    domains = frozenset(domain for domain in (as_domain(text) for text in texts if text) if domain)
    return {
        "name": firm(values.get("name")),
        "words": words_of_name(values.get("name")),
        "domain": domains,
        "brand": frozenset(label for label in map(_brand, domains) if len(label) >= SHORTEST_BRAND),
        "phone": telephone(values.get("phone")),
        "country": spellings(values.get("country")),
        "industry": frozenset({values["industry"]}) if values.get("industry") else frozenset(),
    }


def _brand(domain: str) -> str:
    labels = domain.split(".")
    return max(labels[:-1], key=len) if len(labels) > 1 else ""


def _speaks(one: Facts, other: Facts) -> Iterable[str]:
    yield from (name for name in KNOWN if meet(one, other, name))
    if meet(one, other, "brand") and not meet(one, other, "domain"):
        yield "brand"
    if meet(one, other, "name"):
        yield "name"
        if not contradict(one, other, *KNOWN) and not meet(one, other, "domain", "phone"):
            yield "nothing_against"
    elif meet(one, other, "words") and meet(one, other, "phone", "domain"):
        yield "part_of_name"


def _is_enough(one: Facts, other: Facts) -> Iterable[str]:
    """Firms of one country and one trade are many: a name, a domain or part of a name must be the same."""
    spoken = list(_speaks(one, other))
    return spoken if {"name", "domain", "part_of_name"} & set(spoken) else ()


comparisons.register(
    Comparison(
        "company",
        (
            "name",
            "domain",
            "hs_additional_domains",
            "website",
            "phone",
            "country",
            "industry",
        ),
        REASONS,
        _facts,
        {
            "domain": lambda facts: facts["domain"],
            "phone": lambda facts: facts["phone"],
            "name and more": name_with("country", "industry", "brand"),
            "name": lambda facts: facts["name"],
        },
        _is_enough,
    )
)
