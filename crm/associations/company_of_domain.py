"""A contact made with a business e-mail address gets the company of its domain (SPEC 3)."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from crm.accounts.settings import account_setting, change_account_setting
from crm.associations.limits import LimitReached, is_full
from crm.associations.operations import link_locked
from crm.associations.queries import association_types, is_associated
from crm.objects.queries import schema
from crm.permissions.actions import AccountRight, Verb
from crm.permissions.errors import Forbidden
from crm.permissions.viewer import Viewer
from crm.properties.types.domain import as_domain
from crm.records.errors import InvalidInput
from crm.records.identifiers import visible_holders
from crm.records.operations import create_record
from crm.records.rows import OWNER, lock_passports
from crm.records.source import Source, SourceKind

SETTING = "company_of_domain"
BY_RULE = Source(SourceKind.RULE, "company_of_domain")
# Below the domain of a country, where companies have theirs one level further down.
SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gob", "gov", "ltd", "ne", "net", "nhs", "or", "org", "plc"})
SHORT = 3  # letters: BBC, SAP, 3M
# In use for private mail, and not in the list yet.
ALSO_FREE = frozenset({"chello.pl", "hinet.net", "home.se", "pchome.com.tw", "seed.net.tw", "tele2.se", "telia.com"})


def is_on() -> bool:
    """Whether new contacts get the company of their domain; they do unless somebody has switched it off."""
    return bool(account_setting(SETTING, True))


def switch(actor: Viewer, on: bool) -> None:
    """Switch it for the account, inside a unit of work. Raises Forbidden."""
    if not actor.has_right(AccountRight.EDIT_PROPERTIES):
        raise Forbidden(f"{actor.name} may not change how contacts are made")
    if on != is_on():
        change_account_setting(actor, SETTING, on, f"company of the e-mail domain: {'on' if on else 'off'}")


def business_domain(address: str | None) -> str | None:
    """The domain of an address, None when there is none or everybody may have an address there."""
    domain = as_domain(address) if address and "@" in address else None
    return None if domain is None or domain in ALSO_FREE or domain in _free_domains() else domain


def name_of(domain: str) -> str:
    """What the company of a domain is called until somebody knows better: "acme-tools.co.uk" is "Acme Tools"."""
    labels = domain.split(".")
    has_second_level = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVEL
    word = labels[-3 if has_second_level else -2]
    if word.startswith("xn--"):
        return domain
    return " ".join(part.upper() if len(part) <= SHORT else part.capitalize() for part in word.split("-") if part)


def add_company_of_domain(actor: Viewer, contact_id: int, values: Mapping[str, Any]) -> int | None:
    """Link a contact that was just made of `values` to the company of its domain, made if need be; returns its id.

    The company becomes the primary one unless the contact has another already. Nothing is refused: who may not see the
    company that has the domain, or may not make one, makes the contact alone; so does whoever would pass a limit.
    """
    domain = business_domain(values.get("email")) if is_on() else None
    types = association_types()
    plain = types.between("contact", "company")
    if domain is None or plain is None or is_full(contact_id, types.by_id[plain]):
        return None
    company_id = _known(actor, domain) or _made(actor, domain, values)
    if company_id is None or is_associated(contact_id, company_id):
        return None
    locked = lock_passports([contact_id, company_id])
    try:
        link_locked(actor, locked[contact_id], locked[company_id], BY_RULE)
    except LimitReached:
        return None
    return company_id


def _known(actor: Viewer, domain: str) -> int | None:
    company = schema().object_type("company")
    ids = visible_holders(actor, company, [domain]).get(domain, [])
    return ids[0] if ids else None


def _made(actor: Viewer, domain: str, contact: Mapping[str, Any]) -> int | None:
    """A new company for the contact's owner, or for the actor who may make one only for themselves."""
    if not actor.may("company", Verb.CREATE):
        return None
    owner_id = contact.get(OWNER, actor.user_id)
    owner_id = owner_id if actor.covers("company", Verb.CREATE, owner_id) else actor.user_id
    try:
        values = {"name": name_of(domain), "domain": domain, OWNER: owner_id}
        return create_record(actor, "company", values, BY_RULE)
    except InvalidInput:
        # Somebody else holds the domain: one whom the actor may not see, or who made the company at this moment.
        return _known(actor, domain)


@cache
def _free_domains() -> frozenset[str]:
    return frozenset((Path(__file__).parent / "free_mail_domains.txt").read_text("ascii").split())
