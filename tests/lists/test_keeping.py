"""Active lists are kept true by what happens to records, and by the days that go by (SPEC 5.4)."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from crm.accounts.models import UserAccount
from crm.accounts.queries import begin_change, end_change
from crm.associations.operations import dissociate
from crm.db import db, end_read, unit_of_work
from crm.jobs.registry import JOB_KINDS
from crm.lists.keeping import build_some, look_at_noted
from crm.lists.membership import put_on
from crm.lists.operations import Content, add_members, change_list, delete_list, restore_list
from crm.lists.queries import LIST, get_list
from crm.lists.watching import KEEP, wake
from crm.permissions.viewer import Viewer
from crm.records.operations import archive_record, restore_record, update_record
from tests.factories import make_call, make_company, make_contact, make_deal, relate
from tests.support.lists import make_list, on_list
from tests.support.queries import count_queries

Work = Callable[[], None]
BERLIN = "city:equal_any:Berlin"


def change(actor: Viewer, record_id: int, **values: object) -> None:
    end_read()
    with unit_of_work():
        update_record(actor, record_id, values)


def test_db_38_active_list_updates_when_a_value_changes(alice: Viewer, work: Work) -> None:
    ada, bert = make_contact(alice, "Ada", city="Berlin"), make_contact(alice, "Bert", city="Rome")
    berliners = make_list(alice, "Berliners", BERLIN)
    work()
    assert on_list(berliners) == {ada}
    assert get_list(alice, berliners).size == 1
    change(alice, bert, city="berlin")
    change(alice, ada, city="Rome")
    carl = make_contact(alice, "Carl", city="Berlin")
    work()
    assert on_list(berliners) == {bert, carl}
    assert get_list(alice, berliners).size == 2


def test_lists_of_companies_and_other_objects_work_alike(alice: Viewer, work: Work) -> None:
    """DB-38: companies as well as contacts; deals besides."""
    firm, deal = make_company(alice, "Orange", city="Berlin"), make_deal(alice, amount=500)
    firms = make_list(alice, "Firms", BERLIN, object_type="company")
    deals = make_list(alice, "Large deals", "amount:greater:100", object_type="deal")
    work()
    assert (on_list(firms), on_list(deals)) == ({firm}, {deal})


def test_deleted_record_leaves_and_comes_back(alice: Viewer, work: Work) -> None:
    ada = make_contact(alice, "Ada", city="Berlin")
    active, static = make_list(alice, "Berliners", BERLIN), make_list(alice, "Guests")
    with unit_of_work():
        add_members(alice, static, [ada])
    work()
    end_read()
    with unit_of_work():
        archive_record(alice, ada)
    work()
    assert on_list(active) == set()
    assert [get_list(alice, one).size for one in (active, static)] == [0, 0]
    end_read()
    with unit_of_work():
        restore_record(alice, ada)
    work()
    assert (on_list(active), on_list(static)) == ({ada}, {ada})
    assert [get_list(alice, one).size for one in (active, static)] == [1, 1]


def test_associated_records_and_links_decide(alice: Viewer, work: Work) -> None:
    ada, firm = make_contact(alice, "Ada"), make_company(alice, "Orange", city="Rome")
    there = make_list(alice, "At firms in Berlin", "associated.company.city:equal_any:Berlin")
    relate(alice, ada, firm)
    work()
    assert on_list(there) == set()
    change(alice, firm, city="Berlin")
    work()
    assert on_list(there) == {ada}
    end_read()
    with unit_of_work():
        dissociate(alice, ada, firm)
    work()
    assert on_list(there) == set()


def test_db_34_list_by_region_and_last_engagement(alice: Viewer, clock: time_machine.Traveller, work: Work) -> None:
    """Segments by criteria such as region and engagement: who lives in Berlin and was called lately."""
    ada, bert = make_contact(alice, "Ada", city="Berlin"), make_contact(alice, "Bert", city="Berlin")
    lately = make_list(alice, "Berliners called lately", BERLIN, "notes_last_contacted:last:7|days")
    make_call(alice, ada)
    work()
    assert on_list(lately) == {ada}
    clock.shift(timedelta(days=9))
    make_call(alice, bert)
    work()
    assert on_list(lately) == {bert}


def test_days_that_go_by_are_heard_of_without_any_change(
    alice: Viewer, clock: time_machine.Traveller, work: Work
) -> None:
    ada = make_contact(alice, "Ada")
    new = make_list(alice, "New this week", "createdate:last:7|days")
    work()
    assert on_list(new) == {ada}
    clock.shift(timedelta(days=8))
    assert JOB_KINDS.get(KEEP).every <= timedelta(hours=1)
    with unit_of_work():
        wake()
    work()
    assert on_list(new) == set()


def test_list_that_rests_on_another_follows_it(alice: Viewer, work: Work) -> None:
    ada, bert = make_contact(alice, "Ada", city="Berlin"), make_contact(alice, "Bert", city="Berlin")
    static = make_list(alice, "Do not call")
    berliners = make_list(alice, "Berliners", BERLIN)
    rest = make_list(
        alice, "To call", f"list.member:any:{berliners}", f"list.member:none:{static}"
    )
    work()
    assert on_list(rest) == {ada, bert}
    end_read()
    with unit_of_work():
        add_members(alice, static, [bert])
    change(alice, ada, city="Rome")
    work()
    assert on_list(rest) == set()


def test_other_filter_is_answered_anew(alice: Viewer, work: Work) -> None:
    ada, bert = make_contact(alice, "Ada", city="Berlin"), make_contact(alice, "Bert", city="Rome")
    one = make_list(alice, "Somewhere", BERLIN)
    work()
    assert on_list(one) == {ada}
    found = get_list(alice, one)
    end_read()
    with unit_of_work():
        change_list(alice, one, Content("Romans", filter=["city:equal_any:Rome"]), found.version)
    assert get_list(alice, one).is_being_built
    work()
    assert on_list(one) == {bert}
    assert not get_list(alice, one).is_being_built


def test_owner_is_me_and_what_they_see_counts(alice: Viewer, bob: Viewer, charlie: Viewer, work: Work) -> None:
    """Bob sees no firm of Charlie's, so that none puts a contact on a list of his."""
    mine, theirs = make_contact(bob, "Mine"), make_contact(charlie, "Theirs")
    firm = make_company(charlie, "South", city="Berlin")
    relate(alice, mine, firm)
    own = make_list(bob, "My own", "hubspot_owner_id:any:me", visibility="everyone")
    through = make_list(bob, "At firms", "associated.company.city:equal_any:Berlin")
    all_firms = make_list(alice, "At all firms", "associated.company.city:equal_any:Berlin")
    work()
    assert mine in on_list(own)
    assert theirs not in on_list(own)
    assert (on_list(through), on_list(all_firms)) == (set(), {mine})


def test_other_team_is_another_list(alice: Viewer, bob: Viewer, charlie: Viewer, work: Work) -> None:
    theirs = make_contact(charlie, "Theirs")
    team = make_list(bob, "Of my team", "hubspot_owner_id:any:my_team")
    work()
    assert theirs not in on_list(team)
    end_read()
    with unit_of_work():
        begin_change()
        db.session.execute(sa.update(UserAccount).where(UserAccount.id == bob.user_id).values(team_id=charlie.team_id))
        end_change()
    with unit_of_work():
        wake()
    work()
    assert theirs in on_list(team)


def test_list_whose_filter_means_nothing_keeps_its_members_and_says_so(alice: Viewer, work: Work) -> None:
    ada = make_contact(alice, "Ada", city="Berlin")
    berliners = make_list(alice, "Berliners", BERLIN)
    rest = make_list(alice, "To call", f"list.member:any:{berliners}")
    work()
    end_read()
    with unit_of_work():
        delete_list(alice, berliners)
    work()
    assert on_list(rest) == {ada}
    assert get_list(alice, rest).is_broken
    end_read()
    with unit_of_work():
        restore_list(alice, berliners)
    work()
    assert on_list(rest) == {ada}
    assert not get_list(alice, rest).is_broken


def test_deleted_list_waits_for_nothing(alice: Viewer, work: Work) -> None:
    one = make_list(alice, "Berliners", BERLIN)
    work()
    end_read()
    with unit_of_work():
        delete_list(alice, one)
    ada = make_contact(alice, "Ada", city="Berlin")
    work()
    assert on_list(one) == set()
    assert ada


@pytest.mark.parametrize("texts", [(), (BERLIN,)])
def test_change_costs_no_query_while_no_list_waits(alice: Viewer, work: Work, texts: tuple[str, ...]) -> None:
    """And two while one does: the note, and the call for the worker."""
    firm = make_company(alice, "Orange")
    change(alice, firm, city="Rome")
    with count_queries() as before:
        change(alice, firm, city="Berlin")
    make_list(alice, "Berliners", *texts, object_type="company")
    work()
    change(alice, firm, city="Rome")
    with count_queries() as after:
        change(alice, firm, city="Paris")
    assert len(after) - len(before) == (2 if texts else 0), after


def test_filter_of_250_conditions_answers(alice: Viewer, work: Work) -> None:
    ada = make_contact(alice, "Ada", city="Berlin")
    relate(alice, ada, make_company(alice, "Orange", city="Berlin"))
    texts = [BERLIN, "associated.company.city:equal_any:Berlin"] * 62 + ["list.member:none:{}"]
    static = make_list(alice, "Nobody")
    texts[-1] = texts[-1].format(static)
    many = make_list(alice, "Many conditions", *texts, "or", *texts)
    work()
    assert on_list(many) == {ada}


def test_rights_that_change_while_a_list_is_built_are_heard_of(
    alice: Viewer, bob: Viewer, charlie: Viewer, work: Work
) -> None:
    theirs = make_contact(charlie, "Theirs")
    team = make_list(bob, "Of my team", "hubspot_owner_id:any:my_team")
    assert build_some()
    end_read()
    with unit_of_work():
        begin_change()
        db.session.execute(sa.update(UserAccount).where(UserAccount.id == bob.user_id).values(team_id=charlie.team_id))
        end_change()
    work()
    with unit_of_work():
        wake()
    work()
    assert theirs in on_list(team)


def test_static_list_whose_beginning_breaks_is_tried_again_and_can_be_mended(
    alice: Viewer, clock: time_machine.Traveller, work: Work
) -> None:
    ada, bert = make_contact(alice, "Ada", city="Berlin"), make_contact(alice, "Bert", city="Rome")
    berliners = make_list(alice, "Berliners", BERLIN)
    work()
    guests, others = (make_list(alice, name, f"list.member:any:{berliners}", kind="static") for name in "AB")
    with unit_of_work():
        delete_list(alice, berliners)
    work()
    assert get_list(alice, guests).is_broken
    found = get_list(alice, others)
    end_read()
    with unit_of_work():
        change_list(alice, others, Content("B", "static", filter=["city:equal_any:Rome"]), found.version)
    with unit_of_work():
        restore_list(alice, berliners)
    clock.shift(timedelta(hours=2))
    with unit_of_work():
        wake()
    work()
    assert (on_list(guests), on_list(others)) == ({ada}, {bert})
    assert not get_list(alice, guests).has_filter


def test_change_while_another_worker_writes_is_not_lost(app: Flask, alice: Viewer) -> None:
    """What one worker is about to put on a list is seen by the one who hears that it does not belong there any more."""
    ada = make_contact(alice, "Ada", city="Berlin")
    berliners = make_list(alice, "Berliners", BERLIN)
    while build_some() or look_at_noted():
        pass
    change(alice, ada, city="Rome")
    while look_at_noted():
        pass
    assert on_list(berliners) == set()
    change(alice, ada, city="Berlin")
    end_read()
    begun, changed, heard = Event(), Event(), Event()
    is_sqlite = db.engine.dialect.name == "sqlite"

    def write() -> None:
        with app.app_context(), unit_of_work():
            db.session.execute(sa.select(LIST).where(LIST.c.id == berliners).with_for_update())
            begun.set()
            changed.wait(0.5 if is_sqlite else 30)  # SQLite has one writer
            heard.wait(0.5)
            put_on(get_list(alice, berliners), [ada], "filter", None)

    def hear() -> None:
        with app.app_context():
            assert begun.wait(30)
            change(alice, ada, city="Rome")
            changed.set()
            while look_at_noted():
                pass
            heard.set()

    with ThreadPoolExecutor(2) as pool:
        for one in (pool.submit(write), pool.submit(hear)):
            one.result(60)
    assert on_list(berliners) == set()


def test_filter_that_is_more_than_a_database_can_weigh_holds_up_no_other(alice: Viewer, work: Work) -> None:
    """Whether it is answered, refused as it is read, or refused by the database."""
    ada = make_contact(alice, "Ada", city="Berlin")
    heavy = make_list(alice, "Heavy", BERLIN)
    cities = "|".join(f"City {number}" for number in range(12))
    texts = json.dumps([text for _ in range(200) for text in (f"city:contains_any:{cities}", "or")])
    end_read()
    with unit_of_work():
        db.session.execute(sa.update(LIST).where(LIST.c.id == heavy).values(filter=texts))
    berliners = make_list(alice, "Berliners", BERLIN)
    work()
    assert on_list(berliners) == {ada}
    assert on_list(heavy) == set()
