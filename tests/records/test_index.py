"""The index page: columns, sorting, search and counts (SPEC 5.1)."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.permissions.viewer import Viewer
from crm.records import queries
from tests.factories import make_company, make_contact, make_deal, make_lead, make_ticket
from tests.support.html import Element, read


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], alice: Viewer) -> FlaskClient:
    """Alice's browser."""
    return client_of(alice)


def open_index(browser: FlaskClient, url: str) -> Element:
    answer = browser.get(url)
    assert answer.status_code == 200
    return read(answer.text)


def names(page: Element) -> list[str]:
    """The first column."""
    bodies = page.all("tbody")
    return [row.one("div", css="table-name").all("a")[0].text for body in bodies for row in body.all("tr")]


def test_newest_records_come_first(browser: FlaskClient, alice: Viewer) -> None:
    for name in ("Ada A", "Ada B", "Ada C"):
        make_contact(alice, name)
    assert names(open_index(browser, "/objects/contacts")) == ["Ada C", "Ada B", "Ada A"]


@pytest.mark.parametrize(
    ("plural", "make"),
    [("contacts", make_contact), ("companies", make_company), ("deals", make_deal), ("tickets", make_ticket),
     ("leads", make_lead)],
)  # fmt: skip
def test_asc_27_every_object_has_an_index_with_links_to_its_records(
    browser: FlaskClient, alice: Viewer, plural: str, make: Callable[[Viewer], int]
) -> None:
    record = make(alice)
    page = open_index(browser, f"/objects/{plural}")
    assert f"/records/{record}" in page.one("tbody").links()
    assert f"/records/{record}/preview" in page.one("tbody").links()
    assert browser.get(f"/records/{record}").status_code == 200


def test_every_header_sorts_both_ways(browser: FlaskClient, alice: Viewer) -> None:
    for name, city in (("Ada A", "b"), ("Ada B", "c"), ("Ada C", "a")):
        make_contact(alice, name, company=city)
    page = open_index(browser, "/objects/contacts")
    for link in page.all("a", css="table-sort"):
        first = open_index(browser, link["href"])
        other = open_index(browser, first.one("a", id=link["id"])["href"])
        assert sorted(names(first)) == sorted(names(other)) == ["Ada A", "Ada B", "Ada C"]
    by_company = open_index(browser, page.one("a", id="sort-company")["href"])
    assert names(by_company) == ["Ada C", "Ada A", "Ada B"]
    assert names(open_index(browser, by_company.one("a", id="sort-company")["href"])) == ["Ada B", "Ada A", "Ada C"]


def test_the_sorted_column_says_so(browser: FlaskClient, alice: Viewer) -> None:
    make_contact(alice)
    page = open_index(browser, "/objects/contacts?sort=email&direction=desc")
    assert [one.text for one in page.all("th", aria_sort="descending")] == ["Email"]


@pytest.mark.parametrize(
    ("q", "found"),
    [("berg", ["Ada Berg"]), ("ada b", ["Ada Berg"]), ("EVA", ["Eva Lund"]), ("eva@example.com", ["Eva Lund"]),
     ("xyzzy", []), ("%", []), ("'", []), ("ada lund", [])],
)  # fmt: skip
def test_the_search_box_finds_by_beginnings_of_words(
    browser: FlaskClient, alice: Viewer, q: str, found: list[str]
) -> None:
    make_contact(alice, "Ada Berg")
    make_contact(alice, "Eva Lund", email="eva@example.com")
    page = read(browser.get("/objects/contacts", query_string={"q": q}).text)
    assert names(page) == found


def test_an_empty_result_leads_back(browser: FlaskClient, alice: Viewer) -> None:
    make_contact(alice)
    page = open_index(browser, "/objects/contacts?q=xyzzy")
    assert "Nothing matches “xyzzy”" in page.text
    assert "/objects/contacts" in page.one("main").links()


def test_the_search_is_kept_while_sorting_and_paging(browser: FlaskClient, alice: Viewer) -> None:
    for number in range(30):
        make_contact(alice, f"Ada {number:02}")
    make_contact(alice, "Eva Lund")
    page = open_index(browser, "/objects/contacts?q=ada&sort=lastname")
    assert page.one("footer", css="index-foot").one("p").text == "30 in all"
    second = open_index(browser, page.one("a", id="page-next")["href"])
    assert len(names(page) + names(second)) == 30
    assert "Eva Lund" not in names(second)
    assert names(open_index(browser, second.one("a", id="page-first")["href"])) == names(page)


def test_a_large_count_is_bounded(browser: FlaskClient, alice: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "COUNT_LIMIT", 2)
    for _ in range(3):
        make_contact(alice)
    foot = open_index(browser, "/objects/contacts").one("footer", css="index-foot")
    assert foot.one("p").text == "2+ in all Count all"


def test_few_are_read_by_their_ids_as_many_are_in_their_order(
    browser: FlaskClient, alice: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        make_contact(alice, f"Ada {number:02}")
    seen = []
    for few in (1_000, 29):
        monkeypatch.setattr(queries, "FEW", few)
        first = open_index(browser, "/objects/contacts?q=ada&sort=lastname&direction=desc")
        second = open_index(browser, first.one("a", id="page-next")["href"])
        seen.append((names(first), names(second), first.one("footer", css="index-foot").one("p").text))
    assert seen[0] == seen[1]


def without_tokens(element: Element) -> str:
    """The element without the tokens of its forms, which say when they were made."""
    return re.sub(r"'name': 'csrf_token', 'value': '[^']*'", "", repr(element))


def test_the_fragment_is_the_table_of_the_page(browser: FlaskClient, alice: Viewer) -> None:
    for number in range(3):
        make_contact(alice, f"Ada {number}")
    for state in ("", "?sort=email", "?q=ada", "?q=xyzzy"):
        fragment = read(browser.get(f"/objects/contacts{state}", fragment=True).text)
        assert not fragment.all("html")
        page = open_index(browser, f"/objects/contacts{state}")
        assert without_tokens(fragment.one(id="index-table")) == without_tokens(page.one(id="index-table"))


def test_only_records_the_viewer_may_see_are_listed_and_counted(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, charlie: Viewer
) -> None:
    make_contact(bob, "Ada North")
    make_contact(charlie, "Ada South")
    page = open_index(client_of(bob), "/objects/contacts?q=ada")
    assert names(page) == ["Ada North"]
    assert page.one("footer", css="index-foot").one("p").text == "1 in all"


@pytest.mark.parametrize("path", ["/objects/spaceships", "/objects/contact", "/objects/Contacts"])
def test_an_object_that_is_none_is_404(browser: FlaskClient, path: str) -> None:
    assert browser.get(path).status_code == 404
    assert browser.get(f"{path}/new").status_code == 404


def test_an_unknown_column_is_404(browser: FlaskClient) -> None:
    assert browser.get("/objects/contacts?sort=shoe_size").status_code == 404


def test_home_leads_to_the_contacts(browser: FlaskClient) -> None:
    answer = browser.get("/")
    assert (answer.status_code, answer.location) == (303, "/objects/contacts")
