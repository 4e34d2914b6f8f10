"""Values no two records may have, and what is said about the record that has one (SPEC 2.5, 3)."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.records.errors import InvalidInput, Taken
from crm.records.operations import archive_record, create_record, restore_record, update_record
from tests.factories import make_contact
from tests.support.html import read
from tests.support.records import find_by_value

EMAIL = "ada@example.com"


def refused(actor: Viewer, **values: Any) -> dict[str, Any]:
    end_read()
    with pytest.raises(InvalidInput) as raised, unit_of_work():
        create_record(actor, "contact", values)
    return raised.value.errors


def test_who_has_an_address_is_named_and_linked(
    client_of: Callable[[Viewer], FlaskClient], alice: Viewer, bob: Viewer
) -> None:
    ada = make_contact(alice, "Ada Berg", email=EMAIL)
    answer = client_of(bob).post("/objects/contacts/new", data={"firstname": "Eva", "email": EMAIL}, fragment=True)
    error = read(answer.text).one("p", css="field-error")
    assert answer.status_code == 422
    assert error.text == "Ada Berg already has this Email. Open it"
    assert error.one("a")["href"] == f"/records/{ada}"


def test_a_hidden_record_that_has_it_is_neither_named_nor_linked(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, charlie: Viewer
) -> None:
    make_contact(charlie, "Olga Zanz", email=EMAIL)
    assert not isinstance(refused(bob, firstname="Eva", email=EMAIL)["email"], Taken)
    mine = make_contact(bob)
    form = {"email": EMAIL, "version": "1"}
    answer = client_of(bob).post(f"/records/{mine}/properties/email", data=form, fragment=True)
    assert answer.status_code == 422
    assert read(answer.text).one("p", css="field-error").text == "Another record already has this Email."


def test_restoring_names_who_has_it_now(alice: Viewer) -> None:
    gone = make_contact(alice, "Ada Berg", email=EMAIL)
    with unit_of_work():
        archive_record(alice, gone)
    make_contact(alice, "Eva Berg", email=EMAIL)
    with pytest.raises(InvalidInput, match="Eva Berg already has this"), unit_of_work():
        restore_record(alice, gone)


def at_once(app: Flask, *works: Callable[[], Any]) -> list[Any]:
    """What each gives, or the InvalidInput it raises, when all start together."""
    start = threading.Barrier(len(works))
    end_read()

    def one(work: Callable[[], Any]) -> Any:
        start.wait()
        try:
            with app.app_context(), unit_of_work():
                return work()
        except InvalidInput as error:
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def test_of_equal_contacts_made_at_the_same_moment_one_is_made(app: Flask, alice: Viewer) -> None:
    works = [lambda: create_record(alice, "contact", {"firstname": "Ada", "email": EMAIL})] * 4
    ended = at_once(app, *works)
    made = [one for one in ended if isinstance(one, int)]
    assert find_by_value(alice, "contact", "email", EMAIL) == made
    assert [list(one.errors) for one in ended if isinstance(one, InvalidInput)] == [["email"]] * 3


def test_of_contacts_given_one_address_at_the_same_moment_one_gets_it(app: Flask, alice: Viewer) -> None:
    contacts = [make_contact(alice) for _ in range(3)]
    ended = at_once(app, *(lambda one=one: update_record(alice, one, {"email": EMAIL}) for one in contacts))
    assert len(find_by_value(alice, "contact", "email", EMAIL)) == 1
    assert sum(isinstance(one, InvalidInput) for one in ended) == 2


def test_a_unit_goes_on_after_a_value_that_was_taken(app: Flask, alice: Viewer) -> None:
    make_contact(alice, email=EMAIL)
    end_read()
    with unit_of_work():
        with pytest.raises(InvalidInput):
            create_record(alice, "contact", {"email": EMAIL})
        made = create_record(alice, "contact", {"email": "eva@example.com"})
    assert find_by_value(alice, "contact", "email", "eva@example.com") == [made]
