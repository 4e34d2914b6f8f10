"""Who a message is about: our users, known contacts, and new contacts where that is asked for."""
import re

from crm.accounts.queries import directory
from crm.associations.company_of_domain import add_company_of_domain, business_domain
from crm.imports.finder import Finder
from crm.imports.findings import Code, Finding, shown
from crm.imports.linking import default_owner
from crm.imports.mail_preparing import PreparedMail
from crm.imports.synonyms import OWNER
from crm.messages import N_, Message
from crm.permissions.viewer import Viewer
from crm.records.identifiers import forget_holders, holders
from crm.records.operations import create_record
from crm.records.source import Source

_NOBODY = re.compile(r"(?:no-?reply|do-?not-?reply|mailer-daemon|postmaster|bounces?)(?:[+._-].*)?@", re.IGNORECASE)
MACHINE = Message(N_("A mailing list or a machine; no contact is made of it"))
NOBODY = Message(N_("No contact has this address; once one has, importing the file again links the e-mail"))


class People:
    """Finds, and where asked makes, the contacts that messages name; lives as long as one batch."""

    def __init__(self, actor: Viewer, create_contacts: bool) -> None:
        self._actor = actor
        self._create_contacts = create_contacts
        self._finder = Finder(actor)
        self._users = {user.email.lower(): user.id for user in directory().users.values()}
        self.contacts_created = 0

    def load(self, mails: list[PreparedMail]) -> None:
        """Look up everybody the messages name, all at once."""
        addresses = {address for mail in mails for address in mail.people}
        self._finder.load("contact", "email", addresses)
        if self._create_contacts:
            holders("company", filter(None, map(business_domain, addresses)))

    def user_of(self, address: str) -> int | None:
        """The user with this address, if it is one of ours."""
        return self._users.get(address)

    def contacts_of(self, mail: PreparedMail, source: Source) -> list[int]:
        """The contacts a message names, the correspondent first; new ones only with --create-contacts.

        Who is named and is no contact stands in the findings of the message, as long as anybody is.
        """
        found: dict[int, None] = {}
        unknown: list[Finding] = []
        for address in self._wanted(mail):
            known = self._finder.by_value("contact", "email", address)
            if known:
                found[known[0]] = None
            elif self._create_contacts and self._may_become_contact(address, mail):
                found[self._create(address, mail.people[address], source)] = None
            else:
                reason = MACHINE if self._create_contacts else NOBODY
                unknown.append(Finding(Code.NO_CONTACT, reason, value=shown(address)))
        if found:
            mail.findings += unknown
        return list(found)

    def forget(self, contacts_created: int) -> None:
        """Forget who was found and made, since making them was undone; `contacts_created` are left."""
        self._finder = Finder(self._actor)
        forget_holders()
        self.contacts_created = contacts_created

    def _wanted(self, mail: PreparedMail) -> list[str]:
        return [address for address in mail.people if address not in self._users]

    def _may_become_contact(self, address: str, mail: PreparedMail) -> bool:
        """Mailing lists and machines are no people; unless the message names nobody else.

        A list goes by several hosts, so the part before the @ of its own address (List-Post) decides.
        """
        if not self._is_machine(address, mail):
            return True
        return all(self._is_machine(other, mail) for other in self._wanted(mail))

    def _is_machine(self, address: str, mail: PreparedMail) -> bool:
        lists = {listed.partition("@")[0] for listed in mail.parsed.list_addresses}
        return address.partition("@")[0] in lists or bool(_NOBODY.match(address))

    def _create(self, address: str, name: str, source: Source) -> int:
        first, last = split_name(name, address)
        values = {
            "email": address,
            "firstname": first,
            "lastname": last,
            OWNER: default_owner(self._actor, "contact"),
        }
        contact_id = create_record(self._actor, "contact", values, source=source)
        add_company_of_domain(self._actor, contact_id, values)
        self._finder.remember("contact", contact_id, values)
        self.contacts_created += 1
        return contact_id


def split_name(name: str, address: str) -> tuple[str | None, str | None]:
    """First and last name of "Gary D. Gregory" or "Gregory, Gary D."; nothing of a name that is only the address."""
    name = " ".join(name.strip("\"' ").split())
    if not name or "@" in name or name.lower() == address.partition("@")[0]:
        return None, None
    if name.count(",") == 1:
        last, _, first = (part.strip() for part in name.partition(","))
        if first and last:
            return first, last
    first, _, last = name.rpartition(" ")
    return (first, last) if first else (last, None)
