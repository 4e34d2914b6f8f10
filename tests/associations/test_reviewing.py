"""One page with every association of a record, on which they are changed (SPEC 1.3, REC-66)."""

from collections.abc import Callable

from flask.testing import FlaskClient

from crm.associations.queries import primary_company_id
from crm.db import end_read
from crm.permissions.viewer import Viewer
from tests.factories import make_company, make_contact, make_deal, relate
from tests.support.html import Element, read
from tests.support.queries import count_queries

ClientOf = Callable[[Viewer], FlaskClient]


def part(browser: FlaskClient, record_id: int, plural: str, query: str = "") -> Element:
    page = read(browser.get(f"/records/{record_id}/associations/review{query}").text)
    return page.one("section", css="review-part", aria_labelledby=f"review-{plural}")


def names(section: Element) -> list[str]:
    return [one.text for one in section.all("a", css="settings-row-name")]


def test_rec_66_the_review_screen_edits_links_and_the_history_has_them(client_of: ClientOf, bob: Viewer) -> None:
    browser, contact = client_of(bob), make_contact(bob)
    first, second = make_company(bob, "Orange Inc"), make_company(bob, "Lemon Ltd")
    add = part(browser, contact, "companies").one("a", id="add-companies")["href"]
    assert add == f"/records/{contact}/associations/companies/add?then=review"
    review = f"/records/{contact}/associations/review"
    for company in (first, second):
        answer = browser.post(add, data={"record_id": company})
        assert (answer.status_code, answer.headers["Location"]) == (303, review)
    shown = part(browser, contact, "companies")
    assert (names(shown), shown.one("span", css="count").text) == (["Lemon Ltd", "Orange Inc"], "2")
    assert "Bob Stone · CRM UI" in shown.text
    end_read()
    assert primary_company_id(bob, contact, "contact") == first
    swap = next(one["formaction"] for one in shown.all("button") if one["formaction"].endswith("/primary"))
    assert browser.post(swap, data={"then": "review"}).headers["Location"] == review
    end_read()
    assert primary_company_id(bob, contact, "contact") == second
    gone = browser.post(f"/records/{contact}/associations/{first}/remove", data={"then": "review"})
    assert gone.headers["Location"] == review
    assert names(part(browser, contact, "companies")) == ["Lemon Ltd"]
    history = read(browser.get(f"/records/{contact}/associations/history").text).one("ul", css="settings-rows").text
    assert (history.count("Added"), history.count("Removed")) == (4, 2)


def test_rec_66_each_object_is_paged_for_itself_and_what_is_hidden_is_not_counted(
    client_of: ClientOf, bob: Viewer, charlie: Viewer, alice: Viewer
) -> None:
    contact = make_contact(bob)
    deals = [make_deal(bob, f"Deal {number:02}") for number in range(43)]
    hidden = make_deal(charlie, "Deal of the south")
    relate(alice, contact, *deals, hidden, make_company(bob))
    browser = client_of(bob)
    found, query = [], ""
    for amount in (20, 20, 3):
        shown = part(browser, contact, "deals", query)
        assert len(names(shown)) == amount
        assert shown.one("span", css="count").text == "43"
        found += names(shown)
        following = shown.all("a", id="page-next")
        query = following[0]["href"].partition("review")[2] if following else ""
    assert found == [f"Deal {number:02}" for number in reversed(range(43))]
    assert browser.get(f"/records/{contact}/associations/review?object=notes").status_code == 404
    assert browser.get(f"/records/{contact}/associations/review?object=deals&after=x").status_code == 400


def test_it_costs_the_same_for_few_and_many_and_offers_readers_nothing(
    client_of: ClientOf, bob: Viewer, dana: Viewer
) -> None:
    few, many = make_contact(bob), make_contact(bob)
    relate(bob, many, *(make_deal(bob) for _ in range(9)), make_company(bob))
    browser = client_of(dana)
    counts = []
    for record in (few, few, many):
        with count_queries() as queries:
            page = browser.get(f"/records/{record}/associations/review")
        counts.append(len(queries))
    assert counts[1] == counts[2], queries
    assert "formaction" not in page.text
    assert "/add" not in page.text
