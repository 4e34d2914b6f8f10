"""An activity's own page, its menu, and deleting, restoring and pinning through them (SPEC 1.6)."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from crm.activities.queries import get_activity
from crm.activities.types import activity_types
from crm.db import end_read
from crm.permissions.viewer import Viewer
from tests.factories import make_activity, make_contact, make_deal, make_note, make_task
from tests.support.html import Element, read


@pytest.fixture
def contact(bob: Viewer) -> int:
    """A contact of bob."""
    return make_contact(bob, "Ada Berg")


@pytest.fixture
def note(bob: Viewer, contact: int) -> int:
    """A note on it."""
    return make_note(bob, contact, "<p>Prefers oranges</p>")


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    """Bob's browser."""
    return client_of(bob)


def menu(browser: FlaskClient, note: int, contact: int) -> Element:
    return read(browser.get(f"/activities/{note}/menu?record={contact}", fragment=True).text)


def button(page: Element, label: str) -> Element:
    """The form behind a button."""
    return next(form for form in page.all("form") if form.one("button").text == label)


def test_every_kind_has_a_page(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    for kind in activity_types:
        activity = make_activity(bob, kind.name, contact, body="<p>Prefers <b>oranges</b></p>")
        page = read(browser.get(f"/activities/{activity}").text)
        assert page.one("article").one("div", css="rich").text == "Prefers oranges", kind.name


def test_the_page_names_the_records_it_is_on(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    note = make_note(bob, contact, also_on=[make_deal(bob, "Tons")])
    page = read(browser.get(f"/activities/{note}").text)
    assert [one.text for one in page.one("ul", css="links").all("a")] == ["Ada Berg", "Tons"]


def test_a_deleted_activity_offers_its_way_back(browser: FlaskClient, note: int, contact: int) -> None:
    form = button(menu(browser, note, contact), "Delete")
    answer = browser.post(form["hx-post"], data=form.fields(), fragment=True)
    assert answer.headers["HX-Trigger"] == "activity-deleted"
    gone = read(answer.text)
    assert gone.one("p", css="item-title").text.startswith("Deleted.")
    assert browser.get(f"/activities/{note}").status_code == 404
    assert "Prefers oranges" not in browser.get(f"/records/{contact}/timeline").text
    undo = button(gone, "Undo")
    answer = browser.post(undo["hx-post"], data=undo.fields(), fragment=True)
    assert answer.headers["HX-Trigger"] == "activity-restored"
    back = read(answer.text)
    assert "Prefers oranges" in back.one("article").text
    assert "Prefers oranges" in browser.get(f"/records/{contact}/timeline").text


def test_without_htmx_deleting_leads_to_the_timeline_with_an_undo(
    browser: FlaskClient, note: int, contact: int
) -> None:
    form = button(menu(browser, note, contact), "Delete")
    answer = browser.post(form["action"], data=form.fields())
    assert (answer.status_code, answer.location) == (303, f"/records/{contact}?tab=activities")
    page = read(browser.get(answer.location).text)
    undo = next(one for one in page.all("form") if one.attributes.get("action") == f"/activities/{note}/restoration")
    assert browser.post(undo["action"], data=undo.fields()).status_code == 303
    assert browser.get(f"/activities/{note}").status_code == 200


def test_the_menu_pins_and_unpins(browser: FlaskClient, note: int, contact: int) -> None:
    form = button(menu(browser, note, contact), "Pin to top")
    timeline = read(browser.post(form["hx-post"], data=form.fields(), fragment=True).text).one(id="timeline")
    assert timeline.all("h3", css="month-title")[0].text == "Pinned"
    form = button(menu(browser, note, contact), "Unpin")
    timeline = read(browser.post(form["hx-post"], data=form.fields(), fragment=True).text).one(id="timeline")
    assert "Pinned" not in timeline.text


def pinned(browser: FlaskClient, contact: int) -> list[str]:
    """What stands under "Pinned"."""
    page = read(browser.get(f"/records/{contact}/timeline").text)
    blocks = [one for one in page.all("section", css="month") if one.one("h3").text == "Pinned"]
    return [one.text for block in blocks for one in block.all("p", css="item-preview")]


def test_another_pin_takes_the_place_and_offers_the_way_back(
    browser: FlaskClient, bob: Viewer, note: int, contact: int
) -> None:
    second = make_note(bob, contact, "<p>Second</p>")
    forms = [button(menu(browser, one, contact), "Pin to top") for one in (note, second)]
    first, other = (browser.post(form["hx-post"], data=form.fields(), fragment=True) for form in forms)
    assert not read(first.text).all("div", css="toast")
    assert pinned(browser, contact) == ["Second"]
    undo = button(read(other.text).one("div", css="toast"), "Undo")
    answer = browser.post(undo["action"])
    assert (answer.status_code, answer.location) == (303, f"/records/{contact}?tab=activities")
    assert pinned(browser, contact) == ["Prefers oranges"]


def test_an_undone_delete_brings_the_pin_back(browser: FlaskClient, note: int, contact: int) -> None:
    browser.post(f"/records/{contact}/pin", data={"activity_id": str(note), "on": "1"})
    browser.post(f"/activities/{note}/deletion")
    assert pinned(browser, contact) == []
    browser.post(f"/activities/{note}/restoration")
    assert pinned(browser, contact) == ["Prefers oranges"]


@pytest.fixture
def deal(bob: Viewer) -> int:
    """A deal whose name comes after the contact's."""
    return make_deal(bob, "Tons")


@pytest.fixture
def own_page(browser: FlaskClient, bob: Viewer, contact: int, deal: int) -> Element:
    """A note's own page, opened from the deal, though the contact comes first."""
    make_note(bob, contact, "<p>On both</p>", also_on=[deal])
    timeline = read(browser.get(f"/records/{deal}/timeline").text)
    url = next(one["href"] for one in timeline.all("a", css="more"))
    return read(browser.get(url).text)


def test_an_activitys_page_leads_back_to_the_record_it_was_opened_from(own_page: Element, deal: int) -> None:
    assert own_page.one("a", css="back")["href"] == f"/records/{deal}?tab=activities"


def test_pinning_on_an_activitys_page_pins_it_to_that_record(
    browser: FlaskClient, own_page: Element, contact: int, deal: int
) -> None:
    form = button(own_page.one("div", css="page-actions"), "Pin to top")
    assert not [name for name in form.attributes if name.startswith("hx-")]
    assert browser.post(form["action"], data=form.fields()).status_code == 303
    assert (pinned(browser, deal), pinned(browser, contact)) == (["On both"], [])


def test_deleting_on_an_activitys_page_leads_back_to_that_record(
    browser: FlaskClient, own_page: Element, deal: int
) -> None:
    form = button(own_page.one("div", css="page-actions"), "Delete")
    assert browser.post(form["action"], data=form.fields()).location == f"/records/{deal}?tab=activities"


def test_editing_from_an_activitys_page_leads_back_to_it(browser: FlaskClient, own_page: Element, deal: int) -> None:
    edit_url = next(one["href"] for one in own_page.all("a", css="menu-item") if one.text == "Edit")
    form = read(browser.get(edit_url).text).one("form", css="item-form")
    saved = browser.post(form["action"], data=form.fields() | {"body": "<p>New</p>"})
    assert saved.location.endswith(f"?record={deal}")
    assert read(browser.get(saved.location).text).one("a", css="back")["href"].startswith(f"/records/{deal}?")


def test_the_link_to_copy_opens_the_activity_on_the_record(browser: FlaskClient, note: int, contact: int) -> None:
    address = menu(browser, note, contact).one("crm-copy")["data-url"]
    assert address == f"/records/{contact}?tab=activities&activity={note}"


def events(answer: Any) -> set[str]:
    """What an answer says has happened."""
    return set(answer.headers.get("HX-Trigger", "").split(", "))


def test_an_edit_that_moves_an_activity_tells_the_timeline(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    task = make_task(bob, contact)
    assert events(edit(browser, task, title="Call")) == {"activity-updated"}
    assert events(edit(browser, task, status="COMPLETED")) == {"activity-updated", "activity-moved"}
    note = make_note(bob, contact)
    assert "activity-moved" in events(edit(browser, note, activity_date="2026-01-02T10:00"))


def edit(browser: FlaskClient, activity: int, **typed: str):
    form = read(browser.get(f"/activities/{activity}/edit", fragment=True).text).one("form")
    return browser.post(form["hx-post"], data=form.fields() | typed, fragment=True)


def test_an_edit_that_cannot_be_taken_keeps_the_typed_text(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    task = make_task(bob, contact, title="Call")
    answer = edit(browser, task, title="", body="<p>A long story</p>")
    assert answer.status_code == 422
    form = read(answer.text).one("form")
    assert form.fields()["body"] == "<p>A long story</p>"
    assert form.one("p", css="field-error").text == "Task title is required."


def test_an_edit_changes_only_what_was_touched(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    for kind in ("note", "email", "call", "task", "meeting"):
        activity = make_activity(bob, kind, contact)
        end_read()
        before = dict(get_activity(bob, activity).values)
        assert edit(browser, activity, body="<p>New</p>").status_code == 200
        end_read()
        after = dict(get_activity(bob, activity).values)
        changed = {name for name in before if before[name] != after[name]}
        assert changed - {"lastmodifieddate"} == {"body", "edited_at"}, kind


def test_a_task_is_finished_by_its_form(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    task = make_task(bob, contact)
    saved = read(edit(browser, task, status="COMPLETED").text)
    assert "Task completed by Bob Stone" in saved.text


def test_somebody_elses_deleted_activity_is_not_restored(
    client_of: Callable[[Viewer], FlaskClient], browser: FlaskClient, charlie: Viewer, note: int
) -> None:
    browser.post(f"/activities/{note}/deletion")
    assert client_of(charlie).post(f"/activities/{note}/restoration").status_code == 404
    assert browser.get(f"/activities/{note}").status_code == 404


def test_a_record_is_no_activity(browser: FlaskClient, contact: int) -> None:
    for path in ("", "/menu", "/edit", "/comments", "/associations"):
        assert browser.get(f"/activities/{contact}{path}").status_code == 404


def test_an_activity_is_no_record(browser: FlaskClient, note: int) -> None:
    for path in ("", "/timeline", "/header", "/preview"):
        assert browser.get(f"/records/{note}{path}").status_code == 404
