"""The data of a contact as one archive of CSV files (SPEC 1.3, REC-13)."""

import csv
import io
import re
import zipfile
from collections.abc import Callable

import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.activities.models import Comment
from crm.audit.models import AuditEntry
from crm.db import db, end_read, unit_of_work
from crm.exports.parts import BATCH, Export, export_parts
from crm.exports.parts.attachments import files_in, place_of
from crm.files.models import Attachment
from crm.files.operations import attach
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.operations import update_record
from crm.records.queries import get_record
from crm.web.file_store import file_store
from tests.factories import make_call, make_comment, make_company, make_contact, make_deal, make_note, relate
from tests.support.html import read

ClientOf = Callable[[Viewer], FlaskClient]
Archive = dict[str, list[dict[str, str]] | bytes]


def download(browser: FlaskClient, record_id: int) -> Archive:
    answer = browser.post(f"/records/{record_id}/export")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert re.search(r'filename="[a-z]+-[a-z]+-\d+\.zip"', answer.headers["Content-Disposition"])
    found: Archive = {}
    with zipfile.ZipFile(io.BytesIO(answer.data)) as whole:
        assert whole.testzip() is None
        for name in whole.namelist():
            content = whole.read(name)
            is_table = name.endswith(".csv") and "/" not in name
            text = io.StringIO(content.decode("utf-8-sig"), newline="") if is_table else None
            found[name] = list(csv.DictReader(text)) if text else content
    return found


def hang(actor: Viewer, record_id: int, name: str, content: bytes) -> int:
    deposit = file_store().store(io.BytesIO(content), name, "text/plain")
    end_read()
    with unit_of_work():
        return attach(actor, record_id, deposit)


def test_rec_13_the_zip_has_properties_history_associations_activities_comments_and_files(
    client_of: ClientOf, alice: Viewer
) -> None:
    contact = make_contact(alice, "Łucja Żak", email="lucja@example.com", hs_additional_emails="zak@example.com")
    relate(alice, contact, make_company(alice, "Orange Inc"))
    call = make_call(alice, contact, title="=HYPERLINK(1)", body="<p>Asked for <b>prices</b></p>")
    make_comment(alice, call, "@everybody look")
    end_read()
    with unit_of_work():
        update_record(alice, contact, {"jobtitle": "+1 buyer"})
    own, theirs = hang(alice, contact, "läbel.txt", b"one"), hang(alice, call, "offer.csv", b"two")
    browser = client_of(alice)
    dialog = read(browser.get(f"/records/{contact}/export", fragment=True).text).one("form", id="export")
    assert len(dialog.all("li")) == 7
    found = download(browser, contact)
    assert [name for name in found if "/" not in name] == [
        "properties.csv",
        "addresses.csv",
        "property_history.csv",
        "associations.csv",
        "activities.csv",
        "comments.csv",
        "attachments.csv",
    ]
    values = {row["property"]: row["value"] for row in found["properties.csv"]}
    assert (values["Last name"], values["Job title"]) == ("Żak", "'+1 buyer")
    assert [tuple(row.values()) for row in found["addresses.csv"]] == [
        ("lucja@example.com", "yes"),
        ("zak@example.com", "no"),
    ]
    assert ("'+1 buyer", "Alice Berg") in [(row["new value"], row["person"]) for row in found["property_history.csv"]]
    assert [(row["name"], row["primary"]) for row in found["associations.csv"]] == [("Orange Inc", "yes")]
    (row,) = found["activities.csv"]
    assert (row["id"], row["kind"], row["title"]) == (str(call), "Call", "'=HYPERLINK(1)")
    assert row["text"] == "Asked for prices"
    assert [(row["activity id"], row["text"]) for row in found["comments.csv"]] == [(str(call), "'@everybody look")]
    files = {row["file"]: row["activity id"] for row in found["attachments.csv"]}
    assert files == {f"files/{own}-läbel.txt": "", f"files/{theirs}-offer.csv": str(call)}
    assert (found[f"files/{own}-läbel.txt"], found[f"files/{theirs}-offer.csv"]) == (b"one", b"two")
    entries = sa.select(AuditEntry.actor_id, AuditEntry.about_id).where(AuditEntry.action == "record_exported")
    end_read()
    assert db.session.execute(entries).tuples().all() == [(alice.user_id, contact)]


def test_it_has_every_activity_of_many_and_none_that_the_reader_may_not_see(
    client_of: ClientOf, alice: Viewer, bob: Viewer, charlie: Viewer, exporting: Callable[[Viewer], None]
) -> None:
    exporting(bob)
    contact = make_contact(bob)
    hidden = make_note(alice, contact, "<p>South only</p>", hubspot_owner_id=charlie.user_id)
    make_comment(alice, hidden, "South says")
    hang(alice, hidden, "south.txt", b"south")
    relate(alice, contact, make_deal(charlie, "South deal"), make_deal(bob, "North deal"))
    notes = [make_note(bob, contact, f"<p>Note {number}</p>", also_on=[]) for number in range(BATCH + 3)]
    found = download(client_of(bob), contact)
    assert [int(row["id"]) for row in found["activities.csv"]] == notes
    assert [row["name"] for row in found["associations.csv"]] == ["North deal"]
    assert "South" not in repr(found)
    assert found["comments.csv"] == found["attachments.csv"] == []


def test_comments_that_go_while_the_archive_is_made_do_not_break_it(app: object, alice: Viewer) -> None:
    contact = make_contact(alice)
    make_comment(alice, make_call(alice, contact), "Here for a moment")
    end_read()
    comments = next(part for part in export_parts if part.name == "comments")
    rows = comments.rows(Export(alice, get_record(alice, contact), Context()))
    assert len(next(rows)) == 1
    end_read()
    with unit_of_work():
        db.session.execute(sa.delete(Comment.__table__))
    assert list(rows) == []


def test_no_name_leads_out_of_the_archive(alice: Viewer) -> None:
    contact = make_contact(alice)
    hang(alice, contact, "note.txt", b"one")
    with unit_of_work():
        db.session.execute(sa.update(Attachment.__table__).values(name="/../../etc/pass.txt"))
    ((file,),) = files_in(Export(alice, get_record(alice, contact), Context()))
    assert place_of(file) == f"files/{file.item.id}-pass.txt"


def test_only_contacts_are_exported_and_only_by_those_who_may_export(
    client_of: ClientOf, alice: Viewer, dana: Viewer, charlie: Viewer, bob: Viewer
) -> None:
    contact, deal, browser = make_contact(bob), make_deal(bob), client_of(alice)
    assert f"/records/{contact}/export" in browser.get(f"/records/{contact}/tools").text
    assert "/export" not in browser.get(f"/records/{deal}/tools").text
    assert browser.get(f"/records/{deal}/export").status_code == 404
    assert browser.post(f"/records/{deal}/export").status_code == 404
    reader = client_of(dana)
    assert "/export" not in reader.get(f"/records/{contact}/tools").text
    assert reader.get(f"/records/{contact}/export").status_code == 403
    assert reader.post(f"/records/{contact}/export").status_code == 403
