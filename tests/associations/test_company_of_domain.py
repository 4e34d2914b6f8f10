"""A contact with a business e-mail address gets the company of its domain (SPEC 3)."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask

from crm.associations import company_of_domain
from crm.associations.company_of_domain import business_domain, name_of
from crm.associations.creating import create_linked
from crm.associations.queries import primary_company_id
from crm.db import end_read, unit_of_work
from crm.permissions.actions import Scope, Verb
from crm.permissions.errors import Forbidden
from crm.permissions.viewer import SYSTEM, Viewer
from crm.records.queries import get_record
from tests.factories import make_company
from tests.support.links import associated_ids
from tests.support.records import find_by_value


def create(actor: Viewer, email: str | None = "mia@orange.example", *others: int, **values: object) -> int:
    end_read()
    with unit_of_work():
        return create_linked(actor, "contact", {"firstname": "Mia", "email": email, **values}, others)


def companies(contact: int) -> list[int]:
    end_read()
    return associated_ids(SYSTEM, contact, "contact", "company")


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("mia@orange.example", "orange.example"),
        ("mia@Mail.Orange.example", "mail.orange.example"),
        ("mia@gmail.com", None),
        ("mia@wp.pl", None),
        ("mia@hinet.net", None),
        ("mia", None),
        ("", None),
        (None, None),
    ],
)
def test_everybodys_domains_are_no_business(address: str | None, domain: str | None) -> None:
    assert business_domain(address) == domain


@pytest.mark.parametrize(
    ("domain", "name"),
    [
        ("northmill.example", "Northmill"),
        ("mail.northmill.example", "Northmill"),
        ("acme-tools.co.uk", "Acme Tools"),
        ("co.uk", "CO"),
        ("bbc.co.uk", "BBC"),
        ("żółw.example", "Żółw"),
        ("xn--w-uga1v8h.example", "xn--w-uga1v8h.example"),
    ],
)
def test_the_company_of_a_domain_is_named_after_it(domain: str, name: str) -> None:
    assert name_of(domain) == name


def test_the_company_is_made_once_and_primary(bob: Viewer) -> None:
    mia = create(bob)
    (company,) = companies(mia)
    assert primary_company_id(bob, mia, "contact") == company
    record = get_record(bob, company)
    assert (record.values["domain"], record.owner_id) == ("orange.example", bob.user_id)
    assert record.values["name"] == "Orange"
    eva = create(bob, "eva@orange.example")
    assert companies(eva) == [company]


@pytest.mark.parametrize(
    "values", [{"domain": "orange.example"}, {"hs_additional_domains": "orange.example;a.example"}]
)
def test_a_company_is_known_by_any_of_its_domains(bob: Viewer, values: dict[str, str]) -> None:
    orange = make_company(bob, "Orange Inc", **values)
    assert companies(create(bob)) == [orange]


def test_free_mail_and_no_mail_make_nothing(bob: Viewer) -> None:
    assert companies(create(bob, "mia@gmail.com")) == []
    assert companies(create(bob, None)) == []


def test_a_company_that_was_chosen_stays_the_primary_one(bob: Viewer) -> None:
    chosen = make_company(bob, "Lemon Ltd")
    mia = create(bob, "mia@orange.example", chosen)
    assert len(companies(mia)) == 2
    assert primary_company_id(bob, mia, "contact") == chosen


def test_the_company_that_was_chosen_may_be_that_of_the_domain(bob: Viewer) -> None:
    orange = make_company(bob, "Orange Inc", domain="orange.example")
    assert companies(create(bob, "mia@orange.example", orange)) == [orange]


def test_a_hidden_company_is_neither_linked_nor_doubled(bob: Viewer, charlie: Viewer) -> None:
    make_company(charlie, "Orange Inc", domain="orange.example")
    mia = create(bob)
    assert companies(mia) == []
    assert len(find_by_value(SYSTEM, "company", "domain", "orange.example")) == 1


def test_who_may_not_make_companies_makes_the_contact_and_links_what_is_there(alice: Viewer, bob: Viewer) -> None:
    person = only_contacts(bob)
    assert companies(create(person)) == []
    orange = make_company(alice, "Orange Inc", domain="orange.example")
    assert companies(create(person, "eva@orange.example")) == [orange]


def only_contacts(viewer: Viewer) -> Viewer:
    """The same person, who sees all companies and makes none."""
    kept = {key: scope for key, scope in viewer.scopes.items() if key[0] != "company"}
    return replace(viewer, scopes=kept | {("company", Verb.VIEW): Scope.EVERYTHING})


def test_it_is_switched_off_for_the_account(alice: Viewer, bob: Viewer) -> None:
    with pytest.raises(Forbidden), unit_of_work():
        company_of_domain.switch(bob, False)
    with unit_of_work():
        company_of_domain.switch(alice, False)
    assert companies(create(bob)) == []
    with unit_of_work():
        company_of_domain.switch(alice, True)
    assert len(companies(create(bob, "eva@orange.example"))) == 1


def test_contacts_made_at_the_same_moment_share_one_new_company(app: Flask, bob: Viewer) -> None:
    start = threading.Barrier(4)
    end_read()

    def one(number: int) -> int:
        start.wait()
        with app.app_context(), unit_of_work():
            return create_linked(bob, "contact", {"email": f"nr{number}@orange.example"})

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(one, range(4)))
    (company,) = find_by_value(SYSTEM, "company", "domain", "orange.example")
    assert [companies(contact) for contact in made] == [[company]] * 4
