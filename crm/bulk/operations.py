"""Beginning work in bulk, carrying it on batch by batch, and undoing it.

What a batch did and how far the run has come are written together, so nothing is done twice, however often a worker
dies; whoever wants to go on locks the run first, so that two workers never do the same. Every batch acts with the
rights its actor has at that moment.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.accounts.queries import directory, viewer_for
from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.bulk.models import BulkChange, BulkRun, RunState
from crm.bulk.queries import BUSY, KEPT, Run, get_run
from crm.bulk.registry import BulkKind, Changed, bulk_kinds
from crm.clock import now
from crm.db import db
from crm.events import BulkRunEnded, publish
from crm.jobs.queue import enqueue
from crm.messages import N_, InvalidValue, Message, stored_message
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import SYSTEM, Viewer

CARRY_ON = "carry_on"
"""The kind of job that carries a run on."""

MOST_PROBLEMS = 50
"""So many problems are kept of a run; the rest is counted among what was left as it was."""

NO_LONGER_MAY = N_("Stopped: %(name)s may no longer do this.")
MAY_NOT_UNDO = N_("You may no longer change this, or it is no longer there. Nothing was undone.")
NO_LONGER_HERE = N_("Stopped: %(name)s is no longer an active user.")
NO_LONGER_KNOWN = N_("Stopped: this version no longer knows such work.")
BROKE_OFF = N_("Stopped by an error that was not expected. Whoever runs this server finds it in its log.")
TOO_LATE = N_("This can no longer be undone: it began more than %(days)s days ago.")


class Stopped(Exception):
    """A run cannot go on; `message` says why."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(str(message))


def begin(
    actor: Viewer,
    kind_name: str,
    settings: dict[str, Any],
    moment: datetime | None = None,
    record_id: int | None = None,
    total: int | None = None,
) -> Run:
    """Begin work of a kind inside the caller's unit of work: the first batch at once, the rest by a job.

    `settings` are JSON; `record_id` is the record or activity it is about; `total` is how many items there are, where
    that was counted before the unit. The run that is returned is done already when one batch was all. Raises what the
    kind raises: Forbidden, NotFound, InvalidValue.
    """
    kind = bulk_kinds.get(kind_name)
    if kind is None:
        raise NotFound(f"there is no kind of work in bulk called {kind_name!r}")
    values = {
        "kind": kind_name,
        "actor_id": actor.user_id,
        "begun_at": moment or now(),
        "state": RunState.RUNNING,
        "settings": json.dumps(settings, ensure_ascii=False, sort_keys=True),
        "record_id": record_id,
        "total": kind.count(actor, settings) if total is None else total,
    }
    run_id = db.session.execute(sa.insert(BulkRun).values(**values)).inserted_primary_key[0]
    _audit(actor, Action.BULK_BEGUN, kind, run_id)
    run = locked(run_id)
    last = apply_batch(actor, kind, run)
    if last is not None and kind.items(actor, settings, last, 1):
        _carry_on_later(run_id)
    else:
        _write(run_id, state=RunState.DONE, ended_at=now())
    return get_run(SYSTEM, run_id)


def undo(actor: Viewer, run_id: int) -> Run:
    """Take back what a run changed, inside the caller's unit of work: the newest batch at once, the rest by a job.

    One that is at work is stopped. For who began it and super admins, within 90 days; what is undone already stays so.
    Raises NotFound for a run that they may not see, InvalidValue where it cannot be undone.
    """
    get_run(actor, run_id)
    run = locked(run_id)
    if run is None:
        raise NotFound(f"no run {run_id}")
    if run.state in (RunState.UNDOING, RunState.UNDONE):
        return get_run(actor, run_id)
    if run.begun_at <= now() - KEPT:
        raise InvalidValue(Message(TOO_LATE, days=KEPT.days))
    kind = bulk_kinds.get(run.kind)
    if kind is None:
        raise InvalidValue(NO_LONGER_KNOWN)
    _audit(actor, Action.BULK_UNDONE, kind, run_id)
    _write(run_id, state=RunState.UNDOING, undone_by_id=actor.user_id, failure=None, ended_at=None)
    try:
        undo_batch(actor, kind, run)
    except (Forbidden, NotFound) as error:
        raise InvalidValue(Message(MAY_NOT_UNDO)) from error
    if _is_any_left(run_id):
        _carry_on_later(run_id)
    else:
        _write(run_id, state=RunState.UNDONE, ended_at=now())
    return get_run(actor, run_id)


def carry_on(run_id: int) -> bool:
    """Do or undo one more batch, inside a unit of work of its own; whether there may be more.

    Raises Stopped when who it is done for may no longer do so, and whatever else goes wrong.
    """
    run = locked(run_id)
    if run is None or run.state not in BUSY:
        return False
    kind = bulk_kinds.get(run.kind)
    if kind is None:
        raise Stopped(Message(NO_LONGER_KNOWN))
    is_undoing = run.state == RunState.UNDOING
    actor = _actor(run.undone_by_id if is_undoing else run.actor_id)
    try:
        is_more = undo_batch(actor, kind, run) if is_undoing else apply_batch(actor, kind, run) is not None
    except (Forbidden, NotFound) as error:
        raise Stopped(Message(NO_LONGER_MAY, name=actor.name)) from error
    except InvalidValue as error:
        raise Stopped(error.message) from error
    if is_more:
        _write(run_id, state=RunState.UNDOING if is_undoing else RunState.RUNNING)
    else:
        _end(actor, kind, run, RunState.UNDONE if is_undoing else RunState.DONE)
    return is_more


def fail(run_id: int, message: Message) -> None:
    """Stop a run that cannot go on, inside a unit of work; what it did so far stays and can be undone."""
    run = locked(run_id)
    if run is None or run.state not in BUSY:
        return
    _write(run_id, failure=json.dumps(stored_message(message), ensure_ascii=False))
    kind = bulk_kinds.get(run.kind)
    if kind is not None:
        _end(SYSTEM, kind, run, RunState.FAILED)
    else:
        _write(run_id, state=RunState.FAILED, ended_at=now())


def locked(run_id: int) -> Any:
    """The row of a run, nobody else's until the unit ends; None when there is none."""
    return db.session.execute(sa.select(BulkRun.__table__).where(BulkRun.id == run_id).with_for_update()).first()


def apply_batch(actor: Viewer, kind: BulkKind, run: Any) -> int | None:
    """Do the next batch of a locked run; the last item of it, None when there was nothing left."""
    settings = json.loads(run.settings)
    ids = list(kind.items(actor, settings, run.position, kind.batch))
    if not ids:
        return None
    applied = kind.apply(actor, run.id, settings, ids)
    changes = [Changed(*one) for one in applied.changes]
    _insert(run, changes)
    problems = _gathered(json.loads(run.problems), applied.problems)
    _write(
        run.id,
        position=ids[-1],
        done=run.done + len(ids),
        changed=run.changed + len(changes),
        skipped=run.skipped + applied.skipped,
        problems=json.dumps(problems, ensure_ascii=False),
    )
    return ids[-1]


def _gathered(known: list[Any], problems: Iterable[Message]) -> list[Any]:
    """The problems of all batches: those that differ in their `count` alone are one, with the sum."""
    found = list(known)
    for text, params in map(stored_message, problems):
        same = (one for one in found if one[0] == text and one[1] | {"count": 0} == params | {"count": 0})
        other = next(same, None) if isinstance(params.get("count"), int) else None
        if other is None:
            found.append([text, params])
        else:
            other[1]["count"] += params["count"]
    return found[:MOST_PROBLEMS]


def undo_batch(actor: Viewer, kind: BulkKind, run: Any) -> bool:
    """Take back the newest changes of a locked run that are left; whether there were any."""
    table = BulkChange.__table__
    newest = sa.select(table).where(table.c.run_id == run.id).order_by(table.c.number.desc()).limit(kind.batch)
    rows = db.session.execute(newest).all()
    if not rows:
        return False
    changes = [Changed(row.one_id, row.other_id, json.loads(row.before or "null")) for row in rows]
    kind.undo(actor, run.id, json.loads(run.settings), changes)
    db.session.execute(sa.delete(table).where(table.c.run_id == run.id, table.c.number >= rows[-1].number))
    _write(run.id, undone=run.undone + len(rows))
    return True


def _insert(run: Any, changes: Sequence[Changed]) -> None:
    rows = [
        {
            "run_id": run.id,
            "number": number,
            "one_id": one.one_id,
            "other_id": one.other_id,
            "before": None if one.before is None else json.dumps(one.before, ensure_ascii=False),
        }
        for number, one in enumerate(changes, run.changed + 1)
    ]
    if rows:
        db.session.execute(sa.insert(BulkChange.__table__), rows)


def _is_any_left(run_id: int) -> bool:
    left = sa.select(sa.literal(1)).where(BulkChange.run_id == run_id).limit(1)
    return db.session.scalar(left) is not None


def _actor(user_id: int | None) -> Viewer:
    if user_id is None:
        return SYSTEM
    person = directory().users.get(user_id)
    if person is None or not person.is_active:
        raise Stopped(Message(NO_LONGER_HERE, name=directory().name_of(user_id)))
    return viewer_for(user_id)


def _end(actor: Viewer, kind: BulkKind, run: Any, state: RunState) -> None:
    """Write that a job has brought a run to its end, and say so."""
    _write(run.id, state=state, ended_at=now())
    whose = run.undone_by_id if run.state == RunState.UNDOING else run.actor_id
    publish(BulkRunEnded(actor, run.id, whose, kind.name, str(state)))


def _audit(actor: Viewer, action: Action, kind: BulkKind, run_id: int) -> None:
    record(actor, action, About(Kind.BULK_RUN, run_id, kind.label))


def _carry_on_later(run_id: int) -> None:
    enqueue(CARRY_ON, {"run_id": run_id}, unique_key=str(run_id))


def _write(run_id: int, **values: Any) -> None:
    changed = sa.update(BulkRun).where(BulkRun.id == run_id).values(**values)
    db.session.execute(changed.execution_options(synchronize_session=False))


def forget_old(most: int = 1_000) -> bool:
    """Forget changes, then runs, that are too old to be undone, inside a unit of work; whether there may be more."""
    old = sa.select(BulkRun.id).where(BulkRun.begun_at <= now() - KEPT, BulkRun.state.not_in(sorted(BUSY)))
    run_id = db.session.scalar(old.order_by(BulkRun.id).limit(1))
    if run_id is None:
        return False
    forget_changes([run_id], most)
    if not _is_any_left(run_id):
        db.session.execute(sa.delete(BulkRun.__table__).where(BulkRun.id == run_id))
    return True


def forget_changes(run_ids: Iterable[int], most: int) -> None:
    """Forget what some runs changed, at most so many changes, inside a unit of work."""
    table = BulkChange.__table__
    for run_id in run_ids:
        some = sa.select(table.c.number).where(table.c.run_id == run_id).order_by(table.c.number).limit(most)
        last = db.session.scalar(sa.select(sa.func.max(some.subquery().c.number)))
        db.session.execute(sa.delete(table).where(table.c.run_id == run_id, table.c.number <= (last or 0)))


def forget_values(item_ids: Sequence[int]) -> None:
    """Forget what was kept for Undo of the values of records that go for good, inside a unit of work."""
    change, names = BulkChange.__table__, [kind.name for kind in bulk_kinds if kind.keeps_values]
    runs = sa.select(BulkRun.id).where(BulkRun.kind.in_(names))
    theirs = (change.c.run_id.in_(runs), change.c.one_id.in_(item_ids))
    db.session.execute(sa.update(change).where(*theirs).values(before=None))
