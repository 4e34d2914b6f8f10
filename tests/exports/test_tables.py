"""Tables that people take away, as CSV and as a workbook (SPEC 4.5, 5.3; QUALITY 3)."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
import sqlalchemy as sa
import xlsxwriter
from flask.testing import FlaskClient
from time_machine import Traveller
from werkzeug.datastructures import MultiDict

from crm.accounts.sharing import Visibility
from crm.audit.models import AuditEntry
from crm.clock import now
from crm.db import db, end_read, unit_of_work
from crm.exports import tables
from crm.exports.cells import Cell, text_cell
from crm.exports.formats import WORKBOOK, write_whole
from crm.exports.models import TableExport
from crm.exports.queries import ExportRow, exports_of, get_export
from crm.exports.storage import files, path_of
from crm.exports.tables import Wanted, begin_export, forget_old_exports, prepared
from crm.imports.report import harmless
from crm.jobs.registry import JOB_KINDS
from crm.lists.operations import add_members
from crm.notifications.models import Notification
from crm.objects.queries import schema
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.operations import archive_record
from crm.saved_views.operations import create_view
from crm.saved_views.state import ViewState
from crm.selections.listing import Listing
from crm.selections.selection import all_of
from tests.factories import make_call, make_company, make_contact, make_deal, relate
from tests.support.html import read
from tests.support.lists import make_list

Sign = Callable[[Viewer], FlaskClient]
Table = list[dict[str, str]]
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def export(browser: FlaskClient, plural: str = "contacts", **data: Any) -> None:
    answer = browser.post(f"/objects/{plural}/export", data={"format": "csv", "view": "all", **data})
    assert answer.status_code == 303, answer.text
    end_read()


def newest(viewer: Viewer) -> ExportRow:
    end_read()
    return exports_of(viewer, limit=1)[0]


def table(browser: FlaskClient, viewer: Viewer) -> Table:
    answer = downloaded(browser, viewer)
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return rows_of(answer.data)


def rows_of(content: bytes) -> Table:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def downloaded(browser: FlaskClient, viewer: Viewer) -> Any:
    with browser.get(f"/exports/{newest(viewer).id}/file") as answer:
        assert answer.data
        return answer


def sheet(browser: FlaskClient, viewer: Viewer) -> list[list[tuple[str, str]]]:
    """The cells of the first sheet: the kind and the text of each."""
    answer = downloaded(browser, viewer)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        page = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert not list(page.iter(f"{SHEET}f")), "no cell may be a formula"
    return [
        [(cell.get("t", "n"), "".join(cell.itertext())) for cell in row.iter(f"{SHEET}c")]
        for row in page.iter(f"{SHEET}row")
    ]


def test_db_37_a_list_of_contacts_is_taken_to_another_tool_with_the_columns_and_the_order_of_its_view(
    client_of: Sign, alice: Viewer
) -> None:
    for name, city in (("Ada Berg", "Oslo"), ("Łucja Żak", "Łódź"), ("Bo Dahl", "Oslo")):
        make_contact(alice, name, city=city)
    browser = client_of(alice)
    page = browser.get("/objects/contacts/export?view=all&filter=city:equal_any:Oslo&columns=city,firstname")
    assert "Export: 2" in page.text
    export(browser, filter="city:equal_any:Oslo", columns="city,firstname", sort="firstname", direction="desc")
    found = table(browser, alice)
    assert list(found[0]) == ["Record ID", "Name", "City", "First name"]
    assert [row["Name"] for row in found] == ["Bo Dahl", "Ada Berg"]
    export(browser, which="chosen", column=["lastname"], sort="lastname", direction="asc")
    assert [row["Last name"] for row in table(browser, alice)] == ["Berg", "Dahl", "Żak"]
    entries = sa.select(AuditEntry.actor_id).where(AuditEntry.action == "table_exported")
    assert db.session.scalars(entries).all() == [alice.user_id] * 2


def test_db_37_the_members_of_a_list_are_taken_away_from_its_page(client_of: Sign, alice: Viewer) -> None:
    ada, _other, guests = make_contact(alice, "Ada Berg"), make_contact(alice), make_list(alice, "Guests")
    with unit_of_work():
        add_members(alice, guests, [ada])
    browser = client_of(alice)
    page = read(browser.get(f"/lists/{guests}").text)
    [link] = [one["href"] for one in page.all("a", css="menu-item") if "/export?" in one["href"]]
    form = read(browser.get(link).text).one("form", id="export-form")
    sent = MultiDict((one["name"], one["value"]) for one in form.all("input", type="hidden"))
    assert browser.post(form["action"], data=sent | {"format": "csv"}).status_code == 303
    assert [row["Name"] for row in table(browser, alice)] == ["Ada Berg"]
    assert "Export view" in browser.get("/objects/contacts").text


def test_numbers_days_and_moments_keep_their_kind_and_nothing_becomes_a_formula(
    client_of: Sign, alice: Viewer
) -> None:
    moment = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    values = {"amount": Decimal("-1250.5"), "closedate": moment, "description": "=cmd|' /C calc'!A0"}
    make_deal(alice, "@SUM(1)", **values)
    browser = client_of(alice)
    columns = ["amount", "closedate", "description"]
    export(browser, "deals", which="chosen", column=columns)
    (row,) = table(browser, alice)
    assert (row["Name"], row["Amount"], row["Close date"]) == ("'@SUM(1)", "-1250.5", "2026-03-01 09:30")
    assert row["Deal description"] == "'=cmd|' /C calc'!A0"
    export(browser, "deals", which="chosen", column=columns, format="xlsx")
    head, cells = sheet(browser, alice)
    assert [text for _kind, text in head] == list(row)
    assert [kind for kind, _text in cells] == ["n", "inlineStr", "n", "n", "inlineStr"]
    assert cells[2][1] == "-1250.5"
    assert cells[4][1] == "'=cmd|' /C calc'!A0"


def test_the_audit_log_does_not_tell_what_a_private_view_is_called(client_of: Sign, alice: Viewer) -> None:
    make_contact(alice)
    contacts = schema().object_type("contact")
    end_read()
    with unit_of_work():
        view_id = create_view(alice, contacts, "To be let go", Visibility.PRIVATE, ViewState())
    export(client_of(alice), view=str(view_id))
    assert newest(alice).name == "Contacts: To be let go"
    told = db.session.scalars(sa.select(AuditEntry.details).where(AuditEntry.action == "table_exported")).all()
    assert [json.loads(one) for one in told] == [{"object": "Contacts", "count": "1", "format": "csv"}]


def test_a_workbook_for_which_the_disk_has_no_room_is_left_to_the_job(
    client_of: Sign, alice: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_contact(alice)

    def full(book: xlsxwriter.Workbook) -> None:
        for page in book.worksheets():
            page.row_data_fh.close()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("xlsxwriter.workbook.Workbook._store_workbook", full)
    export(client_of(alice), format="xlsx")
    assert newest(alice).is_busy
    assert [path.suffix for path in files()] == [".rows"]


@pytest.mark.parametrize("text", ["-12.5", "+48 601-000-000", "+1 (212) 555-0123 ext. 5", "-5%", "12", "", "a=b"])
def test_numbers_and_phones_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


FORMULAS = ("=1+1", "+A1", "-cmd|x", "@SUM(1)", "|x", "%x", "\t=1", "\r=1", "\n=1", "=12", "+1+HYPERLINK(1)", "＝1+1")


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_work_out_is_made_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_all_properties_and_the_names_of_associated_records_are_had_on_request(
    client_of: Sign, alice: Viewer
) -> None:
    contact = make_contact(alice, "Ada Berg", city="Oslo")
    companies = [make_company(alice, "Orange Inc"), make_company(alice, "Blue Inc")]
    relate(alice, contact, *companies)
    call = make_call(alice, contact, title="Asked for prices")
    browser = client_of(alice)
    export(browser, which="all", beside=["company", "nonsense"])
    (row,) = table(browser, alice)
    assert row["City"] == "Oslo"
    assert len(row) > len(schema().object_type("contact").properties)
    assert row["Associated companies"] == "Blue Inc; Orange Inc"
    assert row["Associated companies: record IDs"] == f"{companies[1]}; {companies[0]}"
    export(browser, "calls", which="chosen", column="title", beside="contact")
    (row,) = table(browser, alice)
    assert (row["Record ID"], row["Name"], row["Associated contacts"]) == (str(call), "Asked for prices", "Ada Berg")


def test_a_column_of_an_associated_record_that_the_view_shows_is_taken_along(client_of: Sign, alice: Viewer) -> None:
    contact = make_contact(alice, "Ada Berg")
    relate(alice, contact, make_company(alice, "Orange Inc", city="Rome"))
    export(client_of(alice), columns="company.city,firstname")
    (row,) = table(client_of(alice), alice)
    assert list(row.values())[2:] == ["Rome", "Ada"]


def test_a_long_table_is_made_by_a_job_and_its_owner_is_told(
    client_of: Sign, alice: Viewer, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "BATCH", 2)
    monkeypatch.setattr("crm.exports.views_tables.SHORT", 4)
    monkeypatch.setattr(tables, "SHORT", 4)
    contacts = [make_contact(alice, f"Ada {letter}") for letter in "ABCDE"]
    browser = client_of(alice)
    export(browser, which="chosen", column="firstname")
    assert newest(alice).is_busy
    assert "0 of 5 so far" in browser.get("/exports").text
    assert browser.get(f"/exports/{newest(alice).id}/file").status_code == 404
    work()
    assert newest(alice).is_ready
    assert [int(row["Record ID"]) for row in table(browser, alice)] == contacts
    told = sa.select(Notification.topic).where(Notification.user_id == alice.user_id)
    assert db.session.scalars(unguarded(told, "a test looks")).all() == ["table_finished"]
    assert [path.suffix for path in files()] == [".csv"]


def test_a_worker_that_dies_in_the_middle_leaves_no_row_twice_and_none_out(
    alice: Viewer, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "BATCH", 2)
    contacts = [make_contact(alice, f"Ada {letter}") for letter in "ABCDE"]
    export_id = begin(alice)
    whole, calls = tables._write, []

    def dies(*given: Any, **values: Any) -> None:
        calls.append(values)
        if len(calls) == 2:
            raise SystemError("killed")
        whole(*given, **values)

    monkeypatch.setattr(tables, "_write", dies)
    job = JOB_KINDS.get(tables.MAKE_TABLE)
    assert job is not None
    with pytest.raises(SystemError):
        job.run({"export_id": export_id})
    job.run({"export_id": export_id})
    end_read()
    rows = rows_of(newest(alice).path.read_bytes())
    assert [int(row["Record ID"]) for row in rows] == contacts


def test_rows_that_are_lost_from_the_disk_are_made_anew(
    alice: Viewer, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "BATCH", 2)
    contacts = [make_contact(alice, f"Ada {letter}") for letter in "ABC"]
    export_id = begin(alice)
    tables.make_export(export_id, lambda _reading: Context())
    for path in files():
        path.unlink()
    while tables.make_export(export_id, lambda _reading: Context()):
        pass
    assert [int(row["Record ID"]) for row in rows_of(newest(alice).path.read_bytes())] == contacts
    assert newest(alice).done == 3


def test_a_disk_that_is_full_leaves_it_to_the_job(
    client_of: Sign, alice: Viewer, work: Callable[[], None], clock: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_contact(alice)
    whole = tables.append_rows

    def full(*_given: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tables, "append_rows", full)
    export(client_of(alice))
    assert newest(alice).is_busy
    monkeypatch.setattr(tables, "append_rows", whole)
    clock.shift(timedelta(minutes=2))
    end_read()
    work()
    assert newest(alice).is_ready


def test_rights_are_those_of_the_moment_of_each_batch(
    alice: Viewer, bob: Viewer, work: Callable[[], None]
) -> None:
    make_contact(bob)
    with pytest.raises(Forbidden):
        begin(bob)
    with unit_of_work():
        row = {"actor_id": bob.user_id, "object_type": "contact", "name": "Contacts", "format": "csv", "total": 1}
        kept = {"selection": {"object_type": "contact", "ids": [1]}, "columns": ["city"], "ids": None, "reading": {}}
        made = row | {"settings": json.dumps(kept), "state": "making", "begun_at": now()}
        export_id = db.session.execute(sa.insert(TableExport).values(made)).inserted_primary_key[0]
    job = JOB_KINDS.get(tables.MAKE_TABLE)
    assert job is not None
    job.run({"export_id": export_id})
    assert str(newest(bob).failure) == "Stopped: Bob Stone may no longer export these records."
    assert files() == []


def test_what_others_have_is_neither_exported_nor_counted_and_a_file_is_its_owners_alone(
    client_of: Sign,
    alice: Viewer,
    bob: Viewer,
    charlie: Viewer,
    dana: Viewer,
    exporting: Callable[[Viewer], None],
) -> None:
    exporting(bob)
    mine, hidden = make_contact(bob, "Ada Berg"), make_contact(charlie, "South Only")
    relate(alice, mine, make_company(charlie, "South Inc"), make_company(bob, "North Inc"))
    browser = client_of(bob)
    assert "Export: 1" in browser.get("/objects/contacts/export").text
    export(browser, which="all", beside="company", id=[mine, hidden])
    found = table(browser, bob)
    assert [row["Name"] for row in found] == ["Ada Berg"]
    assert found[0]["Associated companies"] == "North Inc"
    assert "South" not in repr(found)
    export_id = newest(bob).id
    assert client_of(alice).get(f"/exports/{export_id}/file").status_code == 404
    assert "Contacts" not in read(client_of(alice).get("/exports").text).one("div", id="exports").text
    looking = client_of(dana)
    assert looking.get("/objects/contacts/export").status_code == 403
    assert looking.post("/objects/contacts/export", data={"format": "csv"}).status_code == 403
    assert 'value="export"' in browser.get("/objects/contacts").text
    assert 'value="export"' not in looking.get("/objects/contacts").text


@pytest.mark.parametrize(
    "data",
    [
        {"format": "exe"},
        {"which": "chosen"},
        {"which": "chosen", "column": "record_id'; DROP TABLE record;--"},
        {"which": "chosen", "column": ["associated:", "company..", "\x00", "a" * 5_000]},
        {"columns": "nonsense", "which": "nonsense", "beside": "user_account"},
        {"filter": "city:equal_any:Nowhere"},
        {"filter": "nonsense"},
        {"id": "99999999"},
    ],
)
def test_nonsense_exports_nothing(client_of: Sign, alice: Viewer, data: dict[str, Any]) -> None:
    make_contact(alice)
    answer = client_of(alice).post("/objects/contacts/export", data={"format": "csv", "view": "all", **data})
    assert answer.status_code == 422
    assert read(answer.text).all("p", role="alert")
    end_read()
    assert not exports_of(alice)


def test_a_double_click_exports_once(client_of: Sign, alice: Viewer) -> None:
    make_contact(alice)
    browser = client_of(alice)
    key = read(browser.get("/objects/contacts/export").text).one("form", id="export-form").one("input", name="key")
    for _ in range(2):
        export(browser, key=key["value"])
    assert len(exports_of(alice)) == 1


def test_a_month_later_it_is_gone(client_of: Sign, alice: Viewer, clock: Traveller) -> None:
    make_contact(alice)
    browser = client_of(alice)
    export(browser)
    export_id = newest(alice).id
    clock.shift(timedelta(days=31))
    end_read()
    with pytest.raises(NotFound):
        get_export(alice, export_id)
    forget_old_exports()
    end_read()
    assert files() == []


def test_housekeeping_leaves_a_workbook_alone_that_is_being_written(alice: Viewer) -> None:
    path = path_of(begin(alice), WORKBOOK.name)

    def rows() -> Iterator[list[Cell]]:
        yield [text_cell("Ada")]
        forget_old_exports()
        yield [text_cell("Bo")]

    assert write_whole(path, WORKBOOK, "Contacts", ["Name", "City"], rows()) > 1_000
    assert files() == [path]
    (path.parent / ".9999.xlsx.left").mkdir()
    forget_old_exports()
    assert files() == [path]


def test_deleted_in_the_meantime_is_left_out(alice: Viewer) -> None:
    kept, gone = make_contact(alice), make_contact(alice)
    export_id = begin(alice)
    with unit_of_work():
        archive_record(alice, gone)
    job = JOB_KINDS.get(tables.MAKE_TABLE)
    assert job is not None
    job.run({"export_id": export_id})
    end_read()
    rows = rows_of(newest(alice).path.read_bytes())
    assert [int(row["Record ID"]) for row in rows] == [kept]


def begin(actor: Viewer) -> int:
    end_read()
    wanted = Wanted(all_of(Listing(schema().object_type("contact"))), ["city"], "csv", "Contacts")
    row = prepared(actor, wanted, 1)
    end_read()
    with unit_of_work():
        export_id = begin_export(actor, row)
    end_read()
    return export_id

