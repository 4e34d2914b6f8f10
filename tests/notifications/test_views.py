"""The bell, the list, opening and reading notices, and choosing what one is told (SPEC 8.15)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.db import end_read, unit_of_work
from crm.notifications.queries import NoticeFilter, page
from crm.notifications.topics import topics
from crm.permissions.viewer import Viewer
from crm.records.operations import update_record
from tests.factories import make_contact, make_deal, make_note, make_task
from tests.support.html import Element, read
from tests.support.queries import count_queries

OWNER = "hubspot_owner_id"
ClientOf = Callable[[Viewer], FlaskClient]


def newest(viewer: Viewer) -> int:
    end_read()
    return page(viewer, NoticeFilter(), 1)[0].id


def shown(browser: FlaskClient, address: str = "/notifications") -> list[Element]:
    return read(browser.get(address).text).all("li", css="notification")


def test_the_list_tells_newest_first_what_happened_and_where(alice: Viewer, bob: Viewer, client_of: ClientOf) -> None:
    contact = make_contact(alice, **{OWNER: bob.user_id})
    make_task(alice, contact, title="Send prices", **{OWNER: bob.user_id})
    make_note(alice, contact, body=f'<data value="{bob.user_id}">@Bob</data>')
    texts = [one.one("button").text for one in shown(client_of(bob))]
    assert texts == [
        "Alice Berg mentioned you (unread) Note · Ada Berg just now",
        "Alice Berg gave you a task (unread) Task · Send prices · Ada Berg just now",
        "Alice Berg gave Ada Berg to you (unread) just now",
    ]


def test_opening_a_notice_marks_it_read_and_leads_there(alice: Viewer, bob: Viewer, client_of: ClientOf) -> None:
    contact = make_contact(alice, **{OWNER: bob.user_id})
    note = make_note(alice, contact)
    browser = client_of(bob)
    assert browser.post(f"/notifications/{newest(bob)}").location == f"/activities/{note}"
    assert ["data-unread" in one for one in shown(browser)] == [False, True]
    assert browser.post(f"/notifications/{newest(bob) - 1}").location == f"/records/{contact}"
    assert "Mark all as read" not in browser.get("/notifications").text


@pytest.mark.parametrize("who", ["alice", "charlie"])
def test_a_notice_of_somebody_else_is_not_found(
    who: str, alice: Viewer, bob: Viewer, charlie: Viewer, client_of: ClientOf
) -> None:
    make_contact(alice, **{OWNER: bob.user_id})
    other = {"alice": alice, "charlie": charlie}[who]
    assert client_of(other).post(f"/notifications/{newest(bob)}").status_code == 404
    assert shown(client_of(other)) == []


def test_all_are_marked_read_that_were_there_when_the_list_was_shown(
    alice: Viewer, bob: Viewer, client_of: ClientOf
) -> None:
    browser = client_of(bob)
    make_contact(alice, **{OWNER: bob.user_id})
    until = read(browser.get("/notifications").text).one("input", name="until")["value"]
    make_contact(alice, **{OWNER: bob.user_id})
    assert browser.post("/notifications/read", data={"until": until}).location == "/notifications"
    assert ["data-unread" in one for one in shown(browser)] == [True, False]
    assert browser.post("/notifications/read", data={"until": "x"}).status_code == 400


def test_the_list_is_narrowed_by_kind_and_to_unread_ones_and_paged(
    alice: Viewer, bob: Viewer, client_of: ClientOf
) -> None:
    browser = client_of(bob)
    deal = make_deal(alice, **{OWNER: bob.user_id})
    for _ in range(26):
        make_note(alice, deal)
    assert len(shown(browser, "/notifications?topic=assigned")) == 1
    browser.post(f"/notifications/{newest(bob)}")
    first = read(browser.get("/notifications?topic=activity&unread=1").text)
    assert len(first.all("li", css="notification")) == 25
    make_note(alice, deal)
    first = read(browser.get("/notifications").text)
    older = first.one(id="page-next")["href"]
    assert len(shown(browser, older)) == 3
    assert "No notification matches" in browser.get("/notifications?topic=mention").text
    assert browser.get("/notifications?topic=nonsense").status_code == 400


def test_the_bell_asks_with_one_query_and_gets_nothing_while_nothing_is_new(
    alice: Viewer, bob: Viewer, client_of: ClientOf
) -> None:
    browser = client_of(bob)
    bell = read(browser.get("/notifications").text).one(id="bell-count")
    assert (bell["hx-get"], bell["hx-trigger"], bell.text) == ("/notifications/unread", "load, every 30s", "")
    make_contact(alice, **{OWNER: bob.user_id})
    count = read(browser.get("/notifications/unread", fragment=True).text).one(id="bell-count")  # type: ignore[call-arg]
    assert (count.text, count["hx-trigger"]) == ("1 (1 unread)", "every 30s")
    with count_queries() as queries:
        answer = browser.get(count["hx-get"], fragment=True)  # type: ignore[call-arg]
    assert (answer.status_code, answer.text) == (204, "")
    assert len(queries) == 2, queries  # who asks, and how many
    assert browser.get("/notifications/unread").location == "/notifications"


def test_more_than_ninety_nine_are_not_counted(alice: Viewer, bob: Viewer, client_of: ClientOf) -> None:
    end_read()
    deal = make_deal(alice, **{OWNER: bob.user_id})
    for name in range(100):
        end_read()
        with unit_of_work():
            update_record(alice, deal, {"dealstage": ("qualifiedtobuy", "contractsent")[name % 2]})
    text = client_of(bob).get("/notifications/unread", fragment=True).text  # type: ignore[call-arg]
    assert read(text).one(id="bell-count").text == "99+ (more than 99 unread)"


def test_a_page_of_notices_costs_the_same_for_one_and_for_many(
    alice: Viewer, bob: Viewer, client_of: ClientOf
) -> None:
    browser = client_of(bob)
    costs = []
    for amount in (1, 11):
        for _ in range(amount):
            contact = make_contact(alice, **{OWNER: bob.user_id})
            make_note(alice, contact, body=f'<data value="{bob.user_id}">@Bob</data>')
        browser.get("/notifications")
        with count_queries() as queries:
            browser.get("/notifications")
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 3, queries


def test_the_panel_and_the_page_show_the_same_list(alice: Viewer, bob: Viewer, client_of: ClientOf) -> None:
    make_contact(alice, **{OWNER: bob.user_id})
    panel = read(client_of(bob).get("/notifications", fragment=True).text)  # type: ignore[call-arg]
    assert panel.one("h2", id="panel-title").text == "Notifications"
    assert panel.one("li", css="notification").text == shown(client_of(bob))[0].text


def test_kinds_are_switched_off_by_oneself_for_oneself(alice: Viewer, bob: Viewer, client_of: ClientOf) -> None:
    browser = client_of(bob)
    ticks = read(browser.get("/settings/notifications").text).all("input", name="topic")
    assert [one["value"] for one in ticks] == [topic.name for topic in topics]
    assert all("checked" in one for one in ticks)
    assert browser.post("/settings/notifications", data={"topic": ["mention"]}).location == "/settings/notifications"
    ticks = read(browser.get("/settings/notifications").text).all("input", name="topic")
    assert [one["value"] for one in ticks if "checked" in one] == ["mention"]
    make_contact(alice, **{OWNER: bob.user_id})
    assert shown(browser) == []
    assert browser.post("/settings/notifications", data={"topic": ["nonsense"]}).status_code == 400
