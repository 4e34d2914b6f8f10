"""The index pages of activities: calls, meetings, tasks, e-mails, notes ... (SPEC 5.1, 8.1)."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from crm.activities import index
from crm.activities.operations import link
from crm.clock import now
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import SYSTEM, Viewer
from crm.records.operations import archive_record
from tests.factories import make_activity, make_call, make_company, make_contact, make_note, make_task
from tests.support.html import Element, read
from tests.support.queries import count_queries

Sign = Callable[[Viewer], FlaskClient]
KINDS = [
    ("note", "notes"), ("call", "calls"), ("email", "emails"), ("task", "tasks"), ("meeting", "meetings"),
    ("sms", "communications"), ("postal_mail", "postal_mails"),
]  # fmt: skip


@pytest.fixture
def browser(client_of: Sign, alice: Viewer) -> FlaskClient:
    """Alice's browser."""
    return client_of(alice)


def open_index(browser: FlaskClient, url: str) -> Element:
    answer = browser.get(url)
    assert answer.status_code == 200, answer.status_code
    return read(answer.text)


def names(page: Element) -> list[str]:
    """The first column."""
    return [row.one("div", css="table-name").all("a")[0].text for body in page.all("tbody") for row in body.all("tr")]


@pytest.mark.parametrize(("kind", "plural"), KINDS)
def test_db_04_every_activity_object_has_an_index_that_leads_to_its_activities(
    browser: FlaskClient, alice: Viewer, kind: str, plural: str
) -> None:
    contact = make_contact(alice)
    activity = make_activity(alice, kind, contact)
    page = open_index(browser, f"/objects/{plural}")
    links = page.one("tbody").links()
    here = f"/activities/{activity}"
    assert {here, f"{here}/preview", f"{here}/associations"} <= set(links)
    assert f"/records/{contact}?tab=activities&activity={activity}" in links
    for column in page.all("a", css="table-sort"):
        assert len(names(open_index(browser, column["href"]))) == 1
    preview = open_index(browser, f"/activities/{activity}/preview")
    assert f"/records/{contact}?tab=activities&activity={activity}" in preview.links()


def test_navigation_leads_to_every_activity_object(browser: FlaskClient) -> None:
    links = open_index(browser, "/objects/contacts").all("nav")[0].links()
    assert [f"/objects/{plural}" in links for _, plural in KINDS] == [True] * len(KINDS)


def test_db_20_total_equals_the_database_for_a_super_admin_and_what_is_on_no_record_is_found(
    client_of: Sign, browser: FlaskClient, alice: Viewer, bob: Viewer
) -> None:
    kept, lost = make_contact(bob, "Ada Kept"), make_contact(bob, "Ada Lost")
    make_call(bob, kept, title="Stays")
    call = make_call(bob, lost, title="Left")
    end_read()
    with unit_of_work():
        archive_record(bob, lost)
    assert sorted(names(open_index(browser, "/objects/calls"))) == ["Left", "Stays"]
    assert "2 in all" in browser.get("/objects/calls").text
    assert names(open_index(browser, "/objects/calls?left=1")) == ["Left"]
    for way in ("", "/preview", "/associations"):
        assert browser.get(f"/activities/{call}{way}").status_code == 200
    of_bob = client_of(bob)
    assert names(open_index(of_bob, "/objects/calls")) == ["Stays"]
    assert of_bob.get("/objects/calls?left=1").text.count('name="id"') == 0
    assert of_bob.get(f"/activities/{call}").status_code == of_bob.get(f"/activities/{call}/preview").status_code == 404
    answer = browser.post(f"/activities/{call}/associations", data={"record_id": kept, "on": "1", "object": "contacts"})
    assert answer.status_code == 303
    assert sorted(names(open_index(of_bob, "/objects/calls"))) == ["Left", "Stays"]


def test_left_on_no_record_can_be_deleted(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice)
    note = make_note(alice, contact)
    end_read()
    with unit_of_work():
        archive_record(alice, contact)
    form = open_index(browser, f"/activities/{note}").one("form", action=f"/activities/{note}/deletion")
    assert browser.post(form["action"]).headers["Location"] == "/objects/notes"
    assert names(open_index(browser, "/objects/notes")) == []


def test_deleted_activities_come_back_from_the_bin_of_their_list(
    browser: FlaskClient, client_of: Sign, alice: Viewer, bob: Viewer
) -> None:
    contact = make_contact(alice)
    notes = [make_note(alice, contact, f"<p>Note {number}</p>") for number in range(3)]
    for note in notes[:2]:
        browser.post(f"/activities/{note}/deletion")
    assert "/objects/notes/bin" in open_index(browser, "/objects/notes").links()
    page = open_index(browser, "/objects/notes/bin")
    assert [one.text.split(" Deleted")[0] for one in page.all("li", css="settings-row")][0].startswith("Note 1")
    browser.post("/objects/notes/bin", data={"record_id": notes[:2]})
    assert sorted(names(open_index(browser, "/objects/notes"))) == ["Note 0", "Note 1", "Note 2"]
    assert client_of(bob).get("/objects/notes/bin").status_code == 403


@pytest.mark.parametrize("sees_few", [True, False])
def test_only_activities_on_records_one_sees_are_listed_and_only_those_records_named_or_counted(
    client_of: Sign, bob: Viewer, charlie: Viewer, monkeypatch: pytest.MonkeyPatch, sees_few: bool
) -> None:
    monkeypatch.setattr(index, "FEW_RECORDS", 100 if sees_few else -1)
    theirs, ours = make_contact(charlie, "Hidden Hannah"), make_contact(bob, "Seen Sam")
    make_note(charlie, theirs, "<p>Not for Bob</p>")
    mine = make_note(bob, ours, "<p>For Bob</p>")
    end_read()
    with unit_of_work():
        link(SYSTEM, mine, theirs)
    page = open_index(client_of(bob), "/objects/notes")
    assert names(page) == ["For Bob"]
    assert "Hidden Hannah" not in page.text
    assert "1 association" in page.text
    assert "1 in all" in page.text


def test_db_05_calls_are_counted_by_outcome(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice)
    for outcome, direction in (("BUSY", "INBOUND"), ("CONNECTED", "INBOUND"), ("CONNECTED", "OUTBOUND")):
        make_call(alice, contact, outcome=outcome, direction=direction)
    for condition, count in (
        ("outcome:any:CONNECTED", 2),
        ("outcome:any:BUSY", 1),
        ("outcome:none:BUSY", 2),
        ("outcome:any:CONNECTED&filter=direction:any:INBOUND", 1),
    ):
        page = open_index(browser, f"/objects/calls?filter={condition}")
        assert len(names(page)) == count, condition
        assert f"{count} in all" in page.text


def test_db_29_a_call_logged_afterwards_stands_where_it_happened(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice)
    today = now()
    for days, title in ((1, "Yesterday"), (400, "Last year"), (3, "This week")):
        make_call(alice, contact, title=title, activity_date=today - timedelta(days=days))
    assert names(open_index(browser, "/objects/calls")) == ["Yesterday", "This week", "Last year"]
    other_way = open_index(browser, "/objects/calls").one("a", id="sort-activity_date")["href"]
    assert names(open_index(browser, other_way)) == ["Last year", "This week", "Yesterday"]


def test_pages_follow_each_other_also_among_activities_of_one_moment(browser: FlaskClient, alice: Viewer) -> None:
    contact, moment = make_contact(alice), now()
    for number in range(52):
        make_call(alice, contact, title=f"Call {number:02}", activity_date=moment - timedelta(hours=number % 2))
    page, seen = open_index(browser, "/objects/calls"), []
    while True:
        seen += names(page)
        ways = page.all("a", id="page-next")
        if not ways:
            break
        page = open_index(browser, ways[0]["href"])
    newest_first = sorted(range(52), key=lambda number: (number % 2, -number))
    assert seen == [f"Call {number:02}" for number in newest_first]


def test_search_box_finds_by_the_texts_of_activities(
    browser: FlaskClient, alice: Viewer, work: Callable[[], None]
) -> None:
    contact = make_contact(alice)
    make_note(alice, contact, "<p>They want lemons</p>")
    make_note(alice, contact, "<p>They want oranges</p>")
    make_call(alice, contact, title="Lemons again")
    for _ in range(2):
        assert names(open_index(browser, "/objects/notes?q=lemons")) == ["They want lemons"]
        work()
    assert names(open_index(browser, "/objects/notes?q=apples")) == []


def test_task_is_completed_from_its_list_and_opened_again(client_of: Sign, bob: Viewer, dana: Viewer) -> None:
    task = make_task(bob, make_contact(bob), title="Send prices", status="WAITING")
    of_bob, url = client_of(bob), f"/activities/{task}/quick"
    form = open_index(of_bob, "/objects/tasks").one("form", action=url)
    assert of_bob.post(url, data=form.fields()).headers["Location"] == "/objects/tasks"
    done = open_index(of_bob, "/objects/tasks?filter=status:any:COMPLETED")
    assert names(done) == ["Send prices"]
    assert done.all("form", action=url) == []
    assert of_bob.post(f"{url}?list=1&status=WAITING").status_code == 303
    assert names(open_index(of_bob, "/objects/tasks?filter=status:any:WAITING")) == ["Send prices"]
    again = of_bob.post(url, data=form.fields(), fragment=True)
    assert "records-changed" in again.headers["HX-Trigger"]
    assert f"{url}?list=1&amp;status=WAITING" in again.text + of_bob.get("/objects/tasks").text
    assert client_of(dana).post(url, data=form.fields()).status_code == 403


@pytest.mark.parametrize("of", ["alice", "bob"])
def test_queries_do_not_grow_with_the_rows(
    request: pytest.FixtureRequest, client_of: Sign, bob: Viewer, of: str
) -> None:
    contact, company = make_contact(bob), make_company(bob)
    browser = client_of(request.getfixturevalue(of))
    counted = []
    for _ in range(2):
        for _ in range(5):
            make_activity(bob, "task", contact, also_on=[company])
        browser.get("/objects/tasks")
        with count_queries() as queries:
            assert browser.get("/objects/tasks").status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 9, queries


def test_no_id_stands_twice_where_an_activity_is_previewed_and_its_number_changes_in_both_places(
    browser: FlaskClient, alice: Viewer
) -> None:
    task = make_task(alice, make_contact(alice))
    shown = [browser.get("/objects/tasks", fragment=True), browser.get(f"/activities/{task}/preview", fragment=True)]
    ids = [name for answer in shown for name in re.findall(r' id="([^"]+)"', answer.text)]
    assert len(ids) == len(set(ids)), sorted(ids)
    assert all(f'data-associations="{task}"' in answer.text for answer in shown)
    popup = browser.get(f"/activities/{task}/associations", fragment=True).text
    assert f"hx-swap-oob=\"innerHTML:[data-associations='{task}']\"" in popup


@pytest.mark.parametrize("query", ["sort=nothing", "page-key=%00", "filter=outcome:any", "left=x", "q=%00"])
def test_nonsense_is_no_error_of_the_server(browser: FlaskClient, query: str) -> None:
    assert browser.get(f"/objects/calls?{query}").status_code < 500


def test_own_page_of_a_call_has_a_button_that_saves_its_outcome(browser: FlaskClient, alice: Viewer) -> None:
    call = make_call(alice, make_contact(alice), outcome="BUSY")
    for way in ("", "/preview"):
        form = open_index(browser, f"/activities/{call}{way}").one("form", css="quick")
        assert "when-scriptless" not in form.one("button")["class"]
