"""Two people change one record: different properties merge, the same one is a conflict (DESIGN 4.6)."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.records.conflicts import values_at
from crm.records.errors import Clash, Conflict
from crm.records.operations import update_record
from crm.records.queries import get_record
from tests.factories import make_contact, make_deal
from tests.support.html import Element, read


def update(actor: Viewer, record_id: int, version: int | None, **changes: object) -> set[str]:
    end_read()
    with unit_of_work():
        return update_record(actor, record_id, changes, version)


@pytest.fixture
def contact(bob: Viewer) -> int:
    """A contact at version 1."""
    return make_contact(bob, jobtitle="Buyer", city="Oslo")


def values(viewer: Viewer, record_id: int) -> dict[str, object]:
    end_read()
    found = get_record(viewer, record_id).values
    return {name: found[name] for name in ("jobtitle", "city")}


def test_a_version_that_is_none_of_the_record_shows_what_it_holds(bob: Viewer, contact: int) -> None:
    found = get_record(bob, contact)
    assert values_at(found.type, contact, 2**63 - 1, found.values) == found.values


def test_different_properties_merge(alice: Viewer, bob: Viewer, contact: int) -> None:
    update(alice, contact, 1, city="Bergen")
    assert update(bob, contact, 1, jobtitle="Chief") == {"jobtitle"}
    assert values(bob, contact) == {"jobtitle": "Chief", "city": "Bergen"}


def test_the_same_property_is_a_conflict_and_stays_theirs(alice: Viewer, bob: Viewer, contact: int) -> None:
    update(alice, contact, 1, jobtitle="Seller")
    with pytest.raises(Conflict) as raised:
        update(bob, contact, 1, jobtitle="Chief")
    assert (raised.value.clashes, raised.value.version) == ({"jobtitle": Clash("Buyer", "Seller")}, 2)
    assert values(bob, contact)["jobtitle"] == "Seller"


def test_before_is_what_stood_there_when_the_form_was_opened(alice: Viewer, bob: Viewer, contact: int) -> None:
    for text in ("Seller", "Clerk", "Cook"):
        update(alice, contact, None, jobtitle=text)
    with pytest.raises(Conflict) as raised:
        update(bob, contact, 2, jobtitle="Chief")
    assert raised.value.clashes == {"jobtitle": Clash("Seller", "Cook")}


def test_the_same_new_value_is_no_conflict(alice: Viewer, bob: Viewer, contact: int) -> None:
    update(alice, contact, 1, jobtitle="Chief")
    assert update(bob, contact, 1, jobtitle="Chief") == set()


def test_a_change_that_was_taken_back_is_still_a_conflict(alice: Viewer, bob: Viewer, contact: int) -> None:
    update(alice, contact, 1, jobtitle="Seller")
    update(alice, contact, 2, jobtitle="Buyer")
    with pytest.raises(Conflict):
        update(bob, contact, 1, jobtitle="Chief")


def test_without_a_version_the_last_writer_wins(alice: Viewer, bob: Viewer, contact: int) -> None:
    update(alice, contact, 1, jobtitle="Seller")
    assert update(bob, contact, None, jobtitle="Chief") == {"jobtitle"}


@pytest.fixture
def panel(client_of: Callable[[Viewer], FlaskClient], alice: Viewer, bob: Viewer, contact: int) -> Element:
    """What bob gets who saves "Chief" over alice's "Seller"."""
    update(alice, contact, 1, jobtitle="Seller")
    path = f"/records/{contact}/properties/jobtitle"
    answer = client_of(bob).post(path, data={"jobtitle": "Chief", "version": "1"}, fragment=True)
    assert answer.status_code == 409
    return read(answer.text)


def test_the_panel_shows_yours_theirs_and_before(panel: Element) -> None:
    assert [one.text for one in panel.all("dd")[1:]] == ["Buyer", "Seller", "Chief"]


def test_saving_from_the_panel_takes_yours(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, contact: int, panel: Element
) -> None:
    form = panel.one("form")
    assert client_of(bob).post(form["action"], data=form.fields(), fragment=True).status_code == 200
    assert values(bob, contact)["jobtitle"] == "Chief"


def test_a_conflict_without_htmx_is_a_whole_page(
    client_of: Callable[[Viewer], FlaskClient], alice: Viewer, bob: Viewer, contact: int
) -> None:
    update(alice, contact, 1, jobtitle="Seller")
    path = f"/records/{contact}/properties/jobtitle"
    answer = client_of(bob).post(path, data={"jobtitle": "Chief", "version": "1"})
    assert answer.status_code == 409
    assert answer.text.startswith("<!doctype html>")
    assert read(answer.text).one("form", css="conflict")


def test_amounts_in_the_panel_are_in_the_currency_of_the_deal(
    client_of: Callable[[Viewer], FlaskClient], alice: Viewer, bob: Viewer
) -> None:
    deal = make_deal(bob, amount=Decimal(10), deal_currency_code="EUR")
    update(alice, deal, 1, amount=Decimal(20))
    answer = client_of(bob).post(f"/records/{deal}/properties/amount", data={"amount": "30", "version": "1"})
    assert answer.status_code == 409
    shown = read(answer.text).one("form", css="conflict").one("dl").all("dd")
    assert [one.text for one in shown] == ["€10.00", "€20.00", "€30.00"]


def test_a_field_nobody_touched_gives_way(
    client_of: Callable[[Viewer], FlaskClient], alice: Viewer, bob: Viewer, contact: int
) -> None:
    update(alice, contact, 1, jobtitle="Seller")
    path = f"/records/{contact}/properties/jobtitle"
    answer = client_of(bob).post(path, data={"jobtitle": "Buyer", "version": "1"}, fragment=True)
    assert answer.status_code == 200
    assert values(bob, contact)["jobtitle"] == "Seller"
