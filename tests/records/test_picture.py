"""The internal picture of contacts and companies: a click on it changes it (SPEC 1.2, REC-05)."""

import io
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.audit.models import AuditEntry
from crm.db import db, end_read
from crm.permissions.viewer import Viewer
from crm.records.history import changes_of
from crm.records.queries import get_record
from tests.factories import make_company, make_contact, make_deal
from tests.factories.merging import make_merge, undo_merge
from tests.files.test_images import jpeg, png
from tests.support.html import read

ClientOf = Callable[[Viewer], FlaskClient]
PNG, JPEG = png(40, 30), jpeg(40, 30)


def send(browser: FlaskClient, record_id: int, content: bytes = PNG, name: str = "ada.png", fragment: bool = False):
    data: dict[str, Any] = {"action": "save", "picture": (io.BytesIO(content), name)}
    return browser.post(
        f"/records/{record_id}/picture", data=data, content_type="multipart/form-data", fragment=fragment
    )


def address(browser: FlaskClient, record_id: int) -> str:
    found = read(browser.get(f"/records/{record_id}").text).one("header", id="record-header").all("img")
    return found[0]["src"] if found else ""


@pytest.mark.parametrize("make", [make_contact, make_company])
def test_rec_05_a_click_on_the_picture_takes_replaces_and_removes_it(
    client_of: ClientOf, bob: Viewer, make: Callable[[Viewer], int]
) -> None:
    browser, record = client_of(bob), make(bob)
    page = read(browser.get(f"/records/{record}").text)
    assert not page.one("header", id="record-header").all("img")
    dialog = page.one("a", id="record-picture")["hx-get"]
    form = read(browser.get(dialog, fragment=True).text).one("form", id="picture")
    assert (form["enctype"], form["hx-post"]) == ("multipart/form-data", dialog)
    assert send(browser, record).status_code == 303
    shown = browser.get(address(browser, record))
    assert (shown.data, shown.mimetype) == (PNG, "image/png")
    assert browser.get(f"/records/{record}/preview", fragment=True).text.count(address(browser, record)) == 1
    answer = send(browser, record, JPEG, "no-picture.exe", fragment=True)
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (200, "record-updated")
    assert browser.get(address(browser, record)).mimetype == "image/jpeg"
    assert browser.post(dialog, data={"action": "remove"}).status_code == 303
    assert address(browser, record) == ""
    lines = [(one.old or "", one.new or "") for one in changes_of(record, "hs_avatar_filemanager_key")]
    assert [(old[65:], new[65:]) for old, new in lines] == [
        (f"{len(JPEG)}:no-picture.exe", ""),
        (f"{len(PNG)}:ada.png", f"{len(JPEG)}:no-picture.exe"),
        ("", f"{len(PNG)}:ada.png"),
    ]
    entries = sa.select(AuditEntry.about_id, AuditEntry.about_name).where(AuditEntry.action == "picture_changed")
    assert db.session.execute(entries).tuples().all() == [(record, f"#{record}")] * 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg><script>alert(1)</script></svg>", "This is no picture."),
        (png(4097, 2), "4097 × 2 pixels"),
    ],
)
def test_what_is_no_picture_or_too_large_is_refused_beside_the_field(
    client_of: ClientOf, bob: Viewer, content: bytes, words: str
) -> None:
    browser, contact = client_of(bob), make_contact(bob)
    send(browser, contact)
    before = address(browser, contact)
    answer = send(browser, contact, content, "ada.png")
    assert answer.status_code == 422
    page = read(answer.text)
    assert words in page.one("p", css="field-error").text
    assert page.one("input", id="picture-file")["aria-invalid"] == "true"
    nothing = browser.post(f"/records/{contact}/picture", data={"action": "save"})
    assert (nothing.status_code, "Choose a file." in nothing.text) == (422, True)
    assert address(browser, contact) == before


def test_the_bytes_are_for_those_who_see_the_record_and_can_do_nothing(
    client_of: ClientOf, client: FlaskClient, bob: Viewer, charlie: Viewer, dana: Viewer
) -> None:
    browser, contact, other = client_of(bob), make_contact(bob), make_contact(bob)
    send(browser, contact)
    url = address(browser, contact)
    headers = browser.get(url).headers
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert client_of(dana).get(url).data == PNG
    assert client_of(charlie).get(url).status_code == 404
    assert client.get(url).status_code == 303
    assert browser.get(url.replace(str(contact), str(other), 1)).status_code == 404
    assert browser.get(f"/records/{contact}/picture/../../secret").status_code == 404
    reader = client_of(dana)
    assert not read(reader.get(f"/records/{contact}").text).all("a", id="record-picture")
    assert (reader.get(f"/records/{contact}/picture").status_code, send(reader, contact).status_code) == (403, 403)


def test_deals_have_none(client_of: ClientOf, bob: Viewer) -> None:
    browser, deal = client_of(bob), make_deal(bob)
    assert not read(browser.get(f"/records/{deal}").text).all("a", id="record-picture")
    assert (browser.get(f"/records/{deal}/picture").status_code, send(browser, deal).status_code) == (404, 404)


def test_a_merged_record_has_one_and_both_have_their_own_again_when_it_is_taken_apart(
    client_of: ClientOf, alice: Viewer
) -> None:
    browser, first, second, third = client_of(alice), *(make_contact(alice) for _ in range(3))
    send(browser, second, PNG)
    send(browser, third, JPEG)
    merge = make_merge(alice, first, second)
    assert browser.get(address(browser, merge.record_id)).data == PNG
    again = make_merge(alice, merge.record_id, third)
    assert browser.get(address(browser, again.record_id)).data == PNG
    undo_merge(alice, again.merge_id)
    end_read()
    assert browser.get(address(browser, third)).data == JPEG
    assert get_record(alice, merge.record_id).picture is not None
