"""Totals under a table, and how many rows it has: of what the reader may see (SPEC 5.1)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records import queries
from crm.selections import totals as module
from crm.selections.totals import Total, count_all, totals
from tests.factories import make_company, make_deal
from tests.support.html import read


def of_deals(viewer: Viewer, *names: str) -> dict[str, Total] | None:
    deal = schema().object_type("deal")
    found = totals(viewer, deal, [deal.property(name) for name in names], None, Context(viewer=viewer))
    return None if found is None else dict(found)


def test_each_currency_is_added_up_by_itself(bob: Viewer) -> None:
    for amount, code in ((10, "USD"), (20, ""), (6, "EUR"), (None, "SEK")):
        make_deal(bob, amount=amount, deal_currency_code=code or None)
    assert of_deals(bob, "amount") == {"amount": Total(["$30.00", "€6.00"], ["$15.00", "€6.00"])}


def test_what_is_no_number_has_no_total(bob: Viewer) -> None:
    make_deal(bob, amount=3)
    assert of_deals(bob, "dealname", "closedate", "dealstage") == {}


def test_an_average_has_no_endless_decimals(bob: Viewer) -> None:
    for number in (1, 1, 2):
        make_company(bob, numberofemployees=number)
    company = schema().object_type("company")
    found = totals(bob, company, [company.property("numberofemployees")], None, Context(viewer=bob))
    assert found == {"numberofemployees": Total(["4"], ["1.33"])}


def test_totals_and_counts_never_depend_on_what_the_reader_may_not_see(bob: Viewer, charlie: Viewer) -> None:
    make_deal(bob, amount=10)
    deal = schema().object_type("deal")
    before = of_deals(bob, "amount"), count_all(bob, deal, None)
    make_deal(charlie, amount=90)
    make_deal(charlie, amount=5, deal_currency_code="EUR")
    assert before == ({"amount": Total(["$10.00"], ["$10.00"])}, 1)
    assert (of_deals(bob, "amount"), count_all(bob, deal, None)) == before


def test_too_many_rows_are_not_added_up_in_part(bob: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ADDED", 1)
    make_deal(bob, amount=1)
    assert of_deals(bob, "amount") is not None
    make_deal(bob, amount=1)
    assert of_deals(bob, "amount") is None


def test_totals_are_asked_for_once_and_stay(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> None:
    browser = client_of(bob)
    make_deal(bob, "Apples", amount=10)
    make_deal(bob, "Pears", amount=30)
    page = read(browser.get("/objects/deals?q=apples").text)
    assert not page.all("tfoot")
    form = page.one("form", css="index-add-up")
    answer = browser.post(form["action"], data=form.fields() | {"wanted": "1"})
    assert "q=apples" in answer.location
    foot = read(browser.get(answer.location).text).one("tfoot")
    shown = read(browser.get(foot["hx-get"], fragment=True).text)
    assert [one.text for one in shown.all("td", data_label="Amount")] == ["$10.00", "$10.00"]
    assert "Totals of deals" in browser.get(foot["hx-get"]).text
    browser.post(form["action"], data={"wanted": ""})
    assert not read(browser.get("/objects/deals").text).all("tfoot")


def test_a_bounded_count_is_made_exact_on_request(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "COUNT_LIMIT", 2)
    browser = client_of(bob)
    for name in ("Apples", "Apples", "Apples", "Pears"):
        make_deal(bob, name)
    link = read(browser.get("/objects/deals?q=apples").text).one("a", css="index-exact")
    assert read(browser.get(link["href"], fragment=True).text).one("p").text == "3 in all"
    assert "3 in all" in browser.get(link["href"]).text
