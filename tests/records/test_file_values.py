"""Files as values: uploaded by every form, kept by one that comes back, downloaded by who sees the record (DB-13)."""

import io
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from flask.testing import FlaskClient

from crm.db import end_read, unit_of_work
from crm.files.queries import attachments_of
from crm.objects.properties import create_property
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.properties.types.file import kept_files
from crm.records.operations import archive_record, update_record
from crm.records.queries import get_record
from tests.factories import make_contact
from tests.support.html import read

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def contract(app: Any) -> None:
    """A contact has a contract."""
    group = schema().object_type("contact").property("email").group
    end_read()
    with unit_of_work():
        create_property("contact", "Contract", "file", group)
    end_read()


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    """Bob's browser."""
    return client_of(bob)


def upload(*files: tuple[bytes, str], version: int = 1, kept: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"version": version, "contract": [*kept, *((io.BytesIO(content), name) for content, name in files)]}


def save(browser: FlaskClient, record_id: int, data: dict[str, Any], status: int = 200) -> str:
    here = f"/records/{record_id}/properties/contract"
    answer = browser.post(here, data=data, headers=FRAGMENT, content_type="multipart/form-data")
    assert answer.status_code == status, answer.text
    return answer.text


def fetched(browser: FlaskClient, url: str) -> tuple[int, bytes]:
    with closing(browser.get(url)) as answer:
        return answer.status_code, answer.data if answer.status_code == 200 else b""


def value(viewer: Viewer, record_id: int) -> str | None:
    end_read()
    return get_record(viewer, record_id).values["contract"]


def test_db_13_files_are_uploaded_shown_and_downloaded(browser: FlaskClient, bob: Viewer) -> None:
    record_id = make_contact(bob)
    form = read(browser.get(f"/records/{record_id}/properties/contract/edit", headers=FRAGMENT).text).one("form")
    assert (form["enctype"], form["hx-encoding"]) == ("multipart/form-data", "multipart/form-data")
    shown = save(browser, record_id, upload((b"%PDF one", "Umowa; łódź.pdf"), (b"two", "<b>.txt")))
    links = read(shown).links()
    found = [fetched(browser, link) for link in links if "content" in link]
    assert found == [(200, b"%PDF one"), (200, b"two")]
    assert "&lt;b&gt;.txt" in shown
    with closing(browser.get(links[0])) as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_file_can_be_added_kept_and_taken_away(browser: FlaskClient, bob: Viewer) -> None:
    record_id = make_contact(bob)
    save(browser, record_id, upload((b"one", "1.txt")))
    first = value(bob, record_id)
    assert first is not None
    save(browser, record_id, upload((b"two", "2.txt"), version=2, kept=(first,)))
    both = value(bob, record_id)
    assert [one.name for one in kept_files(both)] == ["1.txt", "2.txt"]
    save(browser, record_id, {"version": 3, "contract": ["", kept_text(both, 1)]})
    assert [one.name for one in kept_files(value(bob, record_id))] == ["2.txt"]
    gone = kept_files(first)[0]
    assert fetched(browser, gone.url)[0] == 404
    end_read()
    with unit_of_work():
        update_record(bob, record_id, {"contract": both})
    assert fetched(browser, gone.url) == (200, b"one")


def kept_text(both: str | None, place: int) -> str:
    return str(kept_files(both)[place])


def test_a_form_that_comes_back_has_the_file_still(browser: FlaskClient, bob: Viewer) -> None:
    record_id = make_contact(bob)
    refused = save(browser, record_id, upload((b"one", "1.txt"), kept=("no file",)), status=422)
    assert "Choose a file to upload." in refused
    boxes = [one["value"] for one in read(refused).all("input", type="checkbox")]
    assert [text for text in boxes if text.endswith(":1.txt")]
    assert value(bob, record_id) is None
    again = {"version": 1, "contract": [text for text in boxes if text.endswith(":1.txt")]}
    save(browser, record_id, again)
    assert [one.name for one in kept_files(value(bob, record_id))] == ["1.txt"]


def test_a_file_is_downloaded_by_those_only_who_see_the_record(
    browser: FlaskClient, client_of: Callable[[Viewer], FlaskClient], bob: Viewer, charlie: Viewer, alice: Viewer
) -> None:
    record_id = make_contact(bob)
    save(browser, record_id, upload((b"secret", "plan.txt")))
    url = kept_files(value(bob, record_id))[0].url
    assert fetched(client_of(alice), url)[0] == 200
    assert fetched(client_of(charlie), url)[0] == 404
    end_read()
    with unit_of_work():
        archive_record(alice, record_id)
    assert fetched(browser, url)[0] == 404
    assert fetched(browser, "/files/content/" + "0" * 64)[0] == 404
    assert fetched(browser, "/files/content/..%2f..%2fetc")[0] == 404


def test_a_new_record_takes_its_files_along(browser: FlaskClient, bob: Viewer, alice: Viewer) -> None:
    end_read()
    record_id = make_contact(alice)
    save(browser, record_id, upload((b"one", "1.txt")))
    token = value(bob, record_id)
    copy = make_contact(bob, contract=token)
    assert value(bob, copy) == token
    end_read()
    with unit_of_work():
        archive_record(alice, record_id)
    assert fetched(browser, kept_files(token)[0].url) == (200, b"one")


def test_a_file_that_goes_to_another_property_or_is_in_two_stays(browser: FlaskClient, bob: Viewer) -> None:
    end_read()
    with unit_of_work():
        create_property("contact", "Annex", "file", schema().object_type("contact").property("email").group)
    end_read()
    record_id = make_contact(bob)
    save(browser, record_id, upload((b"one", "1.txt")))
    token = value(bob, record_id)
    url = kept_files(token)[0].url
    for changes in ({"annex": token, "contract": None}, {"contract": token}, {"annex": None}):
        end_read()
        with unit_of_work():
            update_record(bob, record_id, changes)
        assert fetched(browser, url) == (200, b"one"), changes
    end_read()
    with unit_of_work():
        update_record(bob, record_id, {"contract": None})
    assert fetched(browser, url)[0] == 404


def test_the_name_a_form_says_leads_nowhere(browser: FlaskClient, bob: Viewer) -> None:
    record_id = make_contact(bob)
    save(browser, record_id, upload((b"one", "1.txt")))
    token = value(bob, record_id) or ""
    record_id = make_contact(bob)
    save(browser, record_id, {"version": 1, "contract": [token.replace("1.txt", "/../../etc\\pass.txt")]})
    end_read()
    (file,) = attachments_of(bob, [record_id])[record_id]
    assert file.name == "pass.txt"


def test_too_many_files_are_refused(browser: FlaskClient, bob: Viewer) -> None:
    record_id = make_contact(bob)
    files = [(str(number).encode(), f"{number}.txt") for number in range(21)]
    assert "At most 20 files; these are 21." in save(browser, record_id, upload(*files), status=422)
