"""Columns of a table: of the records themselves, and of what is associated with them (SPEC 5.1)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.associations.labels import create_label, labels_between, set_labels
from crm.db import end_read, unit_of_work
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.columns import MOST_COLUMNS, cells_of, columns_named, offered_columns
from crm.records.queries import get_record
from tests.factories import make_company, make_contact, make_deal, make_note, relate
from tests.support.html import Element, read
from tests.support.queries import count_queries


def shown(viewer: Viewer, record_id: int, *names: str) -> list[str]:
    """What columns called so say of one record, with how many more there are."""
    row = get_record(viewer, record_id)
    columns = columns_named(viewer, row.type, names)
    assert [column.name for column in columns] == list(names)
    cells = cells_of(viewer, row.type, columns, [row], Context(viewer=viewer))[0]
    return [f"{cell.text} {cell.others}".strip() for cell in cells]


def heads(page: Element) -> list[str]:
    return [one.text for one in page.one("thead").all("th")]


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    """Bob's browser, who is no super admin: the gate takes part."""
    return client_of(bob)


def test_the_address_chooses_columns_and_their_order(browser: FlaskClient, bob: Viewer) -> None:
    make_contact(bob, "Ada Berg", city="Lund", jobtitle="Buyer")
    page = read(browser.get("/objects/contacts?columns=jobtitle,city,jobtitle,shoe_size,deal.nothing").text)
    assert heads(page) == ["Name", "Job title", "City"]
    assert [cell.text for cell in page.one("tbody").all("td")] == ["Buyer", "Lund"]


def test_no_column_that_means_anything_leaves_those_of_the_object(browser: FlaskClient, bob: Viewer) -> None:
    make_contact(bob)
    usual = heads(read(browser.get("/objects/contacts").text))
    for columns in ("shoe_size", "company.shoe_size", ".", "spaceship.name", "company-none.name", "%00", "note.body"):
        assert heads(read(browser.get(f"/objects/contacts?columns={columns}").text)) == usual


def test_a_table_has_at_most_fifty_columns(alice: Viewer) -> None:
    kind = schema().object_type("contact")
    assert len(columns_named(alice, kind, kind.properties)) == MOST_COLUMNS < len(kind.properties)


def test_the_index_of_activities_takes_its_own_columns(browser: FlaskClient, bob: Viewer) -> None:
    make_note(bob, make_contact(bob))
    page = read(browser.get("/objects/notes?columns=createdate,company.city").text)
    assert heads(page) == ["Note", "On", "Create date"]


def test_an_associated_column_is_of_the_primary_company(bob: Viewer) -> None:
    contact = make_contact(bob, "Ada Berg")
    relate(bob, contact, make_company(bob, "First", city="Lund"))
    relate(bob, contact, make_company(bob, "Second", city="Kiruna"))
    assert shown(bob, contact, "company.city", "company.display-name") == ["Lund +1", "First +1"]


def test_an_associated_column_is_of_the_newest_record_of_other_objects(bob: Viewer) -> None:
    contact = make_contact(bob, "Ada Berg")
    for name, amount in (("Old", 5), ("New", 7)):
        relate(bob, contact, make_deal(bob, name, amount=amount))
    assert shown(bob, contact, "deal.dealname", "lastname", "deal.amount") == ["New +1", "Berg", "$7.00 +1"]


def test_an_associated_column_may_be_of_a_label(alice: Viewer) -> None:
    contact, boss = make_contact(alice, "Ada Berg"), make_contact(alice, "Eva Lund", jobtitle="Boss")
    relate(alice, contact, boss)
    relate(alice, contact, make_contact(alice, "Ola Ek"))
    end_read()
    with unit_of_work():
        label = create_label(alice, "contact", "contact", "Manager", "Employee")
    end_read()
    with unit_of_work():
        set_labels(alice, contact, boss, [label])
    assert shown(alice, contact, "contact-manager.jobtitle", "contact.display-name") == ["Boss", "Ola Ek +1"]
    assert len(labels_between("contact", "contact")) == 2


def test_an_associated_column_never_depends_on_records_the_reader_may_not_see(
    alice: Viewer, bob: Viewer, charlie: Viewer
) -> None:
    names = ("company.city", "company.display-name", "deal.dealname")
    contact = make_contact(bob, "Ada Berg")
    relate(bob, contact, make_company(bob, "Seen", city="Lund"))
    before = shown(bob, contact, *names)
    hidden = make_company(charlie, "Hidden", city="Kiruna")
    relate(alice, contact, hidden, make_deal(charlie, "Secret"))
    assert shown(bob, contact, *names) == before == ["Lund", "Seen", ""]


def test_columns_of_an_object_that_is_not_for_the_reader_vanish(bob: Viewer) -> None:
    kind = schema().object_type("contact")
    nobody = Viewer(user_id=bob.user_id, name="x", scopes={})
    assert columns_named(nobody, kind, ["company.city"]) == []


def test_a_page_with_associated_columns_costs_one_query_more_for_each_object(
    browser: FlaskClient, bob: Viewer
) -> None:
    def cost(path: str) -> int:
        browser.get(path)
        with count_queries() as queries:
            assert browser.get(path).status_code == 200
        return len(queries)

    chosen = "/objects/contacts?columns=email,company.city,company.display-name,deal.amount"
    costs = set()
    for _ in range(2):
        for number in range(5):
            contact = make_contact(bob, f"Ada {number}")
            relate(bob, contact, make_company(bob, f"Firm {number}"))
            relate(bob, contact, make_deal(bob))
        costs.add((cost("/objects/contacts"), cost(chosen)))
    assert len(costs) == 1
    plain, associated = costs.pop()
    assert plain <= 8
    assert associated == plain + 2


def test_every_offered_column_can_be_shown(alice: Viewer) -> None:
    for kind in schema().types.values():
        for group in offered_columns(alice, kind, str):
            names = [column.name for column in group.columns]
            assert [column.name for column in columns_named(alice, kind, names)] == names[:MOST_COLUMNS]
