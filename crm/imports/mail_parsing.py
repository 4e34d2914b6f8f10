"""One message as the CRM sees it: who wrote to whom, when, about what, with which attachments (SPEC 8.2)."""
import email
import hashlib
import mimetypes
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime
from typing import Any

from crm.imports.mail_text import Address, addresses, decode, header
from crm.properties.types.cleaning import clean_line, clean_lines

MAX_DEPTH = 20
MAX_PARTS = 500
LONGEST_ID = 250
_TEXTS = ("text/plain", "text/html")
_EXTENSIONS = {"message/rfc822": ".eml", "message/delivery-status": ".txt", "text/rfc822-headers": ".txt"}
_ID = re.compile(r"<([^<>]+)>")
_RAW_NAME = re.compile(r"name=\"?([^\";\r\n]+)")
_ENVELOPE_DATE = re.compile(r"[A-Z][a-z]{2} +[A-Z][a-z]{2} +\d{1,2} +[\d:]+.*")


@dataclass(frozen=True)
class Part:
    """An attachment: a name, a kind and the bytes."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class Body:
    """One piece of the text, in the order of the message: HTML, or plain text, or both saying the same."""

    html: str = ""
    plain: str = ""


@dataclass
class ParsedMail:
    """A message read; texts are clean, `moment` is UTC or None, `key` tells it from every other message."""

    key: str
    message_id: str = ""
    references: tuple[str, ...] = ()
    subject: str = ""
    sender: Address = ("", "")
    to: list[Address] = field(default_factory=list)
    cc: list[Address] = field(default_factory=list)
    bcc: list[Address] = field(default_factory=list)
    list_addresses: frozenset[str] = frozenset()
    moment: datetime | None = None
    bodies: list[Body] = field(default_factory=list)
    attachments: list[Part] = field(default_factory=list)
    is_broken: bool = False
    is_cut: bool = False


def parse_mail(data: bytes, envelope: str = "") -> ParsedMail:
    """Read a message; whatever is wrong with it, what can be read of it is in the answer."""
    message: Any = email.message_from_bytes(data, policy=policy.default)
    parsed = ParsedMail(key="")
    parsed.message_id = _message_id(header(message, "Message-ID"))
    parsed.key = _key(parsed.message_id, data)
    parsed.references = _references(message)
    parsed.subject = header(message, "Subject")
    senders = addresses(message, "From") or addresses(message, "Sender") or addresses(message, "Reply-To")
    parsed.sender = senders[0] if senders else (header(message, "From"), "")
    parsed.to, parsed.cc, parsed.bcc = (addresses(message, name) for name in ("To", "Cc", "Bcc"))
    parsed.list_addresses = _list_addresses(header(message, "List-Post"))
    parsed.moment = _moment(message, envelope)
    parsed.bodies = _Walker(parsed).take(message, 0)
    parsed.is_broken = not message.keys() or not (parsed.sender[1] or parsed.to or parsed.cc)
    parsed.is_cut = _is_cut(message, data)
    return parsed


def _message_id(text: str) -> str:
    found = _ID.search(text)
    return _short(found.group(1).strip() if found else text.strip())


def _short(identifier: str) -> str:
    if len(identifier) <= LONGEST_ID:
        return identifier
    return f"sha256-{hashlib.sha256(identifier.encode('utf-8', 'replace')).hexdigest()}"


def _key(message_id: str, data: bytes) -> str:
    if message_id:
        return f"id:{message_id}"
    plain = data.replace(b"\r\n", b"\n").strip()
    return f"sha256:{hashlib.sha256(plain).hexdigest()}"


def _references(message: EmailMessage) -> tuple[str, ...]:
    """The messages this one answers, the oldest first."""
    named = _ID.findall(header(message, "References")) + _ID.findall(header(message, "In-Reply-To"))
    return tuple(dict.fromkeys(_short(one.strip()) for one in named if one.strip()))


def _list_addresses(list_post: str) -> frozenset[str]:
    return frozenset(address.lower() for address in re.findall(r"mailto:([^>\s?]+)", list_post))


def _moment(message: EmailMessage, envelope: str) -> datetime | None:
    """When it was sent, else when the first server or the mailbox got it."""
    received = [str(value) for name, value in message.raw_items() if name.lower() == "received"]
    candidates = [header(message, "Date"), *(line.rpartition(";")[2] for line in reversed(received))]
    found = _ENVELOPE_DATE.search(envelope)
    candidates.append(found.group() if found else "")
    for text in candidates:
        try:
            moment = parsedate_to_datetime(clean_line(text))
            aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return aware.astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def _is_cut(message: EmailMessage, data: bytes) -> bool:
    """Whether the message stops before its own end: headers without end, an open multipart, half a base64 block."""
    if not re.search(rb"\r?\n\r?\n", data):
        return True
    names = {type(defect).__name__ for part in message.walk() for defect in part.defects}
    names |= {type(defect).__name__ for defect in message.defects}
    return bool(names & {"CloseBoundaryNotFoundDefect", "InvalidBase64PaddingDefect", "InvalidBase64LengthDefect"})


class _Walker:
    """Goes through the parts of a message and sorts them into bodies and attachments."""

    def __init__(self, parsed: ParsedMail) -> None:
        self._parsed = parsed
        self._count = 0

    def take(self, part: Message, depth: int) -> list[Body]:
        """The texts in `part`; what else is in it becomes attachments."""
        self._count += 1
        if self._count > MAX_PARTS or depth > MAX_DEPTH:
            return []
        kind = part.get_content_type()
        if part.is_multipart() and kind.startswith("multipart/"):
            children = [self.take(child, depth + 1) for child in part.get_payload() if isinstance(child, Message)]
            bodies = [body for found in children for body in found]
            return _one_of(bodies) if kind == "multipart/alternative" else bodies
        if kind.startswith("message/"):
            self._attach(part, _bytes_of_nested(part))
        elif (kind in _TEXTS and not _is_attachment(part)) or kind.startswith("multipart/"):
            # A multipart without parts has a wrong boundary: what there is, is shown as it stands.
            text = clean_lines(decode(_bytes_of(part), part.get_content_charset()))
            if text.strip():
                return [Body(html=text) if kind == "text/html" else Body(plain=text)]
        else:
            self._attach(part, _bytes_of(part))
        return []

    def _attach(self, part: Message, data: bytes) -> None:
        if not data:
            return
        kind = part.get_content_type()
        name = _file_name(part)
        if not name:
            extension = _EXTENSIONS.get(kind) or mimetypes.guess_extension(kind) or ".bin"
            name = f"attachment-{len(self._parsed.attachments) + 1}{extension}"
        self._parsed.attachments.append(Part(name, kind, data))


def _one_of(bodies: list[Body]) -> list[Body]:
    """Of several forms of one text the HTML, with the plain form for when it cannot be shown."""
    html = "\n".join(body.html for body in bodies if body.html)
    plain = "\n\n".join(body.plain for body in bodies if body.plain)
    return [Body(html, plain)] if html or plain else []


def _is_attachment(part: Message) -> bool:
    try:
        return part.get_content_disposition() == "attachment" or bool(_file_name(part))
    except Exception:
        return False


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename()
    except Exception:
        return ""
    if not name:
        return ""
    return _raw_name(part) or name if "\ufffd" in name else name


def _raw_name(part: Message) -> str:
    """The name from the header as it stands, when it has bytes of no declared charset."""
    for key, raw in part.raw_items():
        if key.lower() in ("content-disposition", "content-type"):
            found = _RAW_NAME.search(str(raw))
            if found:
                return decode(found.group(1).encode("utf-8", "surrogateescape"), None)
    return ""


def _bytes_of(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except Exception:
        payload = None
    if isinstance(payload, bytes):
        return payload
    raw = part.get_payload()
    return raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else b""


def _bytes_of_nested(part: Message) -> bytes:
    """A message within a message as bytes of its own, as good as its state allows."""
    children = part.get_payload()
    if not isinstance(children, list):
        return _bytes_of(part)
    texts = []
    for child in children:
        if not isinstance(child, Message):
            continue
        try:
            texts.append(child.as_bytes(policy=policy.compat32))
        except Exception:
            texts.append(_bytes_of(child))
    return b"\n".join(texts)
