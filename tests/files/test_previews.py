"""Pictures are looked at as what their bytes say, and nothing else is ever shown in place (QUALITY 3)."""

import io
import struct
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm.db import end_read, unit_of_work
from crm.files.images import MOST_BYTES
from crm.files.operations import attach
from crm.files.storage import FileStore
from crm.permissions.viewer import Viewer
from tests.factories import make_contact

SignIn = Callable[[Viewer], FlaskClient]
GIF = b"GIF89a" + struct.pack("<HH", 10, 10) + b"\x00\x00\x00"
PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 10, 10) + b"\x08\x02\x00\x00\x00"


def put(app: Flask, actor: Viewer, name: str, data: bytes, media_type: str = "image/png") -> int:
    config = app.config["KARTOTEK"]
    store = FileStore.in_data_dir(config.data_dir, config.max_upload_mb)
    deposit, contact = store.store(io.BytesIO(data), name, media_type), make_contact(actor)
    end_read()
    with unit_of_work():
        return attach(actor, contact, deposit)


def test_a_picture_is_shown_as_what_it_is_and_can_do_nothing(
    app: Flask, bob: Viewer, charlie: Viewer, client_of: SignIn
) -> None:
    file = put(app, bob, "page.html", GIF + b"=1;/*<script>alert(1)</script>*/", "text/html")
    answer = client_of(bob).get(f"/files/{file}/preview", buffered=True)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/gif")
    assert answer.headers["Content-Disposition"].startswith("inline; ")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox;")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    again = {"If-None-Match": answer.headers["ETag"]}
    known = client_of(bob).get(f"/files/{file}/preview", headers=again, buffered=True)
    assert known.status_code == 304
    assert client_of(charlie).get(f"/files/{file}/preview").status_code == 404


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("page.png", b"<!doctype html><script>alert(1)</script>"),
        ("paper.png", b"%PDF-1.7"),
        ("bomb.png", PNG.replace(struct.pack(">II", 10, 10), struct.pack(">II", 60_000, 60_000))),
        ("large.png", PNG + bytes(MOST_BYTES)),
        ("broken.gif", b"GIF89a"),
    ],
)
def test_what_is_no_small_sound_picture_is_never_shown(
    app: Flask, bob: Viewer, client_of: SignIn, name: str, data: bytes
) -> None:
    assert client_of(bob).get(f"/files/{put(app, bob, name, data)}/preview").status_code == 404
