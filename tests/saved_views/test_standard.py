"""Standard views, and what an address says over what its view says (SPEC 5.3)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.permissions.viewer import Viewer
from tests.factories import make_contact
from tests.support.html import read


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], alice: Viewer) -> FlaskClient:
    """Alice's browser."""
    return client_of(alice)


def names_at(browser: FlaskClient, address: str) -> list[str]:
    answer = browser.get(f"/objects/contacts?{address}")
    assert answer.status_code == 200, address
    bodies = read(answer.text).all("tbody")
    return sorted(row.one("div", css="table-name").all("a")[0].text for body in bodies for row in body.all("tr"))


def test_standard_views_hold_what_they_say_and_the_address_overrides_them(
    browser: FlaskClient, alice: Viewer, bob: Viewer
) -> None:
    make_contact(alice, "Ada Mine", hubspot_owner_id=alice.user_id)
    make_contact(alice, "Ben Bobs", hubspot_owner_id=bob.user_id)
    make_contact(alice, "Cid Nobodys", hubspot_owner_id=None)
    everyone = ["Ada Mine", "Ben Bobs", "Cid Nobodys"]
    assert names_at(browser, "view=all") == names_at(browser, "view=recent") == names_at(browser, "") == everyone
    assert names_at(browser, "view=my") == ["Ada Mine"]
    assert names_at(browser, "view=unassigned") == ["Cid Nobodys"]
    assert names_at(browser, "view=my&filter=") == everyone
    assert names_at(browser, "view=my&filter=firstname:starts:B") == ["Ben Bobs"]
    assert browser.get("/objects/contacts?view=nonsense").status_code == 404


def test_links_of_a_page_keep_its_view_and_its_columns(browser: FlaskClient, alice: Viewer) -> None:
    make_contact(alice, "Ada Mine", hubspot_owner_id=alice.user_id, city="Oslo")
    page = read(browser.get("/objects/contacts?view=my&columns=city,nonsense,city").text)
    heads = [head.text for head in page.all("th", scope="col")]
    assert heads == ["Name", "City"]
    for link in page.all("a", css="table-sort"):
        assert "view=my" in link["href"]
        assert "columns=city" in link["href"]
        assert "filter=" not in link["href"]
