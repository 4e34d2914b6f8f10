"""A short look at a record wherever one is named (SPEC 1.8)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.permissions.viewer import Viewer
from tests.factories import make_company, make_contact, relate
from tests.support.html import read


@pytest.fixture
def contact(bob: Viewer) -> int:
    contact = make_contact(bob, "Ada Berg")
    relate(bob, contact, make_company(bob, "Quince Ltd"))
    return contact


@pytest.mark.parametrize(
    ("path", "id_begins"),
    [
        ("/records/{contact}?tab=overview", "preview-linked-"),
        ("/records/{contact}?tab=overview", "preview-table-companies-"),
        ("/search?q=ada", "preview-"),
        ("/objects/contacts", "preview-"),
    ],
)
def test_every_place_that_names_a_record_opens_its_preview(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, contact: int, path: str, id_begins: str
) -> None:
    browser = client_of(bob)
    page = read(browser.get(path.format(contact=contact)).text)
    links = [one for one in page.all("a") if one.attributes.get("id", "").startswith(id_begins)]
    assert links
    for link in links:
        answer = browser.get(link["href"], fragment=True)
        assert answer.status_code == 200
        assert browser.get(link["href"]).status_code == 200
        named = link["aria-label"].removeprefix("Preview ")
        assert read(answer.text).one("h2").text == named


def test_only_in_the_panel_its_name_is_that_of_the_panel(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, contact: int
) -> None:
    browser = client_of(bob)
    assert 'id="panel-title"' in browser.get(f"/records/{contact}/preview?panel=1", fragment=True).text
    assert 'id="panel-title"' not in browser.get(f"/records/{contact}/preview", fragment=True).text
    assert 'id="panel-title"' not in browser.get(f"/records/{contact}/preview?panel=1").text


def test_it_offers_the_activities_one_may_log(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, dana: Viewer, contact: int
) -> None:
    url = f"/records/{contact}/preview"
    assert f"/records/{contact}/activities/new?kind=note" in client_of(bob).get(url).text
    assert "activities/new" not in client_of(dana).get(url).text
