"""Reports made from an index page, their page, and dashboards (issue 7, SPEC DB-05, DB-14)."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient

from crm.accounts.queries import directory
from crm.accounts.sharing import Visibility
from crm.db import end_read, unit_of_work
from crm.filters.addresses import read_condition
from crm.objects.archiving import archive_property
from crm.objects.definition_errors import InvalidDefinition
from crm.objects.properties import create_property
from crm.permissions.viewer import Viewer
from crm.reports import operations
from crm.reports.queries import dashboards_for, tiles_of
from crm.reports.views import dashboards
from tests.factories import make_call, make_company, make_contact, make_deal, relate
from tests.support.html import Element, read
from tests.support.lists import make_list
from tests.support.queries import count_queries

SignIn = Callable[[Viewer], FlaskClient]
NEW = "/reports/new"


def page(browser: FlaskClient, url: str, status: int = 200) -> Element:
    answer = browser.get(url)
    assert answer.status_code == status, answer.text[:2000]
    return read(answer.text)


def link(where: Element, text: str) -> str:
    [found] = [one["href"] for one in where.all("a") if one.text == text]
    return found


def numbers(shown: Element) -> dict[str, list[str]]:
    """The rows of the table of a report."""
    rows = shown.one("table").all("tr")[1:]
    return {row.one("th").text: [cell.text for cell in row.all("td")] for row in rows}


def records(shown: Element) -> list[str]:
    """The names on an index page."""
    return [row.text.removesuffix(" Preview") for row in shown.one("table").all("th", scope="row")]


@pytest.fixture
def deals(alice: Viewer) -> None:
    for name, stage, amount in (("One", "contractsent", 100), ("Two", "contractsent", 50), ("Three", "closedwon", 7)):
        make_deal(alice, name, dealstage=stage, pipeline="default", amount=Decimal(amount))


@pytest.mark.parametrize(
    ("objects", "words", "row"),
    [
        ("deals", "Sales by stage", ("Contract sent", ["$150.00", "2"])),
        ("calls", "Calls by outcome", ("Busy", ["1"])),
        ("deals", "Deals by source", ("CRM UI", ["3"])),
    ],
)
def test_sales_by_stage_calls_by_outcome_and_deals_by_source_are_three_clicks(
    objects: str, words: str, row: tuple[str, list[str]], deals: None, alice: Viewer, client_of: SignIn
) -> None:
    make_call(alice, make_contact(alice), outcome="BUSY")
    browser = client_of(alice)
    start = page(browser, "/objects/contacts")
    index = page(browser, next(url for url in start.links() if url == f"/objects/{objects}"))
    offered = page(browser, index.one("a", id="make-report")["href"])
    shown = page(browser, link(offered, words))
    assert row[0] in numbers(shown), numbers(shown)
    assert numbers(shown)[row[0]] == row[1]


def test_report_is_about_what_the_index_page_shows(deals: None, alice: Viewer, client_of: SignIn) -> None:
    browser = client_of(alice)
    url = page(browser, "/objects/deals?filter=amount:greater:10").one("a", id="make-report")["href"]
    assert ("filter", "amount:greater:10") in parse_qsl(urlsplit(url).query)
    shown = page(browser, f"{url}&group=dealstage")
    assert numbers(shown)["Contract sent"] == ["2"]
    assert numbers(shown)["Total"] == ["2"]
    assert "Amount is greater than" in shown.text


def test_every_number_leads_to_what_it_counts(deals: None, alice: Viewer, client_of: SignIn) -> None:
    browser = client_of(alice)
    shown = page(browser, f"{NEW}?object=deals&group=dealstage&measure=sum:amount&filter=amount:less:1000")
    url = next(one["href"] for one in shown.one("table").all("a") if one.text == "$150.00")
    assert sorted(records(page(browser, url))) == ["One", "Two"]
    url = next(one["href"] for one in shown.one("table").all("a") if one.text == "3")
    assert len(records(page(browser, url))) == 3


def test_db_05_calls_are_counted_by_outcome(alice: Viewer, client_of: SignIn) -> None:
    contact = make_contact(alice)
    for outcome in ("BUSY", "BUSY", "CONNECTED"):
        make_call(alice, contact, outcome=outcome)
    make_call(alice, contact)
    found = numbers(page(client_of(alice), f"{NEW}?object=calls&group=outcome"))
    assert found == {"Busy": ["2"], "Connected": ["1"], "Unknown": ["1"], "Total": ["4"]}


def test_db_14_property_of_ones_own_is_used_in_a_report_and_cannot_go_meanwhile(
    alice: Viewer, client_of: SignIn
) -> None:
    with unit_of_work():
        create_property("contact", "Shoe size", "number", "contact", (), {})
    make_contact(alice, "Ada Berg", shoe_size=Decimal(38))
    browser = client_of(alice)
    url = f"{NEW}?object=contacts&group=shoe_size&step=values"
    form = page(browser, url).one("form", css="report-keep").fields() | {"name": "Shoes"}
    assert browser.post("/reports/tiles", data=form).status_code == 303
    end_read()
    with pytest.raises(InvalidDefinition), unit_of_work():
        archive_property(alice, "contact", "shoe_size")
    assert "Shoes" in browser.get("/reports").text


def test_db_42_report_on_what_is_associated_with_a_record(deals: None, alice: Viewer, client_of: SignIn) -> None:
    company = make_company(alice)
    relate(alice, company, make_deal(alice, "Theirs"))
    browser = client_of(alice)
    url = page(browser, f"/objects/deals?associated={company}").one("a", id="make-report")["href"]
    shown = page(browser, f"{url}&group=dealstage")
    assert numbers(shown)["Total"] == ["1"]
    assert records(page(browser, shown.one("tfoot").one("a")["href"])) == ["Theirs"]


def test_list_tells_the_reports_that_ask_for_its_members(alice: Viewer, client_of: SignIn) -> None:
    berliners = make_list(alice, "Berliners", "city:equal_any:Berlin")
    browser = client_of(alice)
    asked = {"object": "contacts", "group": "city", "filter": f"list.member:any:{berliners}", "name": "Where they live"}
    browser.post("/reports/tiles", data=asked)
    uses = page(browser, f"/lists/{berliners}/details").one(id="uses")
    assert "The report “Where they live” on the dashboard “My reports”" in uses.text


def test_dashboard_is_shared_and_drawn_for_whoever_reads_it(
    alice: Viewer, bob: Viewer, charlie: Viewer, client_of: SignIn
) -> None:
    for owner in (alice, bob, charlie):
        make_deal(owner, f"Of {owner.name}")
    browser = client_of(bob)
    form = page(browser, f"{NEW}?object=deals&group=dealstage").one("form", css="report-keep").fields()
    made = browser.post("/reports/tiles", data=form | {"name": "Stages"})
    url = urlsplit(made.location).path
    assert numbers(page(browser, url))["Total"] == ["2"]
    tile = urlsplit(made.location).fragment.removeprefix("tile-")
    writes = ("order", "deletion", "setup", f"tiles/{tile}/setup", f"tiles/{tile}/removal")
    others = client_of(charlie)
    assert others.get(url).status_code == 404
    sent = {"tile": tile, "name": "Theirs", "size": "half", "visibility": Visibility.PRIVATE.value}
    assert {others.post(f"{url}/{one}", data=sent).status_code for one in writes} == {404}
    setup = page(browser, f"{url}/setup").one("form", css="form").fields()
    assert browser.post(f"{url}/setup", data=setup | {"visibility": Visibility.EVERYONE.value}).status_code == 303
    assert numbers(page(others, url))["Total"] == ["1"]
    assert others.get(f"{url}/setup").status_code == 403
    assert {others.post(f"{url}/{one}", data=sent).status_code for one in writes} == {403}
    form = {"object": "deals", "group": "dealstage", "name": "Theirs", "dashboard": url.rpartition("/")[2]}
    assert others.post("/reports/tiles", data=form).status_code == 403


def test_reports_on_a_dashboard_are_moved_named_taken_off_and_the_whole_comes_back(
    alice: Viewer, client_of: SignIn
) -> None:
    browser = client_of(alice)
    with unit_of_work():
        board = operations.create_dashboard(alice, operations.Content("Mine"))
    url = f"/reports/{board}"
    for name in ("A", "B", "C"):
        form = {"object": "deals", "group": "dealstage", "name": name, "dashboard": str(board), "size": "half"}
        assert browser.post("/reports/tiles", data=form).status_code == 303
    first, second, third = (one.id for one in tiles_of(board))
    browser.post(f"{url}/order", data={"down": str(first)})
    end_read()
    assert [one.name for one in tiles_of(board)] == ["B", "A", "C"]
    browser.post(f"{url}/order", data={"tile": [str(third), str(second), str(first)]})
    browser.post(f"{url}/tiles/{first}/setup", data={"name": "Last", "size": "whole"})
    browser.post(f"{url}/tiles/{second}/removal")
    end_read()
    assert [(one.name, one.size) for one in tiles_of(board)] == [("C", "half"), ("Last", "whole")]
    assert browser.post(f"{url}/deletion").status_code == 303
    end_read()
    assert dashboards_for(alice) == []
    browser.post(f"{url}/restoration")
    assert page(browser, "/reports").one("h1").text == "Mine"


def test_report_that_comes_late_asks_for_itself(
    deals: None, alice: Viewer, client_of: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = client_of(alice)
    form = {"object": "deals", "group": "dealstage", "name": "Stages", "size": "half"}
    made = browser.post("/reports/tiles", data=form)
    monkeypatch.setattr(dashboards, "LONGEST_WAIT", -1)
    late = page(browser, urlsplit(made.location).path).one("section", css="tile")
    assert late["hx-trigger"] == "load"
    assert link(late, "Open it").startswith(NEW)
    answer = browser.get(late["hx-get"], headers={"HX-Request": "true"})
    assert numbers(read(answer.text))["Contract sent"] == ["2"]


def test_report_is_kept_under_the_name_it_has_by_itself(deals: None, alice: Viewer, client_of: SignIn) -> None:
    with unit_of_work():
        create_property("deal", "Crates that they will want in the first year", "number", "deal", (), {})
    browser = client_of(alice)
    name = "crates_that_they_will_want_in_the_first_year"
    url = f"{NEW}?object=deals&measure=average:{name}&group={name}&by=dealstage"
    form = page(browser, url).one("form", css="report-keep").fields()
    assert len(form["name"]) > operations.LONGEST_NAME
    assert browser.post("/reports/tiles", data=form).status_code == 303


def test_report_that_means_nothing_is_not_kept(alice: Viewer, client_of: SignIn) -> None:
    browser = client_of(alice)
    for chosen in ({"group": "nothing"}, {"group": ""}, {"group": "dealstage", "filter": "nothing:any:1"}):
        answer = browser.post("/reports/tiles", data={"object": "deals", "name": "Dead"} | chosen)
        assert answer.status_code == 422, chosen
        assert read(answer.text).all("p", css="field-error") or "have no property" in answer.text, chosen
    assert dashboards_for(alice) == []


def test_super_admin_who_makes_a_dashboard_of_somebody_else_private_is_not_led_to_it(
    alice: Viewer, bob: Viewer, client_of: SignIn
) -> None:
    with unit_of_work():
        board = operations.create_dashboard(bob, operations.Content("Of Bob", Visibility.EVERYONE.value))
    browser = client_of(alice)
    setup = page(browser, f"/reports/{board}/setup").one("form", css="form").fields()
    answer = browser.post(f"/reports/{board}/setup", data=setup | {"visibility": Visibility.PRIVATE.value})
    assert answer.location == "/reports"
    assert "Saved." in browser.get(answer.location).text


def test_long_address_of_a_report_taken_off_does_not_fill_the_cookie(alice: Viewer, client_of: SignIn) -> None:
    browser = client_of(alice)
    asked = {"object": "contacts", "group": "city", "name": "Towns"}
    for number, texts in enumerate((["city:equal_any:Oslo"], [f"city:equal_any:{word}" for word in range(90)])):
        browser.post("/reports/tiles", data=asked | {"filter": texts})
        board = dashboards_for(alice)[-1]
        tile = tiles_of(board.id)[0]
        end_read()
        said = browser.post(f"/reports/{board.id}/tiles/{tile.id}/removal", follow_redirects=True)
        assert "is taken off." in said.text
        assert ("Open it" in said.text) is (number == 0)


def test_dashboard_costs_one_query_for_each_report(deals: None, alice: Viewer, client_of: SignIn) -> None:
    browser = client_of(alice)
    costs = []
    for _ in range(2):
        form = {"object": "deals", "group": "dealstage", "name": "Stages", "size": "half", "dashboard": "new"}
        boards = dashboards_for(alice)
        if boards:
            form["dashboard"] = str(boards[0].id)
        end_read()
        browser.post("/reports/tiles", data=form)
        with count_queries() as queries:
            browser.get("/reports")
        costs.append(len(queries))
    assert costs[1] == costs[0] + 1
    assert costs[1] <= 8, queries


def test_table_is_taken_away_with_cells_that_are_no_formulas(alice: Viewer, client_of: SignIn) -> None:
    make_contact(alice, "Ada Berg", city="=1+1")
    answer = client_of(alice).get("/reports/table.csv?object=contacts&group=city")
    assert answer.mimetype == "text/csv"
    assert answer.text.splitlines() == ["\ufeff,Number of contacts", "'=1+1,1"]


def test_amounts_in_other_currencies_are_never_added_up(alice: Viewer, client_of: SignIn) -> None:
    make_deal(alice, "Home", amount=Decimal(5))
    make_deal(alice, "Abroad", amount=Decimal(1000), deal_currency_code="PLN")
    browser = client_of(alice)
    shown = page(browser, f"{NEW}?object=deals&group=dealstage&measure=sum:amount")
    assert numbers(shown)["Total"] == ["$5.00", "2"]
    assert records(page(browser, link(shown, "Amounts in other currencies are left out: 1."))) == ["Abroad"]


def test_moments_fall_on_the_day_of_the_readers_clock(alice: Viewer, client_of: SignIn) -> None:
    moment = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
    make_deal(alice, "Late", closedate=moment)
    person = directory().users[alice.user_id or 0]
    assert person is not None
    browser = client_of(alice)
    url = f"{NEW}?object=deals&group=closedate&step=day"
    assert "28 Feb 2026" in numbers(page(browser, url))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("group=nothing", "Choose a property that groups can be made of."),
        ("group=dealstage&by=dealstage", "Choose two different properties."),
        ("group=dealstage&measure=sum:dealname", "Choose what is counted or added up."),
        ("group=dealstage&measure=drop", "Choose what is counted or added up."),
        ("group=closedate&step=hour", "Choose one of these."),
        ("group=dealstage&shape=pie", "Choose a shape."),
        ("group=dealstage&filter=nothing:any:1", "Deals have no property “nothing”."),
    ],
)
def test_what_means_nothing_is_said_and_never_counted(
    asked: str, message: str, alice: Viewer, client_of: SignIn
) -> None:
    shown = page(client_of(alice), f"{NEW}?object=deals&{asked}", 422)
    assert message in shown.text
    assert not shown.all("table")


def test_step_of_the_property_before_does_no_harm(deals: None, alice: Viewer, client_of: SignIn) -> None:
    url = f"{NEW}?object=deals&group=dealstage&step=month&by=createdate&by-step=ranges"
    assert numbers(page(client_of(alice), url))["Contract sent"][0] == "2"


FOREIGN = ("a;--", "sum:", ":amount", "__class__", "9" * 40)
NONSENSE = (*FOREIGN, "'", "\x00", "created_at", "record_id", "𝒳", "%", "-1", "")


def test_nonsense_changes_no_statement_and_is_never_an_error(alice: Viewer, client_of: SignIn) -> None:
    make_deal(alice)
    browser = client_of(alice)
    for name in ("group", "by", "measure", "shape", "step", "by-step", "order", "q", "filter", "associated", "label"):
        for text in NONSENSE:
            asked = {"object": "deals", "group": "dealstage"} | {name: text}
            with count_queries() as queries:
                answer = browser.get(NEW, query_string=asked)
            assert answer.status_code in (200, 404, 422), (name, text)
            assert not any(text in query for query in queries if text in FOREIGN), (name, text)


def test_conditions_of_links_can_be_read(deals: None, alice: Viewer, client_of: SignIn) -> None:
    shown = page(client_of(alice), f"{NEW}?object=deals&group=dealname&by=createdate")
    for one in shown.one("table").all("a"):
        for name, text in parse_qsl(urlsplit(one["href"]).query):
            assert name != "filter" or read_condition(text)
