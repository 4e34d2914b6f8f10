"""Attachments are seen, fetched and removed only by those who may see or edit what they hang on."""

import io
from collections.abc import Callable
from urllib.parse import unquote

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.clock import now
from crm.db import db, end_read, unit_of_work
from crm.files.models import Attachment
from crm.files.operations import attach
from crm.files.queries import attachments_of, get_attachment
from crm.files.storage import FileStore
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer
from tests.factories import make_contact, make_email

SignIn = Callable[[Viewer], FlaskClient]


def put(app: Flask, actor: Viewer, record_id: int, name: str = "a.html", data: bytes = b"<script>1</script>") -> int:
    config = app.config["KARTOTEK"]
    deposit = FileStore.in_data_dir(config.data_dir, config.max_upload_mb).store(io.BytesIO(data), name, "text/html")
    end_read()
    with unit_of_work():
        return attach(actor, record_id, deposit)


def test_attachments_of_many_records_come_in_one_answer(app: Flask, alice: Viewer) -> None:
    one, other, bare = make_contact(alice), make_contact(alice), make_contact(alice)
    first, second = put(app, alice, one, "a.txt"), put(app, alice, one, "b.txt")
    third = put(app, alice, other, "c.txt")
    found = attachments_of(alice, [one, other, bare])
    assert {record_id: [item.id for item in items] for record_id, items in found.items()} == {
        one: [first, second],
        other: [third],
    }


def test_a_hidden_record_hides_its_attachments(app: Flask, bob: Viewer, charlie: Viewer, client_of: SignIn) -> None:
    contact = make_contact(bob)
    attachment = put(app, bob, contact)
    assert attachments_of(charlie, [contact]) == {}
    assert client_of(charlie).get(f"/files/{attachment}", buffered=True).status_code == 404
    assert client_of(bob).get(f"/files/{attachment}", buffered=True).status_code == 200


def test_a_file_of_an_email_is_seen_by_those_who_see_the_email(
    app: Flask, bob: Viewer, charlie: Viewer, dana: Viewer
) -> None:
    email = make_email(bob, make_contact(bob))
    attachment = put(app, bob, email)
    assert get_attachment(dana, attachment).record_id == email
    with pytest.raises(NotFound):
        get_attachment(charlie, attachment)


def test_who_may_only_look_may_not_attach(app: Flask, bob: Viewer, dana: Viewer) -> None:
    with pytest.raises(NotFound):
        put(app, dana, make_contact(bob))


def test_a_download_is_saved_and_never_shown(app: Flask, alice: Viewer, client_of: SignIn) -> None:
    attachment = put(app, alice, make_contact(alice), 'offer "2024" \u017c\u00f3\u0142w.html')
    answer = client_of(alice).get(f"/files/{attachment}", buffered=True)
    assert answer.data == b"<script>1</script>"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename=\"offer _2024_ ___w.html\"; filename*=UTF-8''")
    assert unquote(disposition.rpartition("''")[2]) == 'offer "2024" \u017c\u00f3\u0142w.html'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_signed_out_is_the_login_page(app: Flask, alice: Viewer, eve: FlaskClient) -> None:
    attachment = put(app, alice, make_contact(alice))
    assert eve.get(f"/files/{attachment}", buffered=True).headers["Location"].startswith("/login")


def test_a_file_missing_from_the_disk_is_not_found(app: Flask, alice: Viewer, client_of: SignIn) -> None:
    attachment = put(app, alice, make_contact(alice), data=b"to be lost")
    config = app.config["KARTOTEK"]
    FileStore.in_data_dir(config.data_dir, 1).path(get_attachment(alice, attachment).sha256).unlink()
    assert client_of(alice).get(f"/files/{attachment}", buffered=True).status_code == 404


def test_an_attachment_taken_off_is_gone_and_its_bytes_stay(app: Flask, alice: Viewer) -> None:
    contact = make_contact(alice)
    attachment = put(app, alice, contact)
    path = FileStore.in_data_dir(app.config["KARTOTEK"].data_dir, 1).path(get_attachment(alice, attachment).sha256)
    end_read()
    with unit_of_work():
        taken_off = sa.update(Attachment).where(Attachment.id == attachment)
        db.session.execute(taken_off.values(archived_at=now()))
    assert attachments_of(alice, [contact]) == {}
    assert path.is_file()


def test_two_records_share_one_copy_of_the_bytes(app: Flask, alice: Viewer) -> None:
    one, other = make_contact(alice), make_contact(alice)
    put(app, alice, one, "a.txt", b"shared")
    put(app, alice, other, "b.txt", b"shared")
    found = attachments_of(alice, [one, other])
    assert found[one][0].sha256 == found[other][0].sha256
    assert [found[one][0].name, found[other][0].name] == ["a.txt", "b.txt"]
