"""Work in bulk: done batch by batch, nothing twice, and taken back exactly (QUALITY 2.3)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from crm.accounts.models import UserAccount
from crm.accounts.queries import begin_change, end_change
from crm.bulk import operations
from crm.bulk.models import BulkChange, BulkRun, RunState
from crm.bulk.queries import Run, get_run, runs_of
from crm.bulk.registry import Applied, BulkKind, Changed, bulk_kinds
from crm.db import db, end_read, unit_of_work
from crm.jobs.kinds import carry_on as job
from crm.messages import InvalidValue, Message
from crm.permissions.errors import NotFound
from crm.permissions.scopes import guarded, visible_to
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.records.operations import update_record
from crm.records.queries import get_record
from tests.factories import make_contact

NAMING = "naming"
BATCH = 2


def _items(actor: Viewer, _settings: Mapping[str, Any], after: int | None, limit: int) -> Sequence[int]:
    found = sa.select(Record.id).where(Record.object_type == "contact", visible_to(actor), Record.id > (after or 0))
    return db.session.scalars(guarded(found.order_by(Record.id).limit(limit), actor)).all()


def _apply(actor: Viewer, _run_id: int, settings: Mapping[str, Any], ids: Sequence[int]) -> Applied:
    changes, skipped = [], 0
    for one in ids:
        before = get_record(actor, one).values["jobtitle"]
        if update_record(actor, one, {"jobtitle": settings["title"]}):
            changes.append((one, None, before))
        else:
            skipped += 1
    return Applied(changes, skipped, [Message("Seen %(one)s", one=ids[0])])


def _undo(actor: Viewer, _run_id: int, _settings: Mapping[str, Any], changes: Sequence[Changed]) -> None:
    for one in changes:
        update_record(actor, one.one_id, {"jobtitle": one.before})


def _count(actor: Viewer, settings: Mapping[str, Any]) -> int:
    return len(_items(actor, settings, None, 1_000))


@pytest.fixture(autouse=True)
def _kind(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    title = lambda settings: Message("Calling everybody %(title)s", title=settings["title"])  # noqa: E731
    kind = BulkKind(NAMING, title, _items, _apply, _undo, _count, "Calling everybody something", batch=BATCH)
    monkeypatch.setitem(bulk_kinds._kinds, NAMING, kind)
    return


def begun(actor: Viewer, title: str = "Buyer") -> Run:
    end_read()
    with unit_of_work():
        return operations.begin(actor, NAMING, {"title": title})


def undone(actor: Viewer, run: Run) -> Run:
    end_read()
    with unit_of_work():
        return operations.undo(actor, run.id)


def step(run: Run) -> bool:
    end_read()
    with unit_of_work():
        return operations.carry_on(run.id)


def now_of(viewer: Viewer, run: Run) -> Run:
    end_read()
    return get_run(viewer, run.id)


def titles(viewer: Viewer, contacts: Sequence[int]) -> list[str | None]:
    end_read()
    return [get_record(viewer, one).values["jobtitle"] for one in contacts]


def deactivate(viewer: Viewer) -> None:
    end_read()
    with unit_of_work():
        begin_change()
        db.session.execute(sa.update(UserAccount).where(UserAccount.id == viewer.user_id).values(is_active=False))
        end_change()


def many(owner: Viewer, count: int = 5) -> list[int]:
    return [make_contact(owner, f"Contact {place}", jobtitle=f"Was {place}") for place in range(count)]


def test_one_batch_is_done_at_once_and_more_by_the_job(bob: Viewer, work: Callable[[], None]) -> None:
    contacts = many(bob, 2)
    run = begun(bob)
    assert (run.state, run.done, run.changed, run.total) == (RunState.DONE, 2, 2, 2)
    contacts += many(bob, 3)
    run = begun(bob, "Seller")
    assert (run.state, run.done, run.total, run.is_busy) == (RunState.RUNNING, 2, 5, True)
    work()
    run = now_of(bob, run)
    assert (run.state, run.done, run.changed, run.skipped) == (RunState.DONE, 5, 5, 0)
    assert titles(bob, contacts) == ["Seller"] * 5
    assert len(run.problems) == 3
    assert begun(bob, "Seller").skipped == 2


def test_undo_restores_exactly_what_was_there(bob: Viewer, work: Callable[[], None]) -> None:
    contacts = many(bob)
    before = titles(bob, contacts)
    run = begun(bob)
    work()
    assert undone(bob, run).state == RunState.UNDOING
    work()
    run = now_of(bob, run)
    assert (run.state, run.undone, run.may_be_undone) == (RunState.UNDONE, 5, False)
    assert titles(bob, contacts) == before
    assert undone(bob, run).undone == 5, "undoing twice is undoing once"


def test_undo_of_a_run_at_work_stops_it(bob: Viewer, work: Callable[[], None]) -> None:
    contacts = many(bob, 7)
    before = titles(bob, contacts)
    run = begun(bob)
    step(run)
    undone(bob, run)
    work()
    assert titles(bob, contacts) == before
    assert (now_of(bob, run).state, now_of(bob, run).done) == (RunState.UNDONE, 4)


def test_a_batch_that_dies_is_done_again_and_nothing_twice(
    bob: Viewer, monkeypatch: pytest.MonkeyPatch, work: Callable[[], None]
) -> None:
    contacts = many(bob)
    run = begun(bob)
    monkeypatch.setattr(operations, "_insert", _die)
    with pytest.raises(KeyboardInterrupt):
        step(run)
    monkeypatch.undo()
    _kind_again(monkeypatch)
    assert now_of(bob, run).done == BATCH
    work()
    assert titles(bob, contacts) == ["Buyer"] * 5
    changed = sa.select(BulkChange.one_id).where(BulkChange.run_id == run.id)
    assert sorted(db.session.scalars(changed)) == contacts


def _die(*_given: object) -> None:
    raise KeyboardInterrupt


def _kind_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = BulkKind(NAMING, lambda _settings: Message("x"), _items, _apply, _undo, _count, "x", batch=BATCH)
    monkeypatch.setitem(bulk_kinds._kinds, NAMING, kind)


def test_who_is_deactivated_meanwhile_does_no_more(alice: Viewer, bob: Viewer, work: Callable[[], None]) -> None:
    contacts = many(bob)
    before = titles(alice, contacts)
    run = begun(bob)
    deactivate(bob)
    work()
    run = now_of(alice, run)
    assert run.state == RunState.FAILED
    assert "no longer an active user" in str(run.failure)
    assert run.may_be_undone
    undone(alice, run)
    work()
    assert titles(alice, contacts) == before


def test_what_one_may_no_longer_change_stops_the_run(
    alice: Viewer, bob: Viewer, monkeypatch: pytest.MonkeyPatch, work: Callable[[], None]
) -> None:
    many(bob)
    run = begun(bob)
    looking_on = Viewer(bob.user_id, bob.name, scopes=_only_view(bob))
    monkeypatch.setattr(operations, "viewer_for", lambda _user_id: looking_on)
    work()
    assert "may no longer do this" in str(now_of(alice, run).failure)


def _only_view(person: Viewer) -> dict[Any, Any]:
    return {(name, verb): scope for (name, verb), scope in person.scopes.items() if verb == "view"}


def test_a_job_that_fails_for_good_leaves_a_clear_line(bob: Viewer) -> None:
    many(bob)
    run = begun(bob)
    job.say_that_it_broke_off({"run_id": run.id})
    assert "not expected" in str(now_of(bob, run).failure)
    assert step(run) is False


def test_a_run_is_shown_to_who_began_it_and_super_admins(alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    many(bob, 1)
    run = begun(bob)
    assert [one.id for one in runs_of(bob)] == [run.id]
    assert runs_of(alice) == []
    assert now_of(alice, run).id == run.id
    for act in (now_of, undone):
        with pytest.raises(NotFound):
            act(charlie, run)


def test_after_ninety_days_a_run_can_no_longer_be_undone_and_is_forgotten(
    bob: Viewer, clock: time_machine.Traveller
) -> None:
    many(bob, 2)
    run = begun(bob)
    clock.shift(timedelta(days=90, minutes=1))
    assert not now_of(bob, run).may_be_undone
    with pytest.raises(InvalidValue, match="90 days"):
        undone(bob, run)
    for is_more in (True, False):
        end_read()
        with unit_of_work():
            assert operations.forget_old() is is_more
    assert db.session.scalar(sa.select(sa.func.count()).select_from(BulkRun)) == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(BulkChange)) == 0


def test_beginning_and_undoing_are_in_the_audit_log(app: Flask, alice: Viewer, client_of: Callable) -> None:
    many(alice, 1)
    undone(alice, begun(alice))
    page = client_of(alice).get("/settings/audit").text
    assert "Began work in bulk" in page
    assert "Undid work in bulk" in page
    assert "Calling everybody something" in page


def test_the_end_of_a_long_run_is_told(bob: Viewer, client_of: Callable, work: Callable[[], None]) -> None:
    many(bob)
    run = begun(bob)
    work()
    assert "Finished: Calling everybody something" in client_of(bob).get("/notifications").text
    page = client_of(bob).get(f"/bulk/{run.id}").text
    assert "Calling everybody Buyer" in page
    assert "Done." in page
