"""One message made ready to be logged, before any transaction is open: parsed, sanitised, attachments on disk."""
import re
from dataclasses import dataclass, field
from io import BytesIO

from crm.files.storage import Deposit, FileStore
from crm.imports.findings import Code, Finding, shown
from crm.imports.mail_parsing import Body, ParsedMail, Part, parse_mail
from crm.imports.mail_text import decode
from crm.imports.mbox import MAX_MESSAGE, RawMessage
from crm.messages import N_, InvalidValue, Message
from crm.properties.rich_text import from_plain, sanitize
from crm.properties.types.cleaning import clean_line
from crm.properties.types.email import parse_email

LONGEST_PLAIN = 300_000
LONGEST_HEAD = 64 * 1024
# What names a message that cannot be parsed: its subject, else its id.
_NAME = re.compile(rb"^(?:Subject|Message-ID):[ \t]*([^\r\n]+)", re.MULTILINE | re.IGNORECASE)


@dataclass
class PreparedMail:
    """A message ready to be logged, or the finding that says why it cannot be.

    `is_doubtful`: the file ends with it, and nothing proves that the message ends there too.
    """

    number: int
    end: int
    parsed: ParsedMail
    body: str = ""
    deposits: list[Deposit] = field(default_factory=list)
    people: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    refusal: Finding | None = None
    is_doubtful: bool = False


def read(number: int, raw: RawMessage, is_mailbox: bool) -> PreparedMail:
    """Parse a message; `number` is its place in the file, the first is 1. Nothing is raised, whatever it holds."""
    reason = _why_not_read(raw)
    if reason is not None:
        return _refused(number, raw, reason)
    try:
        mail = PreparedMail(number, raw.end, parse_mail(raw.data, raw.envelope))
        _judge(mail, raw, is_mailbox)
        _find_people(mail)
    except Exception as error:
        # The standard library fails on some headers in ways nobody can list; one message must not stop the others.
        text = N_("A header of it cannot be read (%(error)s)")
        return _refused(number, raw, Message(text, error=f"{type(error).__name__}: {shown(clean_line(str(error)))}"))
    return mail


def _why_not_read(raw: RawMessage) -> Message | None:
    if raw.is_stray:
        return Message(N_("%(size)s bytes before the first message are no message"), size=f"{raw.size:,}")
    if raw.size > MAX_MESSAGE:
        return Message(N_("The message is larger than %(limit)s MB"), limit=MAX_MESSAGE // (1024 * 1024))
    return None


def _refused(number: int, raw: RawMessage, reason: Message) -> PreparedMail:
    named = None if raw.is_stray else _NAME.search(raw.data[:LONGEST_HEAD])
    name = clean_line(decode(named.group(1), None)) if named else raw.envelope
    refusal = Finding(Code.BROKEN, reason, value=shown(name))
    return PreparedMail(number, raw.end, ParsedMail(key=""), refusal=refusal, findings=_lookalikes(raw))


def _lookalikes(raw: RawMessage) -> list[Finding]:
    if not raw.lookalikes:
        return []
    text = N_("Lines in it look like the beginning of another message (%(count)s); they are kept as its text")
    return [Finding(Code.MENDED, Message(text, count=raw.lookalikes), value=shown(raw.lookalike))]


def _judge(mail: PreparedMail, raw: RawMessage, is_mailbox: bool) -> None:
    """Say what is wrong with a message, and whether it can be logged all the same."""
    mail.findings += _lookalikes(raw)
    name = shown(mail.parsed.subject or mail.parsed.message_id or raw.envelope)
    is_at_end = is_mailbox and raw.is_last
    if is_at_end and (mail.parsed.is_cut or not raw.is_closed or not (raw.has_end or mail.parsed.message_id)):
        text = N_("The file ends in the middle of this message; it is not logged, import the whole file again")
        mail.refusal = Finding(Code.CUT, Message(text), value=name)
    elif mail.parsed.is_broken:
        text = N_("Neither a sender nor a recipient can be read")
        mail.refusal = Finding(Code.BROKEN, Message(text), value=name)
    elif mail.parsed.is_cut:
        text = N_("The message is incomplete; what there is of it is logged")
        mail.findings.append(Finding(Code.MENDED, Message(text), value=name))
    elif is_at_end and not raw.has_end:
        mail.is_doubtful = True
        text = N_("The file ends without the empty line after this message; a rest of it may be missing")
        mail.findings.append(Finding(Code.MENDED, Message(text), value=name))


def keep(mail: PreparedMail, store: FileStore) -> None:
    """Put the attachments of a message on disk and make its body safe to show."""
    mail.body = "\n".join(filter(None, (_safe(body, mail) for body in mail.parsed.bodies)))
    for part in mail.parsed.attachments:
        try:
            mail.deposits.append(store.store(BytesIO(part.data), part.name, part.media_type))
        except InvalidValue as error:
            mail.findings.append(Finding(Code.ATTACHMENT, error.message, value=shown(part.name)))


def _safe(body: Body, mail: PreparedMail) -> str:
    if body.html:
        try:
            return sanitize(body.html)
        except InvalidValue as error:
            mail.findings.append(Finding(Code.MENDED, error.message, value="message.html"))
            mail.parsed.attachments.append(Part("message.html", "text/html", body.html.encode()))
    if len(body.plain) > LONGEST_PLAIN:
        text = N_("The text is very long; its beginning is shown and the whole is attached")
        mail.findings.append(Finding(Code.MENDED, Message(text), value="message.txt"))
        mail.parsed.attachments.append(Part("message.txt", "text/plain", body.plain.encode()))
    return from_plain(body.plain[:LONGEST_PLAIN])


def _find_people(mail: PreparedMail) -> None:
    """Everybody the message names, by address, with the name it gives them; the sender first."""
    parsed = mail.parsed
    for name, address in (parsed.sender, *parsed.to, *parsed.cc, *parsed.bcc):
        if not address:
            continue
        try:
            known = parse_email(address)
        except InvalidValue as error:
            mail.findings.append(Finding(Code.INVALID, error.message, value=shown(address)))
            continue
        mail.people[known] = mail.people.get(known) or name
