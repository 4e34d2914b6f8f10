"""E-mail addresses and domains, primary and additional, are held by one live record each (SPEC 1.2, 3, 4.7)."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import Flask

from crm.activities.recipients import recipients
from crm.db import db, end_read, unit_of_work
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.records.errors import InvalidInput, Taken
from crm.records.identifiers import holders, remembering_holders
from crm.records.models import RecordIdentifier
from crm.records.operations import archive_record, create_record, restore_record, update_record
from crm.records.queries import get_record
from crm.records.rows import columns
from crm.search.find_records import find_records
from tests.factories import make_company, make_contact

MORE = "hs_additional_emails"
migration = import_module("crm.migrations.versions.0008_record_identifiers")


def held() -> dict[str, set[int]]:
    end_read()
    found: dict[str, set[int]] = {}
    for row in db.session.execute(sa.select(RecordIdentifier.value, RecordIdentifier.record_id)):
        found.setdefault(row.value, set()).add(row.record_id)
    return found


def change(actor: Viewer, record_id: int, **values: Any) -> None:
    end_read()
    with unit_of_work():
        update_record(actor, record_id, values)


def refusal(work: Callable[[], Any]) -> dict[str, Any]:
    end_read()
    with pytest.raises(InvalidInput) as raised, unit_of_work():
        work()
    return raised.value.errors


@pytest.mark.parametrize("name", ["email", MORE])
@pytest.mark.parametrize("address", ["ada@example.com", "ada@work.example"])
def test_an_address_is_refused_be_it_primary_or_additional(alice: Viewer, name: str, address: str) -> None:
    make_contact(alice, "Ada Berg", email="ada@example.com", **{MORE: "ada@work.example;a@b.example"})
    errors = refusal(lambda: create_record(alice, "contact", {"firstname": "Eva", name: address}))
    assert list(errors) == [name]
    assert isinstance(errors[name], Taken)
    assert "Ada Berg" in str(errors[name])


@pytest.mark.parametrize(
    "domain", ["orange.example", "https://www.Orange.example/about", "fruit.example", "WWW.fruit.example"]
)
def test_a_known_domain_is_refused_however_it_is_written(alice: Viewer, domain: str) -> None:
    make_company(alice, "Orange Inc", domain="orange.example", hs_additional_domains="fruit.example")
    errors = refusal(lambda: create_record(alice, "company", {"name": "Orange two", "domain": domain}))
    assert str(errors["domain"]) == "Orange Inc already has this Company domain name."
    assert make_company(alice, "Orange two")


def test_a_hidden_holder_is_not_named(bob: Viewer, charlie: Viewer) -> None:
    make_contact(charlie, "Olga Zanz", **{MORE: "olga@work.example"})
    errors = refusal(lambda: create_record(bob, "contact", {"firstname": "Eva", MORE: "olga@work.example"}))
    assert not isinstance(errors[MORE], Taken)
    assert str(errors[MORE]) == "Another record already has olga@work.example."


def test_what_a_record_gives_up_is_free_again(alice: Viewer) -> None:
    ada = make_contact(alice, email="ada@example.com", **{MORE: "a@b.example;c@d.example"})
    change(alice, ada, email="new@example.com", **{MORE: "c@d.example"})
    assert held() == {"new@example.com": {ada}, "c@d.example": {ada}}
    eva = make_contact(alice, email="ada@example.com", **{MORE: "a@b.example"})
    assert held()["a@b.example"] == {eva}


def test_what_becomes_primary_stands_no_longer_among_the_additional(alice: Viewer) -> None:
    ada = make_contact(alice, email="ada@example.com", **{MORE: "a@b.example;c@d.example"})
    change(alice, ada, email="a@b.example")
    assert get_record(alice, ada).values[MORE] == "c@d.example"
    assert held() == {"a@b.example": {ada}, "c@d.example": {ada}}


def test_deleting_frees_all_addresses_and_restoring_takes_them_back(alice: Viewer) -> None:
    ada = make_contact(alice, email="ada@example.com", **{MORE: "a@b.example"})
    with unit_of_work():
        archive_record(alice, ada)
    assert held() == {}
    end_read()
    with unit_of_work():
        restore_record(alice, ada)
    assert held() == {"ada@example.com": {ada}, "a@b.example": {ada}}


@pytest.mark.parametrize("claim", [{"email": "a@b.example"}, {MORE: "ada@example.com"}])
def test_restoring_is_refused_while_an_active_contact_has_an_address(alice: Viewer, claim: dict[str, str]) -> None:
    ada = make_contact(alice, "Ada Berg", email="ada@example.com", **{MORE: "a@b.example"})
    with unit_of_work():
        archive_record(alice, ada)
    eva = make_contact(alice, "Eva Berg", **claim)
    errors = refusal(lambda: restore_record(alice, ada))
    assert any("Eva Berg" in str(message) for message in errors.values())
    assert set().union(*held().values()) == {eva}


def at_once(app: Flask, *works: Callable[[], Any]) -> list[Any]:
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


def test_of_companies_made_with_one_domain_at_the_same_moment_one_is_made(app: Flask, alice: Viewer) -> None:
    texts = ["orange.example", "www.orange.example", "Orange.example", "https://orange.example"]
    works = [lambda text=text: create_record(alice, "company", {"name": "Orange", "domain": text}) for text in texts]
    ended = at_once(app, *works)
    made = [one for one in ended if isinstance(one, int)]
    assert [list(one.errors) for one in ended if isinstance(one, InvalidInput)] == [["domain"]] * 3
    assert held() == {"orange.example": set(made)}


def test_of_an_address_claimed_as_primary_and_as_additional_at_the_same_moment_one_wins(
    app: Flask, alice: Viewer
) -> None:
    one, two, three = (make_contact(alice, name, email=None) for name in ("A One", "B Two", "C Three"))
    ended = at_once(
        app,
        lambda: update_record(alice, one, {"email": "x@y.example"}),
        lambda: update_record(alice, two, {MORE: "w@y.example;x@y.example"}),
        lambda: create_record(alice, "contact", {"email": "x@y.example"}),
        lambda: update_record(alice, three, {MORE: "x@y.example;w@y.example"}),
    )
    assert sum(isinstance(one, InvalidInput) for one in ended) == 3
    assert len(held()["x@y.example"]) == 1
    assert all(len(records) == 1 for records in held().values())


def test_records_are_found_by_additional_addresses_and_domains(alice: Viewer) -> None:
    ada = make_contact(alice, "Ada Berg", **{MORE: "zebra@work.example"})
    orange = make_company(alice, "Orange Inc", hs_additional_domains="fruit.example")
    end_read()
    assert [hit.record_id for hit in find_records(alice, "zebra@work.example")] == [ada]
    assert [hit.record_id for hit in find_records(alice, "fruit.example")] == [orange]
    change(alice, ada, **{MORE: None})
    assert find_records(alice, "zebra@work.example") == []


def test_an_e_mail_to_an_additional_address_is_to_the_contact(alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    ada = make_contact(bob, **{MORE: "ada@work.example"})
    end_read()
    sent = {"to_addresses": "Ada <ADA@work.example>, nobody@x.example"}
    assert recipients(alice, sent) == [ada]
    assert recipients(charlie, sent) == []


def test_an_older_database_with_doubled_domains_is_taken_as_it_is(app: Flask, alice: Viewer) -> None:
    first, second, third = (make_company(alice, name) for name in ("Orange Inc", "Orange Ltd", "Apple"))
    ada, eva = (make_contact(alice, name, email=None) for name in ("Ada Berg", "Eva Berg"))
    kinds = {name: schema().object_type(name) for name in ("company", "contact")}
    stored = [
        ("company", first, {"domain": "orange.example"}),
        ("company", second, {"domain": "http://www.Orange.example/x"}),
        ("company", third, {"hs_additional_domains": "orange.example;apple.example"}),
        ("contact", ada, {"email": "ada@x.example"}),
        ("contact", eva, {MORE: "ada@x.example, eva@x.example"}),
    ]
    end_read()
    with unit_of_work():
        for name, record_id, values in stored:
            table = kinds[name].table
            row = columns(kinds[name], values)
            db.session.execute(sa.update(table).where(table.c.record_id == record_id).values(**row))
        with Operations.context(MigrationContext.configure(db.session.connection())):
            migration.downgrade()
            migration.upgrade()
    assert held() == {
        "orange.example": {first, second, third},
        "apple.example": {third},
        "ada@x.example": {ada, eva},
        "eva@x.example": {eva},
    }
    assert [one.record_id for one in holders("company", ["orange.example"])["orange.example"]] == [first, second, third]
    with unit_of_work():
        archive_record(alice, first)
    errors = refusal(lambda: create_record(alice, "company", {"name": "Orange AB", "domain": "orange.example"}))
    assert "Orange Ltd" in str(errors["domain"])
    change(alice, second, name="Orange Limited")
    change(alice, second, domain=None)
    change(alice, third, hs_additional_domains="apple.example")
    fourth = make_company(alice, "Orange AB", domain="orange.example")
    assert held()["orange.example"] == {fourth}


def test_remembered_holders_are_those_of_the_moment(alice: Viewer) -> None:
    ada = make_contact(alice, "Ada Berg", email="ada@example.com")
    end_read()
    with unit_of_work(), remembering_holders():

        def who() -> dict[str, list[tuple[int, str]]]:
            found = holders("contact", ["ada@example.com", "new@example.com", "eva@example.com"])
            return {value: [(one.record_id, one.display_name) for one in held] for value, held in found.items()}

        assert who() == {"ada@example.com": [(ada, "Ada Berg")]}
        update_record(alice, ada, {"email": "new@example.com"})
        assert who() == {"new@example.com": [(ada, "Ada Berg")]}
        eva = create_record(alice, "contact", {"firstname": "Eva", "email": "eva@example.com"})
        update_record(alice, ada, {"lastname": "Stone"})
        assert who() == {"new@example.com": [(ada, "Ada Stone")], "eva@example.com": [(eva, "Eva")]}
        archive_record(alice, ada)
        assert who() == {"eva@example.com": [(eva, "Eva")]}


def test_who_takes_a_remembered_address_meanwhile_is_named(alice: Viewer) -> None:
    ada = make_contact(alice, "Ada Berg", email="ada@example.com")
    end_read()
    with unit_of_work(), remembering_holders():
        assert holders("contact", ["new@example.com"]) == {}
        claim = {"object_type": "contact", "value": "new@example.com", "place": 0, "record_id": ada}
        db.session.execute(sa.insert(RecordIdentifier.__table__), claim)
        with pytest.raises(InvalidInput) as raised:
            create_record(alice, "contact", {"firstname": "Eva", "email": "new@example.com"})
    assert "Ada Berg" in str(raised.value.errors["email"])
