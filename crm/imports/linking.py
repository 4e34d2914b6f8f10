"""The companies and contacts that rows name: found, made once if need be, and associated (SPEC 4.2, 6.1)."""
from collections.abc import Sequence
from dataclasses import dataclass

from crm.associations.limits import LimitReached
from crm.associations.operations import associate, set_primary_company
from crm.imports.finder import Finder
from crm.imports.findings import Code, Finding, shown
from crm.imports.labels import label_called
from crm.imports.matching import ASSOCIATED
from crm.imports.preparing import CompanyMention, PreparedRow
from crm.imports.synonyms import COMPANY, CONTACT, OWNER
from crm.messages import N_, InvalidValue, Message
from crm.permissions.actions import Scope, Verb
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import Viewer
from crm.records.errors import InvalidInput
from crm.records.operations import create_record
from crm.records.source import Source


def default_owner(actor: Viewer, object_type: str) -> int | None:
    """Nobody, when the file names none; but people with rights to some records only must see what they import."""
    scopes = {actor.scope(object_type, verb) for verb in (Verb.VIEW, Verb.CREATE)}
    return None if scopes == {Scope.EVERYTHING} else actor.user_id


@dataclass(frozen=True)
class Wish:
    """An association a row asks for: with whom, as which cell says it, and with which labels."""

    record_id: int
    target: str
    key: str
    column: str
    text: str


class Linker:
    """Associates the records of one batch with the companies and contacts their rows name."""

    def __init__(self, actor: Viewer, object_type: str, finder: Finder) -> None:
        self._actor = actor
        self._object_type = object_type
        self._finder = finder
        self.companies_created = 0

    def load(self, rows: Sequence[PreparedRow]) -> None:
        """Look up everybody the rows name, all at once."""
        mentions = [mention for row in rows for mention in row.companies.values()]
        self._finder.load("company", "domain", [mention.domain for mention in mentions])
        self._finder.load_company_names({mention.text for mention in mentions})
        self._finder.load("contact", "email", {email for row in rows for email in row.contacts})

    def link(self, record_id: int, row: PreparedRow, findings: list[Finding], source: Source) -> bool:
        """Associate one record with whom its row names; whether any link is new."""
        is_new = False
        for key, mention in row.companies.items():
            try:
                company_id = self._company(mention, source)
            except (InvalidValue, InvalidInput, Forbidden) as refused:
                findings.append(self._lost(mention, refused))
                continue
            wish = Wish(record_id, COMPANY, key, mention.column, mention.text)
            is_new |= self._associate(wish, company_id, row, findings, source)
        for email, column in row.contacts.items():
            found = self._finder.by_value("contact", "email", email)
            if found:
                wish = Wish(record_id, CONTACT, email, column, email)
                is_new |= self._associate(wish, found[0], row, findings, source)
            else:
                reason = Message(N_("There is no contact with the e-mail address “%(value)s”"), value=shown(email))
                findings.append(Finding(Code.CONTACT, reason, column, shown(email)))
        return is_new

    def _company(self, mention: CompanyMention, source: Source) -> int:
        if mention.domain:
            found = self._finder.by_value("company", "domain", mention.domain)
            if found:
                return found[0]
        found = self._finder.companies_called(mention.text)
        if len(found) > 1:
            text = N_("%(count)s companies are called “%(value)s”; name its domain instead")
            raise InvalidValue(Message(text, count=len(found), value=shown(mention.text)))
        return found[0] if found else self._create(mention, source)

    def _create(self, mention: CompanyMention, source: Source) -> int:
        values: dict[str, str | int | None] = {"name": mention.text}
        if mention.is_domain and mention.domain:
            values = {"name": mention.domain, "domain": mention.domain}
        values[OWNER] = default_owner(self._actor, "company")
        company_id = create_record(self._actor, "company", values, source=source)
        self._finder.remember("company", company_id, dict(values))
        self.companies_created += 1
        return company_id

    def _associate(
        self, wish: Wish, other_id: int, row: PreparedRow, findings: list[Finding], source: Source
    ) -> bool:
        """Make the link and give it its labels one by one, so that one which is refused takes nothing else along."""
        labels = row.labels.get((wish.target, wish.key), {})
        try:
            is_new = associate(self._actor, wish.record_id, other_id, source=source)
        except (InvalidValue, Forbidden, NotFound) as refused:
            findings.append(_refusal(refused, wish.column, wish.text))
            reason = Message(N_("Without the association there is nothing to label"))
            findings += [Finding(Code.LABEL, reason, column, shown(text)) for text, column in labels.items()]
            return False
        for text, column in labels.items():
            try:
                is_new |= self._label(wish, other_id, text, source)
            except (InvalidValue, Forbidden, NotFound) as refused:
                findings.append(_refusal(refused, column, text, Code.LABEL))
        return is_new

    def _label(self, wish: Wish, other_id: int, text: str, source: Source) -> bool:
        label = label_called(self._object_type, ASSOCIATED[wish.target], text)
        if label is None:
            raise InvalidValue(Message(N_("There is no such label; the record is associated without it")))
        if label.is_primary:
            return set_primary_company(self._actor, wish.record_id, other_id, source)
        return associate(self._actor, wish.record_id, other_id, source=source, labels=[label.type_id])

    def _lost(self, mention: CompanyMention, refused: Exception) -> Finding:
        if isinstance(refused, InvalidValue):
            return Finding(Code.AMBIGUOUS, refused.message, mention.column, shown(mention.text))
        reason = Message(
            N_("The company “%(value)s” could not be made: %(why)s"), value=shown(mention.text), why=str(refused)
        )
        return Finding(Code.COMPANY, reason, mention.column, shown(mention.text))


def _refusal(refused: Exception, column: str, text: str, code: Code = Code.INVALID) -> Finding:
    """What is said about a link or a label that cannot be made."""
    if isinstance(refused, InvalidValue):
        return Finding(Code.LIMIT if isinstance(refused, LimitReached) else code, refused.message, column, shown(text))
    return Finding(Code.FORBIDDEN, Message(N_("You may not associate this record")), column, shown(text))
