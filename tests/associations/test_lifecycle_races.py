"""Deals won at the same moment on the same people, while those are edited and linked: nobody waits in a circle."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask

from crm.associations.operations import associate
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import SYSTEM, Viewer
from crm.records.operations import update_record
from crm.records.queries import get_record
from tests.factories import make_company, make_contact, make_deal, relate

ROUNDS = 6


def at_once(app: Flask, *acts: Callable[[], object]) -> None:
    """Do all acts, begun at the same moment; whatever one raises is raised."""
    end_read()
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        with app.app_context():
            start.wait(30)
            act()

    with ThreadPoolExecutor(len(acts)) as pool:
        for done in [pool.submit(run, act) for act in acts]:
            done.result()


def write(actor: Viewer, record_id: int, **values: object) -> None:
    with unit_of_work():
        update_record(actor, record_id, values)


def link_again(actor: Viewer, record_id: int, deal_id: int) -> None:
    """Lock a record and a deal it is on, in order of id, and hold both for a moment."""
    with unit_of_work():
        associate(actor, record_id, deal_id)
        update_record(actor, record_id, {"phone": "+46 8 123 45 67"})


def test_deals_won_at_once_and_people_edited_meanwhile(app: Flask, alice: Viewer, bob: Viewer) -> None:
    for number in range(ROUNDS):
        contact, company = make_contact(bob), make_company(bob, f"Firm {number}")
        one, other = make_deal(bob), make_deal(bob)
        relate(bob, one, contact, company)
        relate(bob, other, company, contact)
        at_once(
            app,
            lambda one=one: write(bob, one, dealstage="closedwon"),
            lambda other=other: write(bob, other, dealstage="closedwon"),
            lambda contact=contact, one=one: link_again(alice, contact, one),
            lambda company=company, other=other: link_again(alice, company, other),
            lambda contact=contact: write(alice, contact, jobtitle="Buyer"),
        )
        end_read()
        assert [get_record(SYSTEM, each).values["lifecyclestage"] for each in (contact, company)] == ["customer"] * 2
