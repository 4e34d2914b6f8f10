"""What is on the days of a month, and the page of it (SPEC 5.3)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine
from flask.testing import FlaskClient

from crm.calendars.month import Month
from crm.calendars.queries import PER_DAY, OnDay, month_of
from crm.clock import now
from crm.db import end_read, unit_of_work
from crm.objects.properties import create_property
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from tests.factories import make_contact, make_deal, make_note
from tests.factories.activities import make_activity
from tests.support.html import Element, read
from tests.support.queries import count_queries

MARCH = Month(2026, 3)
UTC_ZONE = ZoneInfo("UTC")
CALENDAR = "/objects/deals?mode=calendar"
ClientOf = Callable[[Viewer], FlaskClient]


def closing(viewer: Viewer, zone: ZoneInfo = UTC_ZONE, name: str = "closedate") -> dict[date, OnDay]:
    end_read()
    kind = schema().object_type("deal")
    return month_of(viewer, kind, kind.property(name), MARCH, zone, ["dealname"])


def deal_on(viewer: Viewer, day: int, hour: int = 12, name: str = "Oranges") -> int:
    return make_deal(viewer, name, closedate=datetime(2026, 3, day, hour, tzinfo=UTC))


def cells(page: Element) -> dict[str, Element]:
    return {one.one("time")["datetime"]: one for one in page.all("li", css="calendar-day")}


def test_a_moment_falls_on_the_day_it_has_where_the_reader_is(bob: Viewer) -> None:
    deal_on(bob, 10, 23)
    assert list(closing(bob)) == [date(2026, 3, 10)]
    assert list(closing(bob, ZoneInfo("Europe/Warsaw"))) == [date(2026, 3, 11)]
    assert list(closing(bob, ZoneInfo("America/New_York"))) == [date(2026, 3, 10)]


def test_a_date_is_the_same_day_everywhere(bob: Viewer) -> None:
    end_read()
    with unit_of_work():
        name = create_property("deal", "Kick-off", "date", "deal", ()).name
    make_deal(bob, **{name: date(2026, 3, 1)})
    make_deal(bob, **{name: date(2026, 3, 31)})
    for zone in ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
        assert list(closing(bob, ZoneInfo(zone), name)) == [date(2026, 3, 1), date(2026, 3, 31)]


def test_a_day_has_its_first_records_and_says_how_many_there_are(bob: Viewer) -> None:
    for hour in reversed(range(PER_DAY + 3)):
        deal_on(bob, 10, hour, f"At {hour}")
    deal_on(bob, 12)
    make_deal(bob, closedate=datetime(2027, 3, 10, tzinfo=UTC))
    found = closing(bob)
    assert {day.day: on_day.number for day, on_day in found.items()} == {10: PER_DAY + 3, 12: 1}
    assert [record.title for record, _at in found[date(2026, 3, 10)].rows] == [f"At {hour}" for hour in range(PER_DAY)]


def test_nothing_in_a_calendar_depends_on_rows_the_reader_may_not_see(bob: Viewer, charlie: Viewer) -> None:
    deal_on(bob, 10)
    before = closing(bob)
    deal_on(charlie, 10, 1)
    deal_on(charlie, 20)
    assert closing(bob) == before


def test_a_month_costs_one_query_however_much_is_in_it(bob: Viewer) -> None:
    for day in (1, 10, 10, 10, 10, 10, 20, 31):
        deal_on(bob, day)
    schema()
    with count_queries() as queries:
        closing(bob)
    assert len(queries) <= 2, queries


def test_the_rest_of_a_day_is_a_table_of_that_day(
    clock: time_machine.Traveller, bob: Viewer, client_of: ClientOf
) -> None:
    client = client_of(bob)
    for hour in range(PER_DAY + 2):
        deal_on(bob, 10, hour)
    deal_on(bob, 11)
    page = read(client.get(f"{CALENDAR}&filter=dealname:known").text)
    cell = cells(page)["2026-03-10"]
    assert len(cell.all("a", css="calendar-item")) == PER_DAY
    more = cell.one("a", css="calendar-more")
    assert more.text == "2 more : 10 Mar 2026"
    table = read(client.get(more["href"]).text)
    assert len(table.all("tbody")[0].all("tr")) == PER_DAY + 2
    assert "aria-current" in cells(page)["2026-03-11"]


def test_the_way_through_the_months_and_the_date_stands_in_the_address(
    clock: time_machine.Traveller, bob: Viewer, client_of: ClientOf
) -> None:
    client = client_of(bob)
    deal_on(bob, 10)
    page = read(client.get(CALENDAR).text)
    assert page.one(id="calendar-title").text == "March 2026"
    april = read(client.get(page.one(id="month-next")["href"]).text)
    assert april.one(id="calendar-title").text == "April 2026"
    assert "Nothing in this month." in april.text
    assert read(client.get(april.one(id="month-today")["href"]).text).one(id="calendar-title").text == "March 2026"
    made = read(client.get(f"{CALENDAR}&date=createdate").text)
    assert "calendar-item" in str(cells(made)[now().date().isoformat()].all("a")[0].attributes)


def test_activities_stand_at_their_hour_and_only_those_one_may_see(
    clock: time_machine.Traveller, bob: Viewer, charlie: Viewer, client_of: ClientOf
) -> None:
    soon = now() + timedelta(days=2)
    make_activity(bob, "meeting", make_contact(bob), title="Tasting", activity_date=soon, ends_at=soon)
    theirs = make_contact(charlie)
    make_activity(charlie, "meeting", theirs, title="Secret", activity_date=soon, ends_at=soon)
    make_note(charlie, theirs)
    page = read(client_of(bob).get("/objects/meetings?mode=calendar").text)
    assert cells(page)["2026-03-13"].one("a", css="calendar-item").text == "12:00 Tasting"
    assert "Secret" not in page.text
    assert "1 in this month" in page.text


def test_the_page_of_a_calendar_costs_eight_queries_at_most(
    clock: time_machine.Traveller, bob: Viewer, client_of: ClientOf
) -> None:
    client, costs = client_of(bob), []
    for amount in (5, 45):
        for number in range(amount):
            deal_on(bob, 1 + number % 28)
        client.get(CALENDAR)
        with count_queries() as queries:
            assert client.get(CALENDAR).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 8, queries
