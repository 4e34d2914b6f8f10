"""The page with every property of a record (SPEC 1.3, DB-24)."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.db import db, end_read, touch, unit_of_work
from crm.objects import queries as objects
from crm.objects import storage
from crm.objects.properties import create_property
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.properties.models import PropertyRow
from tests.factories import make_company, make_contact, make_deal, make_lead, make_ticket
from tests.support.html import Element, read
from tests.support.queries import count_queries

ClientOf = Callable[[Viewer], FlaskClient]
MAKERS = {
    "contact": make_contact,
    "company": make_company,
    "deal": make_deal,
    "ticket": make_ticket,
    "lead": make_lead,
}


@pytest.fixture
def browser(client_of: ClientOf, alice: Viewer) -> FlaskClient:
    """Alice's browser."""
    return client_of(alice)


def properties(page: Element) -> dict[str, str]:
    """Values by the name of the property."""
    rows = page.one(id="all-properties").all("div", css="property")
    return {row["id"].removeprefix("property-"): row.one("div", css="property-value").text for row in rows}


@pytest.mark.parametrize("kind", MAKERS)
def test_db_24_every_property_stored_on_a_record_is_there(browser: FlaskClient, alice: Viewer, kind: str) -> None:
    record = MAKERS[kind](alice)
    page = read(browser.get(f"/records/{record}/properties").text)
    object_type = schema().object_type(kind)
    assert set(properties(page)) == set(object_type.properties)
    assert str(record) in properties(page)["hs_object_id"]
    headings = [one.text for one in page.all("h2", css="block-title")]
    assert len(headings) == len(set(headings)) == len({prop.group for prop in object_type.properties.values()})


def test_custom_properties_are_there_at_once(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice)
    end_read()
    with unit_of_work():
        group = schema().object_type("contact").properties["email"].group
        name = create_property("contact", "Shoe size", "number", group).name
    assert properties(read(browser.get(f"/records/{contact}/properties").text))[name] == "--"


@pytest.mark.parametrize(("words", "found"), [("job", {"jobtitle"}), ("TITLE job", {"jobtitle"}), ("zzz", set())])
def test_it_is_searched_by_label(browser: FlaskClient, alice: Viewer, words: str, found: set[str]) -> None:
    contact = make_contact(alice)
    page = read(browser.get(f"/records/{contact}/properties", query_string={"q": words}).text)
    assert set(properties(page)) == found
    assert page.one("main").one("input", name="q")["value"] == words


def test_blank_ones_can_be_hidden(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice, jobtitle="Buyer")
    whole = properties(read(browser.get(f"/records/{contact}/properties").text))
    page = read(browser.get(f"/records/{contact}/properties?blank=hidden").text)
    assert "checked" in page.one("input", name="blank")
    assert properties(page) == {name: text for name, text in whole.items() if text != "--"}
    assert properties(page)["jobtitle"] == "Buyer"


def test_each_is_edited_where_it_stands_and_has_its_details(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice)
    links = read(browser.get(f"/records/{contact}/properties").text).links()
    assert f"/records/{contact}/properties/jobtitle/edit?from=properties" in links
    assert f"/records/{contact}/properties/jobtitle/history" in links
    assert not [link for link in links if link.startswith(f"/records/{contact}/properties/createdate/edit")]


def test_without_javascript_editing_leads_back_to_all_properties(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice)
    here = f"/records/{contact}/properties"
    form = read(browser.get(f"{here}/jobtitle/edit?from=properties").text).one("form", action=f"{here}/jobtitle")
    assert f"{here}#property-jobtitle" in form.links()
    fields = form.fields()
    refused = browser.post(f"{here}/jobtitle", data=fields | {"jobtitle": "x" * 100_000})
    assert refused.status_code == 422
    again = read(refused.text).one("form", action=f"{here}/jobtitle").fields()
    saved = browser.post(f"{here}/jobtitle", data=again | {"jobtitle": "Buyer"})
    assert saved.location == f"{here}#property-jobtitle"
    stale = browser.post(f"{here}/jobtitle", data=fields | {"jobtitle": "Seller"})
    assert stale.status_code == 409
    mine = read(stale.text).one("form", action=f"{here}/jobtitle").fields()
    assert browser.post(f"{here}/jobtitle", data=mine).location == f"{here}#property-jobtitle"
    elsewhere = browser.post(f"{here}/jobtitle", data={"version": "9", "jobtitle": "Cook", "from": "//example.org"})
    assert elsewhere.location == f"/records/{contact}"


def test_who_only_reads_has_no_pencils(client_of: ClientOf, alice: Viewer, dana: Viewer, charlie: Viewer) -> None:
    contact = make_contact(alice)
    links = read(client_of(dana).get(f"/records/{contact}/properties").text).links()
    assert not [link for link in links if "/edit" in link]
    assert client_of(charlie).get(f"/records/{contact}/properties").status_code == 404


def test_a_fragment_is_the_list_alone(browser: FlaskClient, alice: Viewer) -> None:
    text = browser.get(f"/records/{make_contact(alice)}/properties?q=job", fragment=True).text
    assert "<html" not in text
    assert set(properties(read(text))) == {"jobtitle"}


def test_four_hundred_properties_cost_the_queries_of_forty(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice)
    path = f"/records/{contact}/properties"

    def cost() -> int:
        browser.get(path)
        with count_queries() as queries:
            page = browser.get(path)
        assert page.status_code == 200
        assert len(queries) <= 5, queries
        return len(queries)

    few = cost()
    end_read()
    with unit_of_work():
        group = schema().object_type("contact").properties["email"].group
        names = [f"trait_{number}" for number in range(400)]
        for name in names:
            storage.add_column("contact", name, sa.Text())
        common = {"object_type": "contact", "type": "text", "group_name": group, "position": 5000}
        rows = [{"name": name, "column_name": name, "label": name} | common for name in names]
        db.session.execute(sa.insert(PropertyRow), rows)
        touch(objects.STAMP)
    assert cost() == few
    assert len(properties(read(browser.get(path).text))) > 400
