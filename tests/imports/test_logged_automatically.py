"""What lands on timelines by itself (SPEC 8.3): imports, changes of stage, owner and lifecycle, merges, answers."""

from collections.abc import Callable

from flask.testing import FlaskClient

from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.records.operations import update_record
from tests.factories import make_contact, make_deal, relate
from tests.factories.merging import make_merge
from tests.imports.conftest import Rows, Run, Write
from tests.imports.test_import_mail import message
from tests.support.html import read


def titles(browser: FlaskClient, record_id: int) -> list[str]:
    """What the items of a record's timeline say, newest first."""
    end_read()
    page = read(browser.get(f"/records/{record_id}/timeline?kind=").text)
    return [one.text.strip() for one in page.all("h4", css="item-title")]


def test_db_28_stage_change_import_merge_and_an_email_reply_appear_by_themselves(
    client_of: Callable[[Viewer], FlaskClient],
    run: Run,
    rows: Rows,
    write: Write,
    alice: Viewer,
    bob: Viewer,
) -> None:
    run("import", write("First name,Last name,Email\nAda,Berg,ada@x.org\n"), "--object", "contacts")
    [contact] = rows("contact")
    ada = contact["hs_object_id"]
    deal = make_deal(alice)
    relate(alice, ada, deal)
    end_read()
    with unit_of_work():
        update_record(alice, deal, {"dealstage": "closedwon"})
        update_record(alice, ada, {"lifecyclestage": "evangelist"})
        update_record(alice, ada, {"hubspot_owner_id": bob.user_id})
    sent = message(1, "Bob <bob@example.com>", "ada@x.org")
    answer = message(2, more="In-Reply-To: <1@x.org>\nReferences: <1@x.org>\n")
    run("import-mail", write(sent + answer, "in.mbox"))
    merged = make_merge(alice, ada, make_contact(alice, "Ada Lund")).record_id
    said = "\n".join(titles(client_of(alice), merged))
    for words in (
        "imported",
        "moved Oranges by the ton to Closed won",
        "Evangelist",
        "Bob Stone",
        "Email sent by",
        "Email received by",
        "merged",
    ):
        assert words in said, (words, said)
    first, second = sorted(rows("email"), key=lambda email: email["activity_date"])
    assert second["thread_id"] == first["thread_id"]
