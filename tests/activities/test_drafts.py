"""Drafts of activities: kept while typing, restored, never lost to another window, gone with what they hang on."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts.managing import deactivate
from crm.activities.attachments import files_on
from crm.activities.drafts import DRAFT, draft_for, drafted_files, forget_old_drafts
from crm.db import db, end_read, unit_of_work
from crm.files.storage import FileStore
from crm.files.sweeping import keep_young, sweep
from crm.permissions.viewer import Viewer
from crm.records.operations import update_record
from crm.records.queries import get_record
from tests.factories import make_company, make_contact, relate
from tests.factories.merging import make_merge, undo_merge
from tests.support.html import Element, read
from tests.support.queries import count_queries

SignIn = Callable[[Viewer], FlaskClient]


def composer(browser: FlaskClient, record_id: int, kind: str = "note") -> Element:
    answer = browser.get(f"/records/{record_id}/activities/new?kind={kind}", fragment=True)
    assert answer.status_code == 200
    return read(answer.text).one("form", css="composer-form")


def keep(browser: FlaskClient, record_id: int, form: Element, **typed: object):
    """What the page does a moment after somebody typed."""
    data = form.fields() | typed
    return browser.post(f"/records/{record_id}/activities/draft", data=data, fragment=True)


def begin(browser: FlaskClient, record_id: int, kind: str = "note", **typed: object) -> Element:
    form = composer(browser, record_id, kind)
    assert keep(browser, record_id, form, **typed).status_code == 204
    return form


def number_of_drafts() -> int:
    end_read()
    return len(db.session.execute(DRAFT.select()).all())


def test_everything_typed_and_ticked_is_there_again_when_the_composer_is_opened(
    alice: Viewer, client_of: SignIn
) -> None:
    contact, company = make_contact(alice, "Ada"), make_company(alice, "Orange Inc")
    relate(alice, contact, company)
    browser = client_of(alice)
    form = composer(browser, contact, "call")
    typed = {"body": "<p>About <b>crates</b></p>", "direction": "INBOUND", "follow_up": "true", "follow_up_days": "7"}
    keep(browser, contact, form, **typed, record_ids=[str(contact)], offered_ids=[str(contact), str(company)])
    again = composer(browser, contact, "call")
    assert again.fields().items() >= typed.items()
    [tick] = [one for one in again.all("input", name="record_ids") if one["value"] == str(company)]
    assert "checked" not in tick
    assert "Draft" in again.one(id="composer-draft").text
    assert composer(browser, contact, "note").fields()["body"] == ""


def test_a_draft_is_its_persons_alone_and_gone_once_it_is_logged(
    alice: Viewer, dana: Viewer, charlie: Viewer, client_of: SignIn
) -> None:
    contact, browser = make_contact(alice), client_of(alice)
    form = begin(browser, contact, body="<p>Mine</p>")
    assert draft_for(dana, contact, "note") is None
    answer = browser.post(form["action"], data=form.fields() | {"body": "<p>Mine</p>"}, fragment=True)
    assert answer.headers["HX-Trigger"] == "activity-logged"
    assert number_of_drafts() == 0
    # A request that was still on its way comes too late.
    assert keep(browser, contact, form, body="<p>Mine</p>").status_code == 204
    assert number_of_drafts() == 0


def test_two_windows_of_one_person_do_not_write_over_each_other_unawares(alice: Viewer, client_of: SignIn) -> None:
    contact, browser = make_contact(alice), client_of(alice)
    one, other = composer(browser, contact), composer(browser, contact)
    assert keep(browser, contact, one, body="<p>First</p>").status_code == 204
    refused = keep(browser, contact, other, body="<p>Second</p>")
    assert refused.status_code == 409
    assert "another window" in refused.text
    assert keep(browser, contact, one, body="<p>First, longer</p>").status_code == 204
    assert composer(browser, contact).fields()["body"] == "<p>First, longer</p>"
    told = read(keep(browser, contact, other, body="<p>Second</p>").text).one("button")["hx-vals"]
    over = told.split('"')[3]
    assert keep(browser, contact, other, body="<p>Second</p>", draft_over=over).status_code == 200
    assert composer(browser, contact).fields()["body"] == "<p>Second</p>"
    # Who logs the first keeps the draft of the second.
    browser.post(one["action"], data=one.fields() | {"body": "<p>First</p>"}, fragment=True)
    assert number_of_drafts() == 1


def test_discarding_forgets_the_draft_and_a_late_request_does_not_bring_it_back(
    alice: Viewer, client_of: SignIn
) -> None:
    contact, browser = make_contact(alice), client_of(alice)
    form = begin(browser, contact, body="<p>Never mind</p>")
    answer = browser.post(f"/records/{contact}/activities/draft/deletion", data=form.fields())
    assert answer.location == f"/records/{contact}/activities/new?kind=note"
    assert keep(browser, contact, form, body="<p>Never mind</p>").status_code == 204
    assert number_of_drafts() == 0


def test_rights_are_asked_again_before_a_draft_is_kept_shown_or_listed(
    alice: Viewer, charlie: Viewer, dana: Viewer, client_of: SignIn
) -> None:
    contact, hidden = make_contact(charlie, "Carl"), make_contact(alice, "Hidden")
    browser = client_of(charlie)
    begin(browser, contact, body="<p>Secret</p>")
    assert "Secret" in browser.get("/drafts").text
    end_read()
    with unit_of_work():
        update_record(alice, contact, {"hubspot_owner_id": alice.user_id})
    assert browser.get(f"/records/{contact}/activities/new?kind=note").status_code == 404
    assert "Secret" not in browser.get("/drafts").text
    reader = client_of(dana)
    for rest in ("draft", "draft/deletion", "files", "filled"):
        assert browser.post(f"/records/{hidden}/activities/{rest}?kind=note").status_code == 404
        assert reader.post(f"/records/{hidden}/activities/{rest}?kind=note").status_code == 403
    assert reader.post("/drafts/1/deletion").status_code == 404


def test_the_list_of_drafts_costs_the_same_for_five_and_fifty(alice: Viewer, client_of: SignIn) -> None:
    browser = client_of(alice)
    contacts = [make_contact(alice, f"Contact {number}") for number in range(50)]
    asked = []
    for some in (contacts[:5], contacts[5:]):
        for contact in some:
            begin(browser, contact, body="<p>Words</p>")
        with count_queries() as counted:
            page = read(browser.get("/drafts").text)
        asked.append(len(counted))
    assert len(page.all("li", css="settings-row")) == 50
    assert asked[0] == asked[1]
    browser.post(page.all("li", css="settings-row")[0].one("form")["action"])
    assert number_of_drafts() == 49


def test_what_is_too_much_for_a_draft_is_told(alice: Viewer, client_of: SignIn) -> None:
    contact, browser = make_contact(alice), client_of(alice)
    answer = keep(browser, contact, composer(browser, contact), body="x" * 400_000, more=["y" * 400_000] * 5)
    assert answer.status_code in (413, 422)
    assert number_of_drafts() == 0


def test_drafts_follow_a_merge_and_come_back_with_its_undoing(alice: Viewer, client_of: SignIn) -> None:
    first, second, browser = make_contact(alice, "Ada"), make_contact(alice, "Ada B"), client_of(alice)
    begin(browser, first, body="<p>Of the first</p>")
    begin(browser, second, "call", body="<p>Of the second</p>")
    merge = make_merge(alice, first, second)
    assert composer(browser, merge.record_id).fields()["body"] == "<p>Of the first</p>"
    begin(browser, merge.record_id, "call", body="<p>Typed since</p>")
    undo_merge(alice, merge.merge_id)
    assert composer(browser, first, "call").fields()["body"] == "<p>Typed since</p>"
    assert composer(browser, second, "call").fields()["body"] == "<p>Of the second</p>"


def test_old_drafts_and_those_of_people_who_are_gone_are_deleted(
    alice: Viewer, bob: Viewer, client_of: SignIn, clock: time_machine.Traveller
) -> None:
    contact = make_contact(alice)
    for viewer in (alice, bob):
        begin(client_of(viewer), contact, body="<p>Soon</p>")
    end_read()
    with unit_of_work():
        deactivate(alice, bob.user_id)
        forget_old_drafts()
    assert number_of_drafts() == 1
    clock.shift(timedelta(days=91))
    with unit_of_work():
        forget_old_drafts()
    assert number_of_drafts() == 0


@pytest.mark.parametrize("kind", ["note", "email", "call", "task", "meeting", "sms"])
def test_rec_45_files_of_an_activity_are_in_the_attachments_of_every_record_it_is_on(
    alice: Viewer, client_of: SignIn, kind: str
) -> None:
    contact, company, browser = make_contact(alice), make_company(alice), client_of(alice)
    relate(alice, contact, company)
    form = composer(browser, contact, kind)
    chosen = {"files": (io.BytesIO(b"one"), "Plan ż.txt"), "kind": kind}
    sent = read(browser.post(f"/records/{contact}/activities/files", data=chosen, fragment=True).text)
    kept = sent.one("input", name="attached")["value"]
    data = form.fields() | {"body": "<p>See</p>", "title": "See", "attached": kept}
    # Without scripts files come with the form itself.
    browser.post(form["action"], data=data | {"files": (io.BytesIO(b"two"), "offer.pdf")}, fragment=True)
    end_read()
    for record_id in (contact, company):
        found = files_on(alice, get_record(alice, record_id), 20).files
        assert sorted(one.item.name for one in found) == ["Plan ż.txt", "offer.pdf"]


def test_files_survive_a_refused_form_and_stand_in_the_draft(
    app: Flask, alice: Viewer, client_of: SignIn, clock: time_machine.Traveller
) -> None:
    contact, browser = make_contact(alice), client_of(alice)
    form = composer(browser, contact, "task")
    data = form.fields() | {"body": "<p>Long text</p>", "title": "", "files": (io.BytesIO(b"bytes"), "a.txt")}
    refused = browser.post(form["action"], data=data, fragment=True)
    assert refused.status_code == 422
    again = read(refused.text).one("form", css="composer-form")
    assert again.fields()["body"] == "<p>Long text</p>"
    kept = again.one("input", name="attached")["value"]
    keep(browser, contact, again)
    clock.shift(timedelta(days=30))
    keep_young(one.sha256 for one in drafted_files())
    sweep()
    browser = client_of(alice)
    assert composer(browser, contact, "task").fields()["attached"] == kept
    store = FileStore.in_data_dir(app.config["KARTOTEK"].data_dir, 20)
    store.path(kept.split(":")[0]).unlink()
    assert "Choose it again" in composer(browser, contact, "task").text


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "is empty"), (b"x", "larger than 0 MB")]
)
def test_files_that_cannot_be_taken_are_told_and_the_typed_text_stays(
    app: Flask, monkeypatch: pytest.MonkeyPatch, alice: Viewer, client_of: SignIn, content: bytes, reason: str
) -> None:
    contact, browser = make_contact(alice), client_of(alice)
    form = composer(browser, contact)
    monkeypatch.setitem(app.config, "KARTOTEK", replace(app.config["KARTOTEK"], max_upload_mb=0))
    data = form.fields() | {"body": "<p>Stays</p>", "files": (io.BytesIO(content), "big.bin")}
    answer = browser.post(form["action"], data=data, fragment=True)
    assert answer.status_code == 422
    again = read(answer.text).one("form", css="composer-form")
    assert reason in again.one(id="composer-files-hint").text
    assert again.fields()["body"] == "<p>Stays</p>"
    assert not files_on(alice, get_record(alice, contact), 5).files
