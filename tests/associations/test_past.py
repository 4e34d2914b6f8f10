"""The page of what a record has been associated with (SPEC 1.3)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from crm.associations.operations import associate, dissociate
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.records.operations import archive_record
from crm.records.source import Source, SourceKind
from tests.factories import make_company, make_contact, make_deal, make_note, relate
from tests.support.html import read
from tests.support.queries import count_queries

ClientOf = Callable[[Viewer], FlaskClient]


@pytest.fixture
def browser(client_of: ClientOf, alice: Viewer) -> FlaskClient:
    """Alice's browser."""
    return client_of(alice)


def lines(browser: FlaskClient, record_id: int, query: str = "") -> list[str]:
    page = read(browser.get(f"/records/{record_id}/associations/history{query}").text)
    return [line.text for line in page.all("li", css="settings-row")]


def take_away(actor: Viewer, record_id: int, other_id: int) -> None:
    end_read()
    with unit_of_work():
        dissociate(actor, record_id, other_id)


def test_links_that_came_and_went_are_told_on_both_records(
    browser: FlaskClient, alice: Viewer, bob: Viewer, clock: time_machine.Traveller
) -> None:
    contact, deal = make_contact(bob, "Ada Berg"), make_deal(bob, "Oranges")
    relate(alice, contact, deal)
    clock.shift(timedelta(hours=1))
    take_away(bob, deal, contact)
    of_contact, of_deal = lines(browser, contact), lines(browser, deal)
    assert [line.split()[0] for line in of_contact] == ["Removed", "Added"]
    assert all("Oranges Deal" in line for line in of_contact)
    assert all("Ada Berg Contact" in line for line in of_deal)
    assert "Alice Berg · CRM UI" in of_contact[1]
    assert bob.name in of_contact[0]


def test_the_primary_company_is_named_so_and_by_the_rule(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice)
    relate(alice, contact, make_company(alice, "Orange Inc"))
    assert any("Orange Inc Company · Primary" in line for line in lines(browser, contact))


def test_an_import_is_named(browser: FlaskClient, alice: Viewer) -> None:
    contact, deal = make_contact(alice), make_deal(alice)
    with unit_of_work():
        associate(alice, contact, deal, Source(SourceKind.IMPORT, "3:12"))
    assert "Import 3, row 12" in lines(browser, contact)[0]


def test_hidden_and_deleted_records_are_not_told(
    client_of: ClientOf, alice: Viewer, bob: Viewer, charlie: Viewer
) -> None:
    contact = make_contact(charlie)
    mine, hidden, gone = make_deal(charlie, "Mine"), make_deal(bob, "Hidden"), make_deal(charlie, "Gone")
    relate(alice, contact, mine, hidden, gone)
    with unit_of_work():
        archive_record(alice, gone)
    (line,) = lines(client_of(charlie), contact)
    assert "Mine" in line
    assert client_of(charlie).get(f"/records/{hidden}/associations/history").status_code == 404


def test_activities_are_not_associations(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice)
    make_note(alice, contact)
    assert lines(browser, contact) == []


def test_pages_follow_each_other_and_cost_the_same(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice)

    def cost() -> int:
        browser.get(f"/records/{contact}/associations/history")
        with count_queries() as queries:
            lines(browser, contact)
        assert len(queries) <= 6, queries
        return len(queries)

    relate(alice, contact, *(make_deal(alice, f"Deal {number}") for number in range(5)))
    few = cost()
    relate(alice, contact, *(make_deal(alice, f"Deal {number}") for number in range(5, 60)))
    assert cost() == few
    page = read(browser.get(f"/records/{contact}/associations/history").text)
    (older,) = [link for link in page.links() if "page-key" in link]
    seen = lines(browser, contact) + lines(browser, contact, older[older.index("?") :])
    assert len(seen) == len(set(seen)) == 60
