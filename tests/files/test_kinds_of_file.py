"""Whatever is uploaded lies inert under the hash of its bytes, or is refused with a message (QUALITY 3)."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from crm.activities.attachments import FileOnRecord, files_on
from crm.db import end_read
from crm.files.images import image_type
from crm.files.names import MAX_NAME
from crm.files.views.receiving import MOST_FILES
from crm.permissions.viewer import Viewer
from crm.records.queries import get_record
from tests.factories import make_contact
from tests.files.kinds import PNG, Kind, kinds
from tests.support.databases import only_on
from tests.support.html import read

SignIn = Callable[[Viewer], FlaskClient]
STORED_AS = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}")
MEGABYTE = 1024 * 1024


def send(browser: FlaskClient, record_id: int, files: Iterable[Kind]) -> TestResponse:
    """Send files as a browser writes them: line ends and quotes in names escaped, everything else as it is."""
    parts = []
    for file in files:
        name = file.name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A").encode()
        head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="' + name + b'"\r\n'
        parts.append(head + b"Content-Type: " + file.media_type.encode() + b"\r\n\r\n" + file.content + b"\r\n")
    body = b"".join(parts) + b"--b--\r\n"
    path = f"/records/{record_id}/attachments"
    return browser.post(path, data=body, content_type="multipart/form-data; boundary=b", buffered=True)


def is_label(name: str) -> bool:
    """Whether a name is nothing but a label: short, one line, no path, nothing that hides or turns it."""
    signs = {unicodedata.category(sign) for sign in name.replace("\u200d", "")}
    return 0 < len(name) <= MAX_NAME and not signs & {"Cc", "Cf", "Cs", "Zl", "Zp"} and not re.search(r"[/\\]", name)


def faults(browser: FlaskClient, file: FileOnRecord, kind: Kind, looked_at: bool) -> list[str]:
    """What is not as it should be with one stored file, also where it is looked at."""
    answer = browser.get(f"/files/{file.item.id}", buffered=True)
    disposition = answer.headers["Content-Disposition"]
    demands = {
        "bytes": answer.data == kind.content,
        "saved, not shown": disposition.startswith("attachment; "),
        "label": is_label(file.item.name),
        "label in the header": unquote(disposition.rpartition("''")[2]) == file.item.name,
        "no header of its own": "X-Evil" not in answer.headers,
        "inert": is_inert(answer),
        "nothing but pictures in place": not looked_at or is_seen_as_it_is(browser, file, kind),
    }
    return [f"{kind.name!r}: {what}" for what, holds in demands.items() if not holds]


def is_seen_as_it_is(browser: FlaskClient, file: FileOnRecord, kind: Kind) -> bool:
    """Whether it is shown in place as the picture it is, or not at all."""
    seen = browser.get(f"/files/{file.item.id}/preview", buffered=True)
    as_picture = seen.headers["Content-Type"] == image_type(kind.content) and is_inert(seen)
    return seen.status_code == 404 or (seen.status_code == 200 and as_picture)


def is_inert(answer: TestResponse) -> bool:
    """Whether a browser that opens it runs nothing and guesses nothing."""
    policy = answer.headers["Content-Security-Policy"]
    return answer.headers["X-Content-Type-Options"] == "nosniff" and policy.startswith("default-src 'none'; sandbox;")


@only_on("sqlite")
def test_three_hundred_kinds_of_file_are_stored_inert(app: Flask, bob: Viewer, client_of: SignIn) -> None:
    every, browser, contact = list(kinds()), client_of(bob), make_contact(bob)
    assert len(every) >= 300
    for start in range(0, len(every), MOST_FILES):
        some = every[start : start + MOST_FILES]
        answer = send(browser, contact, some)
        assert answer.status_code == 303, (answer.status, [kind.name for kind in some])
    end_read()
    stored = files_on(bob, get_record(bob, contact), len(every)).files[::-1]
    assert len(stored) == len(every)
    found = []
    for number, (file, kind) in enumerate(zip(stored, every, strict=True)):
        # All that are pictures for a page, and every tenth besides, as who guesses the address would.
        found += faults(browser, file, kind, file.is_picture or number % 10 == 0)
    assert found == []
    root = app.config["KARTOTEK"].data_dir / "files"
    lying = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
    assert len(lying) == len(every)
    assert [path for path in lying if not STORED_AS.fullmatch(path)] == []
    page = read(browser.get(f"/records/{contact}/attachments").text)
    assert [one for one in page.all("script") if not one["src"].startswith("/static/")] == []
    assert not [one for one in page.walk() if any(name.startswith("on") for name in one.attributes)]


def refused() -> Sequence[tuple[str, list[Kind], str]]:
    """What is not taken, and what is said of it."""
    nothing = "Choose a file."
    return (
        ("none chosen", [Kind("", b"")], nothing),
        ("no part at all", [], nothing),
        ("empty", [Kind("empty.txt", b"")], "“empty.txt” is empty. Nothing was attached."),
        ("one of two empty", [Kind("a.txt", b"a"), Kind("b.png", b"")], "“b.png” is empty. Nothing was attached."),
        ("no name", [Kind("", b"x")], "One of the files has no name. Nothing was attached."),
        ("too many", [Kind("a.txt", b"%d" % one) for one in range(21)], "At most 20 files at once; these are 21."),
        (
            "huge",
            [Kind("film.mp4", PNG + bytes(20 * MEGABYTE))],
            "“film.mp4” is larger than 20 MB. Nothing was attached.",
        ),
    )


@only_on("sqlite")
@pytest.mark.parametrize("case", refused(), ids=lambda case: case[0])
def test_what_cannot_be_taken_is_said_beside_the_field_and_changes_nothing(
    case: tuple[str, list[Kind], str], bob: Viewer, client_of: SignIn
) -> None:
    browser, contact = client_of(bob), make_contact(bob)
    answer = send(browser, contact, case[1])
    assert answer.status_code == 422
    form = read(answer.text).one("form", id="attach")
    assert form.one(id="attach-hint").text == case[2]
    assert form.one("input", type="file")["aria-describedby"] == "attach-hint"
    end_read()
    assert files_on(bob, get_record(bob, contact)).files == []


@only_on("sqlite")
def test_more_than_is_ever_read_is_refused_beside_the_field_too(bob: Viewer, client_of: SignIn) -> None:
    browser, contact = client_of(bob), make_contact(bob)
    path, kind = f"/records/{contact}/attachments", "multipart/form-data; boundary=b"
    for fragment in (False, True):
        length = {"CONTENT_LENGTH": str(101 * MEGABYTE)}
        answer = browser.post(path, data=b"--b--", content_type=kind, environ_overrides=length, fragment=fragment)
        assert answer.status_code == 413
        form = read(answer.text).one("form", id="attach")
        assert form.one(id="attach-hint").text.startswith("Together the files are larger than 100 MB.")
