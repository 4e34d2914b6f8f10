"""The files on a record and on its activities: listed, attached several at once, removed, found after a merge."""

import io
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from crm.activities.attachments import files_on
from crm.activities.operations import archive_activity, link, restore_activity
from crm.db import end_read, unit_of_work
from crm.files.operations import attach
from crm.files.storage import FileStore
from crm.objects.properties import create_property
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.properties.types.file import KeptFile
from crm.records.queries import get_record
from tests.factories import make_company, make_contact, make_email, make_note, make_record, relate
from tests.factories.merging import make_merge, undo_merge
from tests.factories.pipelines import change
from tests.support.html import Element, read
from tests.support.queries import count_queries

SignIn = Callable[[Viewer], FlaskClient]
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"


def put(app: Flask, actor: Viewer, record_id: int, name: str = "Offer.pdf", data: bytes = b"%PDF-1.7 x") -> int:
    config = app.config["KARTOTEK"]
    deposit = FileStore.in_data_dir(config.data_dir, config.max_upload_mb).store(io.BytesIO(data), name)
    end_read()
    with unit_of_work():
        return attach(actor, record_id, deposit)


def send(browser: FlaskClient, record_id: int, *files: tuple[bytes, str], fragment: bool = False) -> TestResponse:
    data = {"files": [(io.BytesIO(content), name) for content, name in files]}
    return browser.post(f"/records/{record_id}/attachments", data=data, fragment=fragment)  # type: ignore[call-arg]


def names(viewer: Viewer, record_id: int) -> list[str]:
    end_read()
    return [file.item.name for file in files_on(viewer, get_record(viewer, record_id), 20).files]


def card(browser: FlaskClient, record_id: int) -> Element:
    return read(browser.get(f"/records/{record_id}").text).one(id="card-attachments")


def test_rec_44_several_files_are_attached_at_once_listed_and_downloaded_as_they_were(
    bob: Viewer, client_of: SignIn
) -> None:
    contact, browser = make_contact(bob), client_of(bob)
    contents = {"Plan ż.txt": b"one", "Photo.png": PNG, "third.zip": b"PK\x03\x04" + bytes(5000)}
    answer = send(browser, contact, *((content, name) for name, content in contents.items()))
    assert answer.status_code == 303
    shown = card(browser, contact)
    links = {one.text: one["href"] for one in shown.all("a", css="attachment-name")}
    assert list(links) == ["third.zip", "Photo.png", "Plan ż.txt"]
    for name, content in contents.items():
        assert browser.get(links[name], buffered=True).data == content
    line = shown.all("li", css="attachment")[0]
    assert [one.text for one in line.one("p").all("span")] == ["5.0 kB", "Contact", "Bob Stone"]
    assert line.one("time")
    assert [one["src"] for one in shown.all("img")] == [f"{links['Photo.png']}/preview"]


def test_the_same_form_sent_twice_attaches_once(bob: Viewer, client_of: SignIn) -> None:
    contact, browser = make_contact(bob), client_of(bob)
    key = card(browser, contact).one("form", id="attach").one("input", name="key")["value"]
    for _ in range(2):
        data = {"files": (io.BytesIO(b"x"), "a.txt"), "key": key}
        assert browser.post(f"/records/{contact}/attachments", data=data).status_code == 303
    assert names(bob, contact) == ["a.txt"]


def test_a_fragment_answers_with_the_form_and_the_card_reads_itself_again(bob: Viewer, client_of: SignIn) -> None:
    contact, browser = make_contact(bob), client_of(bob)
    answer = send(browser, contact, (b"x", "a.txt"), fragment=True)
    assert answer.headers["HX-Trigger"] == "attachments-changed"
    assert read(answer.text).one("form", id="attach")
    assert "attachments-changed from:body" in card(browser, contact)["hx-trigger"]


def test_files_of_activities_stand_with_those_of_the_record_and_only_visible_ones(
    app: Flask, alice: Viewer, bob: Viewer, charlie: Viewer, client_of: SignIn
) -> None:
    company = make_company(charlie)
    email = make_email(charlie, company)
    put(app, charlie, company, "own.txt")
    put(app, charlie, email, "with-mail.txt")
    hidden = make_note(bob, make_contact(bob))
    put(app, bob, hidden, "hidden.txt")
    before = card(client_of(charlie), company).text
    end_read()
    with unit_of_work():
        link(alice, hidden, company)
    assert names(charlie, company) == ["with-mail.txt", "own.txt"]
    assert card(client_of(charlie), company).text == before
    assert names(alice, company) == ["hidden.txt", "with-mail.txt", "own.txt"]
    sources = [one["href"] for one in card(client_of(charlie), company).all("a") if "/activities/" in one["href"]]
    assert sources == [f"/activities/{email}?record={company}"]


def test_files_go_with_a_deleted_activity_and_come_back_with_it(app: Flask, bob: Viewer) -> None:
    contact, company = make_contact(bob), make_company(bob)
    note = make_note(bob, contact)
    put(app, bob, note)
    end_read()
    with unit_of_work():
        link(bob, note, company)
    assert names(bob, company) == names(bob, contact) == ["Offer.pdf"]
    with unit_of_work():
        archive_activity(bob, note)
    assert names(bob, company) == names(bob, contact) == []
    with unit_of_work():
        restore_activity(bob, note)
    assert names(bob, company) == names(bob, contact) == ["Offer.pdf"]


def test_all_files_are_paged_by_key_and_the_card_shows_the_newest_five(
    app: Flask, bob: Viewer, client_of: SignIn
) -> None:
    contact, browser = make_contact(bob), client_of(bob)
    for number in range(28):
        put(app, bob, contact if number % 2 else make_note(bob, contact), f"{number}.txt")
    shown = card(browser, contact)
    assert [one.text for one in shown.all("a", css="attachment-name")] == [f"{n}.txt" for n in range(27, 22, -1)]
    more = shown.one("a", css="card-more")
    assert more.text == "View all 28 files"
    first = read(browser.get(more["href"]).text).one(id="attachments")
    second = read(browser.get(first.one(id="page-next")["href"]).text).one(id="attachments")
    found = [one.text for page in (first, second) for one in page.all("a", css="attachment-name")]
    assert found == [f"{number}.txt" for number in range(27, -1, -1)]
    assert browser.get(f"/records/{contact}/attachments?before=x").status_code == 400


def test_the_files_cost_one_query_whatever_there_is(app: Flask, bob: Viewer) -> None:
    few, many = make_contact(bob), make_contact(bob)
    for contact, amount in ((few, 1), (many, 12)):
        for _ in range(amount):
            put(app, bob, make_note(bob, contact))
    for contact in (few, many):
        record = get_record(bob, contact)
        files_on(bob, record)
        with count_queries() as queries:
            assert files_on(bob, record).files
        assert len(queries) == 1, queries


def test_removing_a_file_asks_and_takes_it_off_the_activity_too(app: Flask, bob: Viewer, client_of: SignIn) -> None:
    contact, company = make_contact(bob), make_company(bob)
    relate(bob, contact, company)
    note = make_note(bob, contact, also_on=[company])
    file, browser = put(app, bob, note), client_of(bob)
    remove = card(browser, company).one("a", id=f"remove-file-{file}")
    assert remove["hx-target"] == "#dialog-body"
    question = read(browser.get(remove["href"]).text).one("form", id="removal")
    assert "It is attached to an activity (note). It is removed there too" in question.text
    assert browser.post(question["action"], data=question.fields()).status_code == 303
    assert names(bob, contact) == names(bob, company) == []
    assert browser.get(f"/files/{file}").status_code == 404
    assert "Offer.pdf" not in browser.get(f"/activities/{note}").text


def test_who_may_not_edit_neither_attaches_nor_removes(
    app: Flask, bob: Viewer, charlie: Viewer, dana: Viewer, client_of: SignIn
) -> None:
    contact = make_contact(bob)
    file = put(app, bob, contact)
    shown = card(client_of(dana), contact)
    assert shown.all("a", css="attachment-name")
    assert not shown.all("form", id="attach")
    assert not shown.all("a", id=f"remove-file-{file}")
    for viewer, status in ((dana, 403), (charlie, 404)):
        browser = client_of(viewer)
        assert browser.get(f"/files/{file}/removal").status_code == status
        assert browser.post(f"/files/{file}/removal").status_code == status
        assert send(browser, contact, (b"x", "a.txt")).status_code == status
    assert names(bob, contact) == ["Offer.pdf"]


def test_a_file_that_is_a_value_is_named_after_its_property_and_taken_away_there(
    app: Flask, bob: Viewer, client_of: SignIn
) -> None:
    group = schema().object_type("deal").property("dealname").group
    end_read()
    with unit_of_work():
        create_property("deal", "Contract", "file", group)
    deal = make_record(bob, "deal", dealname="Oranges")
    config = app.config["KARTOTEK"]
    deposit = FileStore.in_data_dir(config.data_dir, 1).store(io.BytesIO(b"signed"), "c.pdf")
    change(bob, deal, contract=str(KeptFile(deposit.sha256, deposit.size, deposit.name)))
    browser = client_of(bob)
    shown = card(browser, deal)
    assert "Contract" in shown.one("li", css="attachment").text
    file = shown.one("a", css="attachment-name")["href"]
    assert not [one for one in shown.all("a") if one["href"].endswith("/removal")]
    refused = browser.post(f"{file}/removal")
    assert refused.status_code == 400
    assert "Take it away there." in refused.text
    assert names(bob, deal) == ["c.pdf"]


def test_files_keep_their_addresses_through_merges_for_those_who_see_the_merged_record(
    app: Flask, bob: Viewer, charlie: Viewer, client_of: SignIn
) -> None:
    first, second, third = (make_contact(bob, f"Ada {name}") for name in ("One", "Two", "Three"))
    old = [put(app, bob, first, "a.txt", b"first"), put(app, bob, second, "b.txt", b"second")]
    merge = make_merge(bob, first, second)
    both = make_merge(bob, merge.record_id, third)
    browser = client_of(bob)
    assert [browser.get(f"/files/{one}", buffered=True).data for one in old] == [b"first", b"second"]
    assert client_of(charlie).get(f"/files/{old[0]}").status_code == 404
    assert names(bob, both.record_id) == ["b.txt", "a.txt"]
    assert browser.post(f"/files/{old[0]}/removal").status_code == 303
    assert browser.get(f"/files/{old[0]}").status_code == 404
    assert names(bob, both.record_id) == ["b.txt"]
    undo_merge(bob, both.merge_id)
    undo_merge(bob, merge.merge_id)
    assert browser.get(f"/files/{old[0]}", buffered=True).data == b"first"
