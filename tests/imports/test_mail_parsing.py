"""Mail as it really comes: any charset, broken headers, nested parts; what can be read of it is read."""

import base64
from datetime import UTC, datetime

import pytest

from crm.imports.mail_parsing import ParsedMail, parse_mail

HEAD = b"From: Ada Berg <Ada@X.org>\nTo: bo@x.org, Ce <ce@x.org>\nDate: Fri, 20 Sep 2019 08:37:45 -0400\n"


def parse(rest: bytes, head: bytes = HEAD, envelope: str = "") -> ParsedMail:
    return parse_mail(head + rest, envelope)


def test_who_when_and_what_is_read() -> None:
    thread = b"Message-ID: <1@x>\nReferences: <a@x> <b@x>\nIn-Reply-To: <b@x>\n"
    mail = parse(thread + b"Subject: Hello\nCc: de@x.org\n\nHi\n")
    assert mail.sender == ("Ada Berg", "ada@x.org")
    assert [address for _, address in (*mail.to, *mail.cc)] == ["bo@x.org", "ce@x.org", "de@x.org"]
    assert mail.moment == datetime(2019, 9, 20, 12, 37, 45, tzinfo=UTC)
    assert (mail.message_id, mail.references) == ("1@x", ("a@x", "b@x"))
    assert [body.plain for body in mail.bodies] == ["Hi"]


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("iso-2022-jp", "すみません。"),
        ("shift_jis", "あいうえお"),
        ("ks_c_5601-1987", "스티해"),
        ("koi8-r", "Привет"),
        ("windows-1250", "Zażółć gęślą jaźń"),
        ("gb2312", "你好"),
        ("big5", "案件"),
        ("utf-7", "Frösche"),
    ],
)
def test_texts_and_headers_in_any_charset(charset: str, text: str) -> None:
    word = f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="
    mail = parse(f"Subject: {word}\nContent-Type: text/plain; charset={charset}\n\n".encode() + text.encode(charset))
    assert mail.subject == text
    assert mail.bodies[0].plain == text


def test_a_header_of_raw_bytes_is_read_by_the_charset_of_the_body_or_the_usual_one() -> None:
    assert parse("Subject: Grüße\n\nx".encode()).subject == "Grüße"
    assert parse("Subject: Grüße\n\nx".encode("cp1252")).subject == "Grüße"
    mail = parse("Subject: Łódź\nContent-Type: text/plain; charset=iso-8859-2\n\nŁódź".encode("iso-8859-2"))
    assert (mail.subject, mail.bodies[0].plain) == ("Łódź", "Łódź")


def test_a_charset_that_does_not_exist_or_does_not_fit_costs_nothing() -> None:
    assert parse(b"Content-Type: text/plain; charset=x-nonsense\n\n" + "Grüße".encode()).bodies[0].plain == "Grüße"
    assert parse(b"Content-Type: text/plain; charset=utf-8\n\nGr\xfc\xdfe").bodies[0].plain == "Grüße"


@pytest.mark.parametrize(
    ("date", "envelope", "moment"),
    [
        (b"Date: nonsense\n", "From a@x Fri Sep 20 12:27:56 2019", datetime(2019, 9, 20, 12, 27, 56, tzinfo=UTC)),
        (b"Received: from a by b; Mon, 5 Oct 2020 06:41:25 +0200\n", "", datetime(2020, 10, 5, 4, 41, 25, tzinfo=UTC)),
        (b"Date: Mon, 5 Oct 2020 04:41:21 -0000\n", "", datetime(2020, 10, 5, 4, 41, 21, tzinfo=UTC)),
        (b"", "", None),
    ],
)
def test_a_missing_date_is_looked_for_elsewhere(date: bytes, envelope: str, moment: datetime | None) -> None:
    assert parse(b"\nx", b"From: a@x.org\n" + date, envelope).moment == moment


ALTERNATIVE = b"""Content-Type: multipart/mixed; boundary=out

--out
Content-Type: multipart/alternative; boundary=in

--in
Content-Type: text/plain

plain words
--in
Content-Type: text/html

<p>rich words</p>
--in--
--out
Content-Type: text/plain

a line below
--out
Content-Type: application/pdf; name="=?utf-8?Q?za=C5=BC.pdf?="
Content-Disposition: attachment
Content-Transfer-Encoding: base64

aGVsbG8=
--out
Content-Type: message/rfc822

From: other@x.org
Subject: inner

inner text
--out--
"""


def test_of_two_forms_html_is_shown_and_every_other_part_is_kept() -> None:
    mail = parse(ALTERNATIVE)
    assert [(body.html, body.plain) for body in mail.bodies] == [
        ("<p>rich words</p>", "plain words"),
        ("", "a line below"),
    ]
    pdf, inner = mail.attachments
    assert (pdf.name, pdf.media_type, pdf.data) == ("zaż.pdf", "application/pdf", b"hello")
    assert inner.name.endswith(".eml")
    assert b"Subject: inner" in inner.data
    assert not mail.is_cut


def test_a_message_that_stops_early_is_recognised() -> None:
    assert parse(ALTERNATIVE[: ALTERNATIVE.index(b"aGVsbG8=")]).is_cut
    assert parse_mail(b"From: a@x.org\nSubject: no end of head").is_cut
    assert not parse(b"\nwhole").is_cut


def test_a_multipart_with_a_wrong_boundary_is_shown_as_it_stands() -> None:
    mail = parse(b"Content-Type: multipart/mixed; boundary=right\n\n--wrong\n\nthe words\n")
    assert "the words" in mail.bodies[0].plain


def test_parts_in_parts_without_end_do_no_harm() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(200))
    assert parse(deep + b"\nx").sender[1] == "ada@x.org"


def test_a_message_without_an_id_is_known_by_its_text() -> None:
    assert parse(b"\none").key == parse(b"\none\r\n\r\n").key
    assert parse(b"\none").key != parse(b"\ntwo").key
    assert len(parse(b"Message-ID: <" + b"x" * 900 + b"@y>\n\n").key) < 300


def test_a_message_that_names_nobody_is_broken() -> None:
    assert parse_mail(b"no header at all\nreally\n").is_broken
    assert parse_mail(b"From: nobody\nTo: undisclosed-recipients:;\n\nx").is_broken
