"""Whatever a header holds, reading the message raises nothing, and what is read of it any database can keep."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.imports.findings import Code
from crm.imports.mail_preparing import PreparedMail, read
from crm.imports.mbox import RawMessage

NAMES = ("From", "To", "Cc", "Subject", "Date", "Message-ID", "References", "List-Post", "Received", "MIME-Version",
         "Content-Type", "Content-Disposition", "Content-Transfer-Encoding")  # fmt: skip
PIECES = (
    b"charset*", b"charset*=", b"charset*0*=utf-8''", b"charset=", b"boundary=b", b"boundary", b"name*1=x",
    b"filename*=", b"text/plain", b"text/html", b"multipart/mixed", b"multipart/alternative", b"message/rfc822",
    b"attachment", b"base64", b"quoted-printable", b"=?utf-8?B?w6k=?=", b"=?utf-8?Q?=00?=", b"=?x?b?===?=", b"=?=?=",
    b"a@x.org", b"<b@x.org>", b"<>", b"@", b"Ada", b"group:;", b"Fri, 20 Sep 2019 12:00:00 +0000", b"mailto:l@x.org",
    b"31 Feb 99999 99:99:99 +9999", b"\x00", b"\xff\xfe", b"\xc5\x82", b"\r", b"\n ", b"\x0b", b"\"", b"\\", b"'",
    b"(", b")", b"[", b"]", b",", b";", b":", b"=", b"*", b" ", b"%00", b"\xed\xa0\x80",
)  # fmt: skip
VALUES = st.lists(st.sampled_from(PIECES) | st.binary(max_size=4), max_size=8).map(b"".join)
HEADERS = st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=8).map(
    lambda headers: b"".join(name.encode() + b": " + value + b"\n" for name, value in headers)
)
BODY = b"\n--b\nContent-Type: text/plain\n\nwords\n--b--\n"


def prepare(data: bytes) -> PreparedMail:
    return read(1, RawMessage(len(data), data, "From x@y", len(data), False, True, True), True)


def texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list | tuple | frozenset):
        return [text for one in value for text in texts(one)]
    return []


@given(HEADERS)
def test_no_header_stops_the_reading_of_a_message(headers: bytes) -> None:
    mail = prepare(headers + BODY)
    parsed = mail.parsed
    kept = [text for one in fields(parsed) if one.name != "attachments" for text in texts(getattr(parsed, one.name))]
    kept += [text for body in parsed.bodies for text in (body.html, body.plain)] + [*mail.people, *mail.people.values()]
    assert not [text for text in kept if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text)]
    assert mail.refusal is None or mail.refusal.reason


@pytest.mark.parametrize("named", [b"Subject: Offer 4\n", b"Message-ID: Offer 4\n"])
def test_a_message_the_parser_fails_on_is_refused_under_its_name(named: bytes) -> None:
    mail = prepare(b"From: ada@x.org\n" + named + b"Content-Type: text/plain; charset*\n\nwords\n")
    assert mail.refusal is not None
    assert (mail.refusal.code, mail.refusal.value) == (Code.BROKEN, "Offer 4")
    assert "A header of it cannot be read (IndexError" in str(mail.refusal.reason)
