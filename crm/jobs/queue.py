"""Putting jobs in, taking them out under a lease, and ending them (LIBRARIES 6, "Jobs")."""

import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from crm.clock import now
from crm.db import db
from crm.jobs.models import Job, State
from crm.jobs.registry import JobKind

FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=1)
ERROR_LENGTH = 2_000
REGULAR = "regular"
"""The `unique_key` of the job of a regular kind that is always waiting."""


@dataclass(frozen=True)
class Claim:
    """A job that is ours until its lease runs out."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    attempts: int
    unique_key: str | None
    holder: str


def enqueue(
    kind: str, payload: Mapping[str, Any] | None = None, run_at: datetime | None = None, unique_key: str | None = None
) -> bool:
    """Add a job to the caller's unit of work; it runs once that is committed, and not before `run_at` (UTC).

    Returns False when a job of this kind with this `unique_key` is waiting already: the two are one.
    """
    moment = now()
    insert = postgresql.insert if _dialect() == "postgresql" else sqlite.insert
    added = db.session.execute(
        insert(Job)
        .values(
            kind=kind,
            payload=json.dumps(payload or {}, ensure_ascii=False, sort_keys=True),
            unique_key=unique_key,
            state=State.WAITING,
            run_at=run_at or moment,
            attempts=0,
            created_at=moment,
        )
        .on_conflict_do_nothing()
        .returning(Job.id)
    )
    return added.scalar() is not None


def has_due() -> bool:
    """Whether a job is due: a plain read, so that an idle worker takes no write lock."""
    return db.session.execute(sa.select(Job.id).where(_is_due(now())).limit(1)).scalar() is not None


def is_open(kind: str) -> bool:
    """Whether a job of this kind is waiting or being done."""
    open_ones = sa.select(Job.id).where(Job.kind == kind, Job.state.in_((State.WAITING, State.RUNNING))).limit(1)
    return db.session.execute(open_ones).scalar() is not None


def claim(kinds: Mapping[str, JobKind], holder: str) -> Claim | None:
    """Take the job that is due the longest, or None; to be called inside a unit of work.

    Jobs of other kinds than `kinds` are left to a worker that knows them. A job whose workers died under it as often
    as its kind allows tries is set aside as failed. Two workers never get the same job: SQLite has one writer,
    PostgreSQL skips locked rows.
    """
    moment = now()
    due = (
        sa.select(Job.id, Job.kind, Job.payload, Job.attempts, Job.unique_key)
        .where(_is_due(moment), Job.kind.in_(kinds))
        .order_by(Job.run_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    while (row := db.session.execute(due).first()) is not None:
        kind = kinds[row.kind]
        if row.attempts < kind.max_attempts:
            attempts = row.attempts + 1
            lease = {"leased_by": holder, "lease_until": moment + kind.lease}
            _write(Job.id == row.id, state=State.RUNNING, attempts=attempts, **lease)
            return Claim(row.id, row.kind, json.loads(row.payload), attempts, row.unique_key, holder)
        error = f"its worker ended in the middle of it, {row.attempts} times"
        _write(Job.id == row.id, state=State.FAILED, error=error, leased_by=None, lease_until=None)
        enqueue_after_failure(kind, json.loads(row.payload), row.unique_key)
        enqueue_next(kind, row.unique_key)
    return None


def enqueue_next(kind: JobKind, unique_key: str | None) -> None:
    """After a job of `kind` ended: put the next one in, if it was the regular one."""
    if kind.every is not None and unique_key == REGULAR:
        enqueue(kind.name, run_at=now() + kind.every, unique_key=REGULAR)


def enqueue_after_failure(kind: JobKind, payload: Mapping[str, Any], unique_key: str | None) -> None:
    """After a job of `kind` failed for the last time: have put in order what it leaves behind."""
    if kind.after_failure is not None:
        enqueue(kind.after_failure, payload, unique_key=unique_key)


def last_failure(kind: str, unique_key: str) -> str | None:
    """What went wrong with the newest job of this kind and key that failed for good, None when none did."""
    failed = sa.select(Job.error).where(Job.kind == kind, Job.unique_key == unique_key, Job.state == State.FAILED)
    return db.session.scalar(failed.order_by(Job.id.desc()).limit(1))


def forget_failures(kind: str, unique_key: str) -> None:
    """Throw away failed jobs, because somebody tries again what they were for; inside a unit of work."""
    gone = sa.delete(Job).where(Job.kind == kind, Job.unique_key == unique_key, Job.state == State.FAILED)
    db.session.execute(gone.execution_options(synchronize_session=False))


def finish(taken: Claim) -> None:
    """Forget a job that is done; does nothing when its lease ran out and another worker has it."""
    db.session.execute(sa.delete(Job).where(_is_held(taken)))


def give_back(taken: Claim, error: str, max_attempts: int) -> bool:
    """Put a job that raised `error` back for a later try, or set it aside as failed after `max_attempts`.

    Whether it was set aside.
    """
    if taken.attempts >= max_attempts:
        return _change(taken, state=State.FAILED, error=error[:ERROR_LENGTH])
    if _has_twin(taken):
        finish(taken)
    else:
        _change(taken, state=State.WAITING, run_at=now() + pause_after(taken.attempts), error=error[:ERROR_LENGTH])
    return False


def pause_after(attempts: int) -> timedelta:
    """How long to wait after the given number of failed attempts: it doubles, up to an hour."""
    return min(FIRST_PAUSE * 2 ** min(attempts - 1, 10), LONGEST_PAUSE)


def free_stale() -> int:
    """Give back the jobs of workers of this machine that are gone, without waiting for their leases to end."""
    running = db.session.execute(sa.select(Job.id, Job.leased_by).where(Job.state == State.RUNNING)).all()
    gone = [row.id for row in running if _is_gone(row.leased_by or "")]
    if gone:
        _write(Job.id.in_(gone), lease_until=now() - timedelta(seconds=1))
    return len(gone)


def holder_name() -> str:
    """This process, as it is written into the leases it takes."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _is_gone(holder: str) -> bool:
    host, _, pid = holder.rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    if int(pid) == os.getpid():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _is_due(moment: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(
        sa.and_(Job.state == State.WAITING, Job.run_at <= moment),
        sa.and_(Job.state == State.RUNNING, Job.lease_until < moment),
    )


def _is_held(taken: Claim) -> sa.ColumnElement[bool]:
    return sa.and_(
        Job.id == taken.id,
        Job.state == State.RUNNING,
        Job.leased_by == taken.holder,
        Job.attempts == taken.attempts,
    )


def _has_twin(taken: Claim) -> bool:
    if taken.unique_key is None:
        return False
    twin = sa.select(Job.id).where(
        Job.kind == taken.kind, Job.unique_key == taken.unique_key, Job.state == State.WAITING
    )
    return db.session.execute(twin).first() is not None


def _change(taken: Claim, **values: Any) -> bool:
    return _write(_is_held(taken), lease_until=None, leased_by=None, **values)


def _write(which: sa.ColumnElement[bool], **values: Any) -> bool:
    changed = sa.update(Job).where(which).values(**values).execution_options(synchronize_session=False)
    return db.session.execute(changed.returning(Job.id)).first() is not None


def _dialect() -> str:
    return db.session.get_bind().dialect.name
