"""Messages become logged e-mails of the people they name: once, in their thread, with their files."""

from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.activities.models import ActivityLink
from crm.activities.operations import archive_activity
from crm.associations.operations import associate
from crm.db import db, end_read, unit_of_work
from crm.files.queries import attachments_of
from crm.imports import import_mailbox, mail_writing
from crm.imports.import_mailbox import BATCH_BYTES, batches_of
from crm.imports.mail_parsing import ParsedMail
from crm.imports.mail_preparing import PreparedMail
from crm.imports.mbox import read_mbox
from crm.permissions.errors import Forbidden
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import SYSTEM, Viewer
from tests.factories import make_company, make_contact, make_deal, make_email, relate
from tests.imports.conftest import Rows, Run, Write
from tests.support.html import read
from tests.support.links import associated_ids
from tests.support.queries import count_queries


def message(
    number: int, sender: str = "Ada Berg <ada@x.org>", to: str = "bob@example.com", more: str = "", body: str = "Hello"
) -> str:
    return (
        f"From x@y Fri Sep 20 12:0{number}:00 2019\nFrom: {sender}\nTo: {to}\nSubject: Letter {number}\n"
        f"Date: Fri, 20 Sep 2019 12:0{number}:00 +0000\nMessage-ID: <{number}@x.org>\n{more}\n{body}\n\n"
    )


def linked(activity_id: int) -> set[int]:
    end_read()
    statement = sa.select(ActivityLink.record_id).where(ActivityLink.activity_id == activity_id)
    return set(db.session.scalars(unguarded(statement, "a test looks at everything")))


def test_a_message_is_on_every_contact_it_names(run: Run, rows: Rows, write: Write, alice: Viewer, bob: Viewer) -> None:
    ada, ce = make_contact(alice, email="ada@x.org"), make_contact(alice, email="ce@x.org")
    ended = run("import-mail", write(message(1, more="Cc: CE@x.org, stranger@x.org\n"), "in.mbox"))
    assert ended.code == 0
    (email,) = rows("email")
    assert linked(email["hs_object_id"]) == {ada, ce}
    assert (email["title"], email["direction"], email["created_via"]) == ("Letter 1", "INCOMING_EMAIL", "import")
    assert (email["from_address"], email["to_addresses"]) == ("ada@x.org", "bob@example.com")
    assert email["hubspot_owner_id"] == bob.user_id
    assert email["activity_date"].isoformat() == "2019-09-20T12:01:00+00:00"


def test_what_our_people_wrote_is_sent_mail(run: Run, rows: Rows, write: Write, alice: Viewer, bob: Viewer) -> None:
    ada = make_contact(alice, email="ada@x.org")
    run("import-mail", write(message(1, "Bob <bob@example.com>", "ada@x.org"), "in.mbox"))
    (email,) = rows("email")
    assert (email["direction"], email["hubspot_owner_id"]) == ("EMAIL", bob.user_id)
    assert linked(email["hs_object_id"]) == {ada}


def test_it_is_on_the_company_of_the_correspondent_too(run: Run, rows: Rows, write: Write, alice: Viewer) -> None:
    ada, acme = make_contact(alice, email="ada@x.org"), make_company(alice)
    end_read()
    with unit_of_work():
        associate(alice, ada, acme)
    run("import-mail", write(message(1), "in.mbox"))
    assert linked(rows("email")[0]["hs_object_id"]) == {ada, acme}


def test_a_message_that_names_no_contact_is_named(run: Run, rows: Rows, write: Write) -> None:
    path = write(message(1), "in.mbox")
    ended = run("import-mail", path)
    assert ended.code == 0
    assert "1 not taken: “Letter 1”: No contact has one of its addresses (ada@x.org, bob@example.com)" in ended.out
    assert rows("contact") == []
    again = run("import-mail", path, "--create-contacts")
    assert "created: 1" in again.out


def test_contacts_are_made_of_people_and_not_of_our_own_lists_or_machines(
    run: Run, rows: Rows, write: Write
) -> None:
    more = "Cc: \"Lee, Ann\" <ann@x.org>, list@host.org, no-reply@x.org\nList-Post: <mailto:list@lists.host.org>\n"
    ended = run("import-mail", write(message(1, more=more), "in.mbox"), "--create-contacts")
    made = {contact["email"]: (contact["firstname"], contact["lastname"]) for contact in rows("contact")}
    assert made == {"ada@x.org": ("Ada", "Berg"), "ann@x.org": ("Ann", "Lee")}
    assert "“list@host.org”: A mailing list or a machine" in ended.out
    assert "“no-reply@x.org”: A mailing list or a machine" in ended.out


def test_nothing_is_logged_twice(run: Run, rows: Rows, write: Write) -> None:
    without_id = message(2).replace("Message-ID: <2@x.org>\n", "")
    run("import-mail", write(message(1) + without_id, "a.mbox"), "--create-contacts")
    again = run("import-mail", write(without_id + message(1) + message(3), "b.mbox"), "--create-contacts")
    assert "created: 1" in again.out
    assert "unchanged: 2" in again.out
    assert len(rows("email")) == 3


def test_two_messages_of_one_id_in_a_file_are_one_and_said(run: Run, rows: Rows, write: Write) -> None:
    ended = run("import-mail", write(message(1) + message(1, body="Other"), "in.mbox"), "--create-contacts")
    assert len(rows("email")) == 1
    assert "A message with the same Message-ID is logged as #" in ended.out
    assert ended.code == 0


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_a_thread_is_one_whatever_the_order(run: Run, rows: Rows, write: Write, order: tuple[int, ...]) -> None:
    texts = {
        1: message(1),
        2: message(2, more="In-Reply-To: <1@x.org>\n"),
        3: message(3, more="In-Reply-To: <2@x.org>\n"),
    }
    run("import-mail", write("".join(texts[number] for number in order), "in.mbox"), "--create-contacts")
    assert {email["thread_id"] for email in rows("email")} == {"1@x.org"}


def test_attachments_hang_on_the_email(run: Run, rows: Rows, write: Write) -> None:
    more = "Content-Type: multipart/mixed; boundary=b\n"
    body = (
        "--b\nContent-Type: text/html\n\n<p onclick=x>Hi</p><script>1</script>\n"
        "--b\nContent-Type: image/png\nContent-Disposition: inline; filename=\"../dot.png\"\n\nPNG\n--b--"
    )
    run("import-mail", write(message(1, more=more, body=body), "in.mbox"), "--create-contacts")
    (email,) = rows("email")
    (item,) = attachments_of(SYSTEM, [email["hs_object_id"]])[email["hs_object_id"]]
    assert (item.name, item.media_type, item.size) == ("dot.png", "application/octet-stream", 3)
    assert email["body"] == "<p>Hi</p>"


def test_a_mailbox_cut_in_the_middle_keeps_the_rest_and_takes_the_whole_later(
    run: Run, rows: Rows, write: Write
) -> None:
    whole = message(1) + message(2, body="many words\n" * 50)
    ended = run("import-mail", write(whole[:-205], "cut.mbox"), "--create-contacts")
    assert ended.code == 0
    assert "2 not taken: “Letter 2”: The file ends in the middle of this message" in ended.out
    assert [email["title"] for email in rows("email")] == ["Letter 1"]
    run("import-mail", write(whole, "whole.mbox"), "--create-contacts")
    assert [email["title"] for email in rows("email")] == ["Letter 1", "Letter 2"]


def test_a_mailbox_cut_between_two_lines_is_completed_by_the_whole_one(run: Run, rows: Rows, write: Write) -> None:
    whole = message(1) + message(2, body="many words\n" * 50 + "the end")
    cut = whole[: whole.rindex("many words")]
    ended = run("import-mail", write(cut, "cut.mbox"), "--create-contacts")
    assert "a rest of it may be missing" in ended.out
    assert "unchanged: 2" in run("import-mail", write(cut, "cut.mbox"), "--create-contacts").out
    assert "updated: 1" in run("import-mail", write(whole, "whole.mbox"), "--create-contacts").out
    assert "unchanged: 2" in run("import-mail", write(whole + message(3), "more.mbox"), "--create-contacts").out
    assert rows("email")[1]["body"].endswith("the end</p>")


def test_a_message_nobody_can_read_is_named(run: Run, write: Write) -> None:
    broken = "From x@y Fri Sep 20 12:00:00 2019\nX-Junk: 1\n\nnothing\n\n"
    ended = run("import-mail", write(broken + message(1), "in.mbox"), "--create-contacts")
    assert "1 not taken: From x@y" in ended.out.replace("“", "").replace("”", "")
    assert "created: 1" in ended.out
    assert ended.code == 0


def test_large_messages_are_held_few_at_a_time() -> None:
    small = [PreparedMail(number, number * 1000, ParsedMail(key="")) for number in range(1, 51)]
    assert [len(batch) for batch in batches_of(small, 0)] == [20, 20, 10]
    large = [PreparedMail(number, number * BATCH_BYTES, ParsedMail(key="")) for number in range(1, 4)]
    assert [len(batch) for batch in batches_of(large, 0)] == [1, 1, 1]


def test_a_file_that_is_no_mail_is_refused_with_one_line(run: Run, write: Write) -> None:
    ended = run("import-mail", write("a,b\n1,2\n"))
    assert ended.code == 2
    assert "neither an mbox file nor a saved message" in ended.err


def test_a_text_too_large_to_show_is_attached(run: Run, rows: Rows, write: Write) -> None:
    body = "<p>" + "x" * 1_100_000 + "</p>"
    run("import-mail", write(message(1, more="Content-Type: text/html\n", body=body), "in.mbox"), "--create-contacts")
    (email,) = rows("email")
    (item,) = attachments_of(SYSTEM, [email["hs_object_id"]])[email["hs_object_id"]]
    assert item.name == "message.html"
    assert email["body"] is None


def test_a_header_the_parser_fails_on_stops_one_message_only(run: Run, rows: Rows, write: Write) -> None:
    bad = message(1, more="Content-Type: text/plain; charset*\n")
    ended = run("import-mail", write(bad + message(2), "in.mbox"), "--create-contacts")
    assert ended.code == 0
    assert "1 not taken: “Letter 1”: A header of it cannot be read" in ended.out
    assert [email["title"] for email in rows("email")] == ["Letter 2"]


def test_a_nul_in_an_address_or_a_name_is_no_matter(run: Run, rows: Rows, write: Write) -> None:
    text = message(1, "A\0da Berg <a\0da@x.org>", more="Cc: =?utf-8?Q?c=00e=40x.org?=, d\0e@x.org\n")
    ended = run("import-mail", write(text, "in.mbox"), "--create-contacts")
    assert (ended.code, "created: 1" in ended.out) == (0, True)
    (email,) = rows("email")
    assert (email["from_address"], email["cc_addresses"]) == ("ada@x.org", "ce@x.org, de@x.org")


def test_no_part_of_a_mailbox_vanishes_without_a_word(run: Run, rows: Rows, write: Write) -> None:
    lookalike = "From x@y Fri Sep 20 12:31:00 2019\nno header here\n\n"
    ended = run("import-mail", write(lookalike + message(1) + lookalike + message(2), "in.mbox"), "--create-contacts")
    assert ended.code == 0
    assert "3 in all" in ended.out
    assert "1 not taken: “From x@y Fri Sep 20 12:31:00 2019”: 50 bytes before the first message" in ended.out
    assert "Lines in it look like the beginning of another message (1); they are kept as its text (in 2)" in ended.out
    assert "no header here" in rows("email")[0]["body"]


def test_messages_the_reader_misses_are_counted_all_the_same(
    run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_mailbox, "read_mbox", lambda path, start: islice(read_mbox(path, start), 1))
    ended = run("import-mail", write(message(1) + message(2), "in.mbox"), "--create-contacts")
    assert ended.code == 1
    assert "NOT COMPLETE: 1 are not accounted for" in ended.out


def test_who_becomes_a_contact_later_gets_the_email_from_a_second_run(
    run: Run, rows: Rows, write: Write, alice: Viewer
) -> None:
    ada = make_contact(alice, email="ada@x.org")
    path = write(message(1, more="Cc: ce@x.org, de@x.org\n"), "in.mbox")
    first = run("import-mail", path)
    assert "“ce@x.org”: No contact has this address" in first.out
    assert "“de@x.org”: No contact has this address" in first.out
    (email,) = rows("email")
    assert linked(email["hs_object_id"]) == {ada}
    ce = make_contact(alice, email="ce@x.org")
    second = run("import-mail", path)
    assert "updated: 1" in second.out
    assert "“ce@x.org”" not in second.out
    assert linked(email["hs_object_id"]) == {ada, ce}
    assert "unchanged: 1" in run("import-mail", path).out
    assert "updated: 1" in run("import-mail", path, "--create-contacts").out
    made = {contact["email"]: contact["hs_object_id"] for contact in rows("contact")}
    assert linked(email["hs_object_id"]) == {ada, ce, made["de@x.org"]}
    assert len(rows("email")) == 1


def test_a_deleted_email_stays_deleted_and_makes_nobody(run: Run, rows: Rows, write: Write, alice: Viewer) -> None:
    make_contact(alice, email="ada@x.org")
    path = write(message(1, more="Cc: ce@x.org\n"), "in.mbox")
    run("import-mail", path)
    with unit_of_work():
        archive_activity(SYSTEM, rows("email")[0]["hs_object_id"])
    ended = run("import-mail", path, "--create-contacts")
    assert "unchanged: 1" in ended.out
    assert rows("email") == []
    assert [contact["email"] for contact in rows("contact")] == ["ada@x.org"]


def test_who_writes_from_an_additional_address_is_known(run: Run, rows: Rows, write: Write, alice: Viewer) -> None:
    ada = make_contact(alice, email="primary@y.org", hs_additional_emails="ada@x.org")
    run("import-mail", write(message(1), "in.mbox"), "--create-contacts")
    assert [one["email"] for one in rows("contact") if "ada" in (one["email"] or "")] == []
    assert ada in linked(rows("email")[0]["hs_object_id"])


def test_a_contact_made_of_a_message_gets_the_company_of_its_domain(run: Run, rows: Rows, write: Write) -> None:
    run("import-mail", write(message(1), "in.mbox"), "--create-contacts")
    (contact,), (company,) = rows("contact"), rows("company")
    assert company["domain"] == contact["email"].partition("@")[2]
    assert associated_ids(SYSTEM, contact["hs_object_id"], "contact", "company") == [company["hs_object_id"]]


def test_contacts_of_a_refused_message_are_not_used_by_the_next(
    run: Run, rows: Rows, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_activity = mail_writing.create_activity

    def refuse_the_first(actor: Viewer, kind: str, values: dict[str, Any], *rest: Any) -> int:
        if values["title"] == "Letter 1":
            raise Forbidden("not this one")
        return create_activity(actor, kind, values, *rest)

    monkeypatch.setattr(mail_writing, "create_activity", refuse_the_first)
    ended = run("import-mail", write(message(1) + message(2), "in.mbox"), "--create-contacts")
    assert "contacts created because they were named: 1" in ended.out
    assert [email["title"] for email in rows("email")] == ["Letter 2"]
    people = {one["hs_object_id"] for kind in ("contact", "company") for one in rows(kind)}
    assert linked(rows("email")[0]["hs_object_id"]) == people
    assert len(rows("contact")) == len(rows("company")) == 1


def test_the_domains_of_a_batch_are_asked_once_and_a_new_one_again(run: Run, rows: Rows, write: Write) -> None:
    letters = "".join(message(number, f"P{number} <p{number}@firm.example>") for number in range(1, 6))
    with count_queries() as queries:
        assert run("import-mail", write(letters, "in.mbox"), "--create-contacts").code == 0
    assert [one["domain"] for one in rows("company")] == ["firm.example"]
    # Addresses, domains, and the domain once more when its company was made.
    assert sum("FROM record_identifier" in query for query in queries) == 3, queries


def test_rec_45_files_of_a_logged_email_are_listed_on_the_contact(
    run: Run, rows: Rows, write: Write, alice: Viewer, client_of: Callable[[Viewer], FlaskClient]
) -> None:
    ada = make_contact(alice, email="ada@x.org")
    kind = 'Content-Type: multipart/mixed; boundary="b"\n'
    part = "--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=Offer.pdf\n\n%PDF\n--b--"
    run("import-mail", write(message(1, more=kind, body=f"--b\n\nSee below\n{part}"), "in.mbox"))
    card = read(client_of(alice).get(f"/records/{ada}").text).one(id="card-attachments")
    line = card.one("li", css="attachment")
    assert line.one("a", css="attachment-name").text == "Offer.pdf"
    assert [one.text for one in line.all("a") if one["href"].startswith("/activities/")] == ["Email"]


def test_asc_18_an_answer_follows_the_email_logged_by_hand(run: Run, rows: Rows, write: Write, alice: Viewer) -> None:
    ada, deal = make_contact(alice, email="ada@x.org"), make_deal(alice)
    relate(alice, ada, make_company(alice))
    make_email(alice, ada, title="Prices", message_id="1@x.org", thread_id="1@x.org", also_on=[deal])
    run("import-mail", write(message(2, more="In-Reply-To: <1@x.org>\n"), "in.mbox"))
    answer = next(email for email in rows("email") if email["created_via"] == "import")
    assert linked(answer["hs_object_id"]) == {ada, deal}
