"""Exactly one primary company, whatever is deleted, restored or done at the same time (SPEC 6.2)."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from crm.associations.models import Association, AssociationTypeRow
from crm.associations.operations import associate, associate_all, dissociate, set_primary_company
from crm.associations.queries import primary_company_id
from crm.db import db, end_read, unit_of_work
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.operations import archive_record, restore_record
from tests.factories import make_company, make_contact, make_deal, relate


def do(operation: Any, *arguments: Any) -> Any:
    """Run one operation in a unit of its own."""
    end_read()
    with unit_of_work():
        return operation(*arguments)


def primary(viewer: Viewer, record_id: int, object_type: str = "contact") -> int | None:
    end_read()
    return primary_company_id(viewer, record_id, object_type)


def primary_links(record_id: int) -> list[tuple[int, int]]:
    """All primary links from and to a record, to deleted companies too."""
    end_read()
    statement = (
        sa.select(Association.from_record_id, Association.to_record_id)
        .join(AssociationTypeRow, AssociationTypeRow.id == Association.type_id)
        .where(
            AssociationTypeRow.is_primary,
            sa.or_(Association.from_record_id == record_id, Association.to_record_id == record_id),
        )
    )
    return sorted(db.session.execute(unguarded(statement, "a test looks")).tuples())


@pytest.fixture
def contact(alice: Viewer) -> int:
    return make_contact(alice)


@pytest.fixture
def companies(alice: Viewer, contact: int, clock: time_machine.Traveller) -> list[int]:
    """Three companies of the contact, an hour between them; the first is primary, the third has the lowest id."""
    third, first, second = (make_company(alice, name) for name in ("Third", "First", "Second"))
    for company in (first, second, third):
        relate(alice, contact, company)
        clock.shift(timedelta(hours=1))
    return [first, second, third]


def test_a_deleted_company_hands_over_to_the_one_linked_longest(
    alice: Viewer, contact: int, companies: list[int]
) -> None:
    first, second, third = companies
    do(archive_record, alice, first)
    assert primary(alice, contact) == second
    assert primary_links(contact) == sorted([(contact, second), (second, contact)])
    do(archive_record, alice, second)
    assert primary(alice, contact) == third


def test_a_company_that_comes_back_leaves_the_new_primary(alice: Viewer, contact: int, companies: list[int]) -> None:
    first, second, _third = companies
    do(archive_record, alice, first)
    do(restore_record, alice, first)
    assert primary(alice, contact) == second
    assert len(primary_links(contact)) == 2


def test_the_only_company_is_primary_again_when_it_comes_back(alice: Viewer, contact: int) -> None:
    company = make_company(alice)
    relate(alice, contact, company)
    do(archive_record, alice, company)
    assert primary(alice, contact) is None
    do(restore_record, alice, company)
    assert primary(alice, contact) == company


def test_a_company_that_comes_back_first_is_primary(alice: Viewer, contact: int, companies: list[int]) -> None:
    for company in companies:
        do(archive_record, alice, company)
    do(restore_record, alice, companies[0])
    assert primary(alice, contact) == companies[0]
    do(restore_record, alice, companies[2])
    assert primary(alice, contact) == companies[0]
    assert len(primary_links(contact)) == 2


def test_a_new_company_takes_the_place_of_a_deleted_one(alice: Viewer, contact: int) -> None:
    gone, new = make_company(alice, "Gone"), make_company(alice, "New")
    relate(alice, contact, gone)
    do(archive_record, alice, gone)
    relate(alice, contact, new)
    do(restore_record, alice, gone)
    assert primary(alice, contact) == new
    assert primary_links(contact) == sorted([(contact, new), (new, contact)])


def test_a_deleted_company_does_not_move_up(alice: Viewer, contact: int, companies: list[int]) -> None:
    first, second, third = companies
    do(archive_record, alice, second)
    do(dissociate, alice, contact, first)
    assert primary(alice, contact) == third


def test_deleting_a_company_moves_others_up_on_every_record_of_it(alice: Viewer) -> None:
    gone, left = make_company(alice, "Gone"), make_company(alice, "Left")
    contacts, deal, alone = [make_contact(alice) for _ in range(3)], make_deal(alice), make_contact(alice)
    for record in (*contacts, deal):
        relate(alice, record, gone, left)
    relate(alice, alone, gone)
    do(archive_record, alice, gone)
    assert {primary(alice, record) for record in contacts} == {left}
    assert primary(alice, deal, "deal") == left
    assert primary(alice, alone) is None


def test_deleting_anything_else_changes_no_primary(alice: Viewer, contact: int, companies: list[int]) -> None:
    deal = make_deal(alice)
    relate(alice, deal, contact, companies[0])
    do(archive_record, alice, deal)
    do(archive_record, alice, companies[1])
    assert primary(alice, contact) == companies[0]


At_once = Callable[..., list[Any]]


@pytest.fixture
def at_once(app: Flask) -> At_once:
    """Run functions in threads of their own, each in a unit of work, all starting together."""

    def run(*works: Callable[[], Any]) -> list[Any]:
        start = threading.Barrier(len(works))
        end_read()

        def one(work: Callable[[], Any]) -> Any:
            start.wait()
            with app.app_context(), unit_of_work():
                return work()

        with ThreadPoolExecutor(len(works)) as pool:
            return list(pool.map(one, works))

    return run


def test_of_companies_linked_at_the_same_moment_one_is_primary(alice: Viewer, contact: int, at_once: At_once) -> None:
    made = [make_company(alice, f"Company {number}") for number in range(4)]
    from_here = [lambda company=company: associate(alice, contact, company) for company in made[:2]]
    from_there = [lambda company=company: associate(alice, company, contact) for company in made[2:]]
    assert at_once(*from_here, *from_there) == [True] * 4
    assert len(primary_links(contact)) == 2
    assert primary(alice, contact) in made


def test_the_same_link_made_twice_at_the_same_moment_is_one(alice: Viewer, contact: int, at_once: At_once) -> None:
    deal = make_deal(alice)
    made = at_once(lambda: associate(alice, contact, deal), lambda: associate(alice, deal, contact))
    assert sorted(made) == [False, True]


def test_of_two_choices_at_the_same_moment_one_stays(
    alice: Viewer, contact: int, companies: list[int], at_once: At_once
) -> None:
    at_once(*(lambda company=company: set_primary_company(alice, contact, company) for company in companies))
    assert len(primary_links(contact)) == 2
    assert primary(alice, contact) in companies


def test_removing_and_choosing_at_the_same_moment_leave_one(
    alice: Viewer, contact: int, companies: list[int], at_once: At_once
) -> None:
    first, second, third = companies
    at_once(lambda: dissociate(alice, contact, first), lambda: set_primary_company(alice, contact, third))
    assert len(primary_links(contact)) == 2
    assert primary(alice, contact) in (second, third)


def test_many_linked_to_each_other_at_the_same_moment_wait_for_each_other(alice: Viewer, at_once: At_once) -> None:
    made = [make_contact(alice) for _ in range(4)]
    works = [lambda one=one: associate_all(alice, one, [other for other in made if other != one]) for one in made]
    assert sum(at_once(*works)) == 6
