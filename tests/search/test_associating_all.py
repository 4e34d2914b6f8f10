"""One activity put on very many records in the background, and taken off again (SPEC 6.4, 6.9)."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from crm.activities.operations import archive_activity, link, unlink
from crm.activities.queries import links_of
from crm.bulk import operations as bulk
from crm.bulk.models import RunState
from crm.bulk.queries import Run, get_run
from crm.bulk.registry import bulk_kinds
from crm.db import end_read, unit_of_work
from crm.derived.recomputing import recompute
from crm.messages import InvalidValue
from crm.permissions.errors import Forbidden
from crm.permissions.viewer import Viewer
from crm.search.associating_all import ASSOCIATE_ALL, associate_all_matching, offered, refuse_too_many
from crm.timeline.queries import page
from tests.factories import make_company, make_contact, make_deal, make_note
from tests.factories.merging import make_merge


def begun(actor: Viewer, note: int, q: str = "", object_type: str = "deal") -> Run:
    end_read()
    with unit_of_work():
        return associate_all_matching(actor, note, object_type, q)


def undone(actor: Viewer, run: Run) -> Run:
    end_read()
    with unit_of_work():
        return bulk.undo(actor, run.id)


def deals_of(viewer: Viewer, note: int) -> dict[int, str]:
    end_read()
    return {one.record_id: one.source for one in links_of(viewer, note, "deal")}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of two, so that a few records take several."""
    kind = bulk_kinds.get(ASSOCIATE_ALL)
    assert kind is not None
    monkeypatch.setitem(bulk_kinds._kinds, ASSOCIATE_ALL, replace(kind, batch=2))


@pytest.mark.usefixtures("small")
def test_asc_02_every_record_shows_it_on_its_timeline_and_none_does_after_the_undo(
    bob: Viewer, charlie: Viewer, work: Callable[[], None]
) -> None:
    note, theirs = make_note(bob, make_contact(bob)), make_deal(charlie, "Harbour of others")
    deals = [make_deal(bob, f"Harbour {number}") for number in range(5)]
    make_deal(bob, "Something else")
    assert offered(bob, note, "deal", "harbour") == 5
    run = begun(bob, note, "harbour")
    assert (run.total, run.done, run.is_busy) == (5, 2, True)
    make_deal(bob, "Harbour added meanwhile")
    work()
    end_read()
    assert get_run(bob, run.id).state == RunState.DONE
    assert deals_of(bob, note) == dict.fromkeys(deals, "bulk")
    assert all(note in {one.activity_id for one in page(bob, deal).entries} for deal in deals)
    assert note not in {one.activity_id for one in page(charlie, theirs).entries}
    assert recompute().values == 0
    undone(bob, run)
    work()
    assert deals_of(bob, note) == {}
    assert not any(note in {one.activity_id for one in page(bob, deal).entries} for deal in deals)
    assert recompute().values == 0


def test_undo_leaves_what_was_there_before_and_what_somebody_ticked_since(bob: Viewer) -> None:
    note = make_note(bob, make_contact(bob))
    before, ticked, plain = (make_deal(bob, name) for name in ("Before", "Ticked again", "Plain"))
    with unit_of_work():
        link(bob, note, before)
    run = begun(bob, note)
    assert run.changed == 2
    with unit_of_work():
        unlink(bob, note, ticked)
    with unit_of_work():
        link(bob, note, ticked)
    undone(bob, run)
    assert deals_of(bob, note) == {before: "person", ticked: "person"}
    assert plain not in deals_of(bob, note)


def test_undo_follows_records_that_were_merged_since(bob: Viewer) -> None:
    company = make_company(bob)
    note = make_note(bob, company)
    first, second = make_contact(bob, "Ada Berg"), make_contact(bob, "Ada Bergh")
    run = begun(bob, note, "ada", "contact")
    made = make_merge(bob, first, second)
    end_read()
    assert made.record_id in {one.record_id for one in links_of(bob, note)}
    undone(bob, run)
    end_read()
    assert {one.record_id for one in links_of(bob, note)} == {company}


@pytest.mark.usefixtures("small")
def test_an_activity_that_is_deleted_meanwhile_stops_the_run(bob: Viewer, work: Callable[[], None]) -> None:
    note = make_note(bob, make_contact(bob))
    for number in range(5):
        make_deal(bob, f"Deal {number}")
    run = begun(bob, note)
    with unit_of_work():
        archive_activity(bob, note)
    work()
    end_read()
    assert (get_run(bob, run.id).state, get_run(bob, run.id).done) == (RunState.FAILED, 2)


def test_asc_05_the_limit_is_kept_whoever_asks(bob: Viewer, dana: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    note = make_note(bob, make_contact(bob))
    with pytest.raises(InvalidValue, match="associated already"):
        begun(bob, note)
    for number in range(3):
        make_deal(bob, f"Deal {number}")
    with pytest.raises(Forbidden):
        begun(dana, note)
    monkeypatch.setattr("crm.search.associating_all.MOST_LINKS", 3)
    end_read()
    with pytest.raises(InvalidValue, match="That would add 3 deals"):
        refuse_too_many(bob, note, "deal", "")
    with pytest.raises(InvalidValue, match="at most 3"):
        begun(bob, note)
    assert deals_of(bob, note) == {}
