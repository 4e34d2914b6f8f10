"""One prepared message into the database: logged once, on everybody it names, in its thread, with its files."""
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.activities.models import ActivityLink
from crm.activities.operations import create_activity, link, update_activity
from crm.activities.origin import Origin
from crm.db import db
from crm.files.operations import attach
from crm.files.queries import attachments_of
from crm.files.storage import Deposit
from crm.imports.findings import Code, Finding, Outcome, shown
from crm.imports.linking import default_owner
from crm.imports.mail_people import People
from crm.imports.mail_preparing import PreparedMail
from crm.imports.models import ImportedMessage
from crm.imports.row_writing import RowRefused, RowResult
from crm.imports.run_state import RunState
from crm.imports.synonyms import OWNER
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import SYSTEM, Viewer
from crm.records.errors import InvalidInput
from crm.records.source import Source, SourceKind

LINKED_BY = "import"
# Before the key of a message that perhaps is not whole: the whole one has still to come.
DOUBTFUL = "cut:"


@dataclass(frozen=True)
class Known:
    """A message that is logged already: as what, by which run (None: not by an import), and whether perhaps cut."""

    activity_id: int
    run_id: int | None = None
    is_doubtful: bool = False

    def says_all_of(self, mail: PreparedMail) -> bool:
        """Whether `mail` can add nothing to what is logged."""
        return mail.is_doubtful or not self.is_doubtful


def known_messages(mails: Sequence[PreparedMail]) -> dict[str, Known]:
    """The messages that are logged already, by message key; e-mails logged some other way by their Message-ID."""
    keys = {mail.parsed.key for mail in mails if mail.parsed.key}
    imported = sa.select(ImportedMessage).where(ImportedMessage.message_key.in_(keys | {DOUBTFUL + k for k in keys}))
    known: dict[str, Known] = {}
    for row in sorted(db.session.scalars(imported), key=lambda row: row.message_key.startswith(DOUBTFUL)):
        is_doubtful = row.message_key.startswith(DOUBTFUL)
        key = row.message_key.removeprefix(DOUBTFUL)
        known.setdefault(key, Known(row.activity_id, row.run_id, is_doubtful))
    ids = {mail.parsed.message_id for mail in mails if mail.parsed.message_id}
    table = schema().object_type("email").table
    logged = sa.select(table.c.message_id, table.c.record_id).where(table.c.message_id.in_(ids))
    for message_id, activity_id in db.session.execute(unguarded(logged, "nothing is logged twice, whoever sees it")):
        known.setdefault(f"id:{message_id}", Known(activity_id))
    return known


class MailWriter:
    """Writes the messages of one batch inside the batch's unit of work."""

    def __init__(self, actor: Viewer, create_contacts: bool, state: RunState) -> None:
        self._actor = actor
        self._state = state
        self._known: dict[str, Known] = {}
        self._links: set[tuple[int, int]] = set()
        self.people = People(actor, create_contacts)

    def load(self, mails: list[PreparedMail]) -> None:
        """Look up what the messages of the batch name, all at once."""
        self._known = known_messages(mails)
        self._links = _links_of({known.activity_id for known in self._known.values()})
        self.people.load(mails)

    def write(self, mail: PreparedMail) -> RowResult:
        """Log one message; why it cannot be is in the result, nothing is raised for it."""
        if mail.refusal is not None:
            return RowResult(mail.number, Outcome.REFUSED, None, [mail.refusal, *mail.findings])
        known = self._known.get(mail.parsed.key)
        if known is not None and known.says_all_of(mail):
            return self._known_already(mail, known)
        contacts_before = self.people.contacts_created
        try:
            with db.session.begin_nested():
                activity_id = self._complete(mail, known.activity_id) if known else self._log(mail)
                self._remember(mail, activity_id)
        except RowRefused as refused:
            self.people.forget(contacts_before)
            return RowResult(mail.number, Outcome.REFUSED, None, [refused.finding, *mail.findings])
        outcome = Outcome.UPDATED if known else Outcome.CREATED
        return RowResult(mail.number, outcome, activity_id, list(mail.findings))

    def _known_already(self, mail: PreparedMail, known: Known) -> RowResult:
        if known.run_id == self._state.id:
            # Twice in one file: two different messages may carry one id, so it is said.
            reason = Message(N_("A message with the same Message-ID is logged as #%(id)s"), id=known.activity_id)
            finding = Finding(Code.DUPLICATE, reason, value=shown(mail.parsed.message_id or mail.parsed.subject))
            return RowResult(mail.number, Outcome.UNCHANGED, known.activity_id, [finding])
        contacts_before, findings_before = self.people.contacts_created, list(mail.findings)
        try:
            with db.session.begin_nested():
                is_changed = self._link_lacking(mail, known.activity_id)
        except (Forbidden, NotFound, InvalidInput):
            # Deleted since, or not the actor's to change: it stays as it is.
            self.people.forget(contacts_before)
            return RowResult(mail.number, Outcome.UNCHANGED, known.activity_id, findings_before)
        outcome = Outcome.UPDATED if is_changed else Outcome.UNCHANGED
        return RowResult(mail.number, outcome, known.activity_id, list(mail.findings))

    def _link_lacking(self, mail: PreparedMail, activity_id: int) -> bool:
        """Put a logged e-mail on the contacts it names who were none when it was logged; whether there are any."""
        source = Source(SourceKind.IMPORT, f"{self._state.id}:{mail.number}")
        lacking = [one for one in self.people.contacts_of(mail, source) if (activity_id, one) not in self._links]
        self._link(mail, activity_id, lacking)
        return bool(lacking)

    def _link(self, mail: PreparedMail, activity_id: int, contact_ids: Sequence[int]) -> None:
        for contact_id in contact_ids:
            try:
                link(self._actor, activity_id, contact_id, LINKED_BY, f"{self._state.id}:{mail.number}")
            except InvalidValue as error:
                mail.findings.append(Finding(Code.NO_CONTACT, error.message, value=shown(mail.parsed.subject)))
                return
            self._links.add((activity_id, contact_id))

    def _remember(self, mail: PreparedMail, activity_id: int) -> None:
        key = (DOUBTFUL if mail.is_doubtful else "") + mail.parsed.key
        row = {"message_key": key, "activity_id": activity_id, "run_id": self._state.id}
        db.session.execute(sa.insert(ImportedMessage).values(**row))
        self._known[mail.parsed.key] = Known(activity_id, self._state.id, mail.is_doubtful)

    def _complete(self, mail: PreparedMail, activity_id: int) -> int:
        """Give an e-mail that was logged from a file perhaps cut within it the rest of its text and files."""
        try:
            update_activity(self._actor, activity_id, {"body": mail.body or None}, Source(SourceKind.IMPORT))
        except (Forbidden, NotFound) as error:
            raise RowRefused(Finding(Code.FORBIDDEN, Message(N_("You may not change this e-mail")))) from error
        there = {item.sha256 for item in attachments_of(self._actor, [activity_id]).get(activity_id, [])}
        self._attach(mail, activity_id, [deposit for deposit in mail.deposits if deposit.sha256 not in there])
        return activity_id

    def _log(self, mail: PreparedMail) -> int:
        source = Source(SourceKind.IMPORT, f"{self._state.id}:{mail.number}")
        contact_ids = self._contacts(mail, source)
        origin = Origin(
            created_via="import",
            contacted_ids=contact_ids,
            source=source,
            is_reply=bool(mail.parsed.references),
        )
        try:
            activity_id = create_activity(self._actor, "email", self._values(mail), contact_ids[0], origin)
            self._link(mail, activity_id, contact_ids[1:])
        except (Forbidden, NotFound, InvalidInput) as error:
            raise RowRefused(Finding(Code.FORBIDDEN, Message(N_("You may not log this e-mail")))) from error
        self._attach(mail, activity_id, mail.deposits)
        return activity_id

    def _contacts(self, mail: PreparedMail, source: Source) -> list[int]:
        try:
            contact_ids = self.people.contacts_of(mail, source)
        except (Forbidden, InvalidInput) as error:
            reason = Message(N_("The contacts it names cannot be made: %(why)s"), why=str(error))
            raise RowRefused(Finding(Code.FORBIDDEN, reason)) from error
        if contact_ids:
            return contact_ids
        text = N_("No contact has one of its addresses (%(addresses)s); --create-contacts makes contacts of them")
        named = ", ".join(list(mail.people)[:5])
        raise RowRefused(Finding(Code.NO_CONTACT, Message(text, addresses=named), value=shown(mail.parsed.subject)))

    def _values(self, mail: PreparedMail) -> dict[str, Any]:
        parsed = mail.parsed
        sender = self.people.user_of(parsed.sender[1])
        receiver = next(filter(None, (self.people.user_of(a) for _, a in (*parsed.to, *parsed.cc))), None)
        values: dict[str, Any] = {
            "title": parsed.subject or None,
            "body": mail.body or None,
            "from_address": parsed.sender[1] or parsed.sender[0] or None,
            "to_addresses": _joined(parsed.to),
            "cc_addresses": _joined(parsed.cc),
            "bcc_addresses": _joined(parsed.bcc),
            "direction": "EMAIL" if sender else "INCOMING_EMAIL",
            "status": "SENT",
            "message_id": parsed.message_id or None,
            "thread_id": self._thread(mail),
            OWNER: sender or receiver or default_owner(self._actor, "email"),
        }
        if parsed.moment is not None:
            values["activity_date"] = parsed.moment
        else:
            text = N_("The message says nothing of when it was sent; it is logged as of now")
            mail.findings.append(Finding(Code.MENDED, Message(text), value=shown(parsed.subject)))
        return values

    def _thread(self, mail: PreparedMail) -> str | None:
        """The thread of the messages it answers, as far as they are known; else of the first one it names."""
        parsed = mail.parsed
        table = schema().object_type("email").table
        thread_id: str | None = None
        if parsed.references:
            earlier = sa.select(table.c.thread_id).where(
                table.c.message_id.in_(parsed.references), table.c.thread_id.is_not(None)
            )
            thread_id = db.session.scalar(unguarded(earlier.limit(1), "threads are the same for everyone"))
        thread_id = thread_id or (parsed.references[0] if parsed.references else parsed.message_id) or None
        if parsed.message_id and thread_id != parsed.message_id:
            self._join_threads(parsed.message_id, thread_id)
        return thread_id

    def _join_threads(self, message_id: str, thread_id: str | None) -> None:
        """Answers that came before the message they answer have named their thread after it: bring them together."""
        table = schema().object_type("email").table
        answers = sa.select(table.c.record_id).where(table.c.thread_id == message_id, table.c.archived_at.is_(None))
        for activity_id in db.session.scalars(unguarded(answers, "threads are the same for everyone")).all():
            update_activity(SYSTEM, activity_id, {"thread_id": thread_id}, Source(SourceKind.IMPORT))

    def _attach(self, mail: PreparedMail, activity_id: int, deposits: Sequence[Deposit]) -> None:
        for deposit in deposits:
            try:
                attach(self._actor, activity_id, deposit)
            except NotFound:
                reason = Message(N_("You may not attach files to e-mails"))
                mail.findings.append(Finding(Code.ATTACHMENT, reason, value=shown(deposit.name)))


def _links_of(activity_ids: Collection[int]) -> set[tuple[int, int]]:
    """Which records the e-mails are on already, as (e-mail, record)."""
    table = ActivityLink
    statement = sa.select(table.activity_id, table.record_id).where(table.activity_id.in_(activity_ids))
    rows = db.session.execute(unguarded(statement, "a link that is there is not made again, whoever sees it"))
    return {(row.activity_id, row.record_id) for row in rows}


def _joined(people: Sequence[tuple[str, str]]) -> str | None:
    return ", ".join(address for _, address in people) or None
