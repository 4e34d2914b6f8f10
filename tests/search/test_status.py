"""How the search index is, told in numbers."""

from collections.abc import Callable
from datetime import timedelta

from time_machine import Traveller

from crm.clock import now
from crm.db import db, end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.search.health import read_status
from crm.search.models import SearchDead
from tests.factories import make_contact, make_note
from tests.support.databases import only_on

CatchUp = Callable[[], None]


def test_index_that_has_everything_is_whole_and_not_behind(alice: Viewer, catch_up: CatchUp) -> None:
    contact = make_contact(alice)
    for _ in range(3):
        make_note(alice, contact)
    catch_up()
    status = read_status()
    assert (status.is_usable, status.is_whole, status.rows_waiting, status.seconds_behind) == (True, True, 0, 0)
    assert (status.documents, status.activities) == (3, 3)
    assert not status.lag.is_late


@only_on("sqlite")
def test_changes_that_wait_are_counted_and_the_oldest_says_how_late_it_is(
    alice: Viewer, catch_up: CatchUp, clock: Traveller
) -> None:
    contact = make_contact(alice)
    catch_up()
    make_note(alice, contact)
    clock.shift(timedelta(seconds=50))
    make_note(alice, contact)
    end_read()
    status = read_status()
    assert (status.rows_waiting, status.seconds_behind) == (2, 50)
    assert (status.lag.is_late, status.lag.is_failing) == (True, False)
    clock.shift(timedelta(seconds=70))
    assert read_status().lag.is_failing


@only_on("sqlite")
def test_without_an_index_it_is_not_usable(alice: Viewer) -> None:
    make_note(alice, make_contact(alice))
    status = read_status()
    assert (status.is_usable, status.is_whole, status.documents, status.activities) == (False, False, 0, 1)


def test_what_could_not_be_indexed_is_named_with_its_reason(alice: Viewer, catch_up: CatchUp) -> None:
    note = make_note(alice, make_contact(alice))
    catch_up()
    with unit_of_work():
        db.session.add(SearchDead(activity_id=note, error="ValueError: cannot be read", moment=now()))
    status = read_status()
    assert status.dead_count == 1
    assert [(dead.activity_id, dead.error) for dead in status.dead] == [(note, "ValueError: cannot be read")]
