"""Quick filters: one click above a list, and which there are (SPEC 5.2)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from crm.clock import now
from crm.filters.quick import quick_filters, quick_names, with_quick
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from tests.factories import make_contact, make_deal
from tests.records.test_index import names, open_index
from tests.records.test_index_filters import chips, filtered
from tests.support.html import Element, read
from tests.support.queries import count_queries


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    """Bob's browser."""
    return client_of(bob)


def click(browser: FlaskClient, page: Element, name: str, label: str) -> Element:
    """What the list shows after a click in the menu of a quick filter."""
    form = page.one("form", id="quick-filters")
    menu = next(one for one in form.all("details") if one.one("summary")["id"] == f"quick-{name}")
    button = next(one for one in menu.all("button") if one.text == label)
    answer = browser.get(form["action"], query_string=[*form.fields().items(), ("quick", button["value"])])
    return open_index(browser, answer.location)


@pytest.mark.parametrize(
    ("plural", "labels"),
    [("contacts", ["Contact owner", "Create date", "Last activity date", "Lead status"]),
     ("companies", ["Company owner", "Create date", "Last activity date", "Lead status"]),
     ("deals", ["Deal owner", "Create date", "Last activity date", "Close date"]),
     ("tickets", ["Ticket owner", "Create date", "Last activity date", "Priority"]),
     ("calls", ["Assigned to", "Activity date"])],
)  # fmt: skip
def test_every_object_has_its_quick_filters(plural: str, labels: list[str], browser: FlaskClient) -> None:
    page = open_index(browser, f"/objects/{plural}")
    assert [one.one("summary").text for one in page.one("form", id="quick-filters").all("details")] == labels


def test_a_click_narrows_another_widens_and_one_more_takes_back(browser: FlaskClient, bob: Viewer) -> None:
    for name, status in (("Ada New", "NEW"), ("Ada Open", "OPEN"), ("Ada None", None)):
        make_contact(bob, name, hs_lead_status=status)
    page = click(browser, open_index(browser, "/objects/contacts?sort=firstname"), "hs_lead_status", "New")
    assert (names(page), chips(page)) == (["Ada New"], ["Lead status is any of New"])
    page = click(browser, page, "hs_lead_status", "Open")
    assert (set(names(page)), chips(page)) == ({"Ada New", "Ada Open"}, ["Lead status is any of New, Open"])
    assert page.one("summary", id="quick-hs_lead_status").text == "Lead status: New, Open"
    page = click(browser, page, "hs_lead_status", "New")
    assert names(page) == ["Ada Open"]
    page = click(browser, page, "hs_lead_status", "Unknown")
    assert names(page) == ["Ada None"]
    page = click(browser, page, "hs_lead_status", "Clear")
    assert (len(names(page)), chips(page)) == (3, [])
    page = click(browser, page, "hubspot_owner_id", "Me")
    page = click(browser, page, "createdate", "in the last 7 days")
    assert chips(page) == ["Contact owner is any of Me", "Create date is in the last 7 days"]


def test_a_quick_filter_narrows_every_group(browser: FlaskClient, bob: Viewer) -> None:
    make_contact(bob, "Ada New", city="Oslo", hs_lead_status="NEW")
    make_contact(bob, "Ada Open", city="Rome", hs_lead_status="OPEN")
    page = open_index(browser, filtered("city:equal_any:Oslo", "or", "city:equal_any:Rome"))
    page = click(browser, page, "hs_lead_status", "Open")
    assert names(page) == ["Ada Open"]
    assert page.one("summary", id="quick-hs_lead_status").text == "Lead status: Open"


def test_a_date_ahead_is_asked_of_what_can_lie_ahead(browser: FlaskClient, bob: Viewer) -> None:
    make_deal(bob, "Soon", closedate=now() + timedelta(days=3))
    make_deal(bob, "Later", closedate=now() + timedelta(days=60))
    page = click(browser, open_index(browser, "/objects/deals"), "closedate", "in the next 7 days")
    assert names(page) == ["Soon"]
    kind = schema().object_type("deal")
    created = quick_filters(kind, ["createdate"], (), Context())[0]
    assert not any("next" in choice.text for choice in created.choices)


@pytest.mark.parametrize("asked", ["nonsense:any:1", "hs_lead_status:any:gone", ":", "\x00", "a" * 3000])
def test_a_click_that_means_nothing_is_said_and_shows_nothing(asked: str, browser: FlaskClient, bob: Viewer) -> None:
    make_contact(bob)
    answer = browser.get("/objects/contacts", query_string={"quick": asked}, follow_redirects=True)
    assert answer.status_code in (200, 422)
    if answer.status_code == 422:
        assert not read(answer.text).all("tbody")


def test_what_is_left_of_no_group_holds_for_every_record() -> None:
    assert with_quick(["city:known", "or", "hs_lead_status:any:NEW"], "hs_lead_status") == []
    assert with_quick([], "hs_lead_status:any:NEW") == ["hs_lead_status:any:NEW"]


def test_which_quick_filters_there_are_is_for_each_person_to_choose(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, alice: Viewer
) -> None:
    browser = client_of(bob)
    page = open_index(browser, "/objects/contacts?sort=city")
    form = open_index(browser, page.one("a", title="Choose quick filters")["href"]).one("form", css="quick-choice")
    ticked = [one["value"] for one in form.all("input", name="name") if "checked" in one]
    assert set(ticked) == set(quick_names(schema().object_type("contact")))
    wanted = {"name": ["lifecyclestage", "birthday"], "sort": "city"}
    answer = browser.post(form["action"], data=wanted)
    assert "sort=city" in answer.location
    page = open_index(browser, answer.location)
    assert {one["id"] for one in page.all("summary", css="quick-filter")} == {"quick-lifecyclestage"}
    assert len(open_index(client_of(alice), "/objects/contacts").all("summary", css="quick-filter")) == 4
    many = browser.post(form["action"], data={"name": [f"p{number}" for number in range(7)]})
    assert (many.status_code, "At most 6 quick filters." in many.text) == (422, True)
    browser.post(form["action"], data={"usual": "1"})
    assert len(open_index(browser, "/objects/contacts").all("summary", css="quick-filter")) == 4


def test_quick_filters_cost_no_query(browser: FlaskClient, bob: Viewer) -> None:
    make_contact(bob, hs_lead_status="NEW")
    cost = []
    for address in ("/objects/contacts?sort=email", filtered("hs_lead_status:any:NEW|OPEN", sort="email")):
        browser.get(address)
        with count_queries() as queries:
            browser.get(address)
        cost.append(len(queries))
    assert cost[0] == cost[1] <= 8
