"""Reading work in bulk: one's own runs, and everybody's for a super admin."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from crm.accounts.queries import directory
from crm.bulk.models import BulkRun, RunState
from crm.bulk.registry import bulk_kinds
from crm.clock import now
from crm.db import db
from crm.messages import N_, Message, message_of
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer

KEPT = timedelta(days=90)
"""How long a run can be undone, and is remembered."""

BUSY = frozenset({RunState.WAITING, RunState.RUNNING, RunState.UNDOING})
GONE = Message(N_("Work that this version no longer knows"))


@dataclass(frozen=True)
class Run:
    """One piece of work in bulk as people are told of it; `actor` is who began it, "" for the program itself."""

    id: int
    kind: str
    title: Message
    settings: Mapping[str, Any]
    actor_id: int | None
    actor: str
    begun_at: datetime
    ended_at: datetime | None
    state: RunState
    record_id: int | None
    total: int
    done: int
    changed: int
    skipped: int
    undone: int
    problems: tuple[Message, ...]
    failure: Message | None

    @property
    def is_busy(self) -> bool:
        """Whether something is being done, or will be in a moment."""
        return self.state in BUSY

    @property
    def left(self) -> int:
        """How many of its changes have not been taken back."""
        return self.changed - self.undone

    @property
    def may_be_undone(self) -> bool:
        """Whether there is something to undo and it is not too late."""
        is_in_time = self.begun_at > now() - KEPT
        return is_in_time and self.left > 0 and self.state not in (RunState.UNDOING, RunState.UNDONE)


def get_run(viewer: Viewer, run_id: int) -> Run:
    """One run, for who began it and for super admins; raises NotFound for everybody else."""
    row = db.session.execute(_visible(viewer).where(BulkRun.id == run_id)).first()
    if row is None:
        raise NotFound(f"no run {run_id}")
    return as_run(row)


def runs_of(
    viewer: Viewer, kind: str | None = None, record_id: int | None = None, limit: int = 25, before_id: int | None = None
) -> list[Run]:
    """The newest runs that the viewer began, or those older than `before_id`.

    With `record_id` those about one record or activity; of these a super admin gets everybody's.
    """
    runs = _visible(viewer) if record_id is not None else _runs().where(BulkRun.actor_id == viewer.user_id)
    if kind is not None:
        runs = runs.where(BulkRun.kind == kind)
    if record_id is not None:
        runs = runs.where(BulkRun.record_id == record_id)
    if before_id is not None:
        runs = runs.where(BulkRun.id < before_id)
    return [as_run(row) for row in db.session.execute(runs.order_by(BulkRun.id.desc()).limit(limit))]


def _runs() -> sa.Select[Any]:
    return sa.select(BulkRun.__table__)


def _visible(viewer: Viewer) -> sa.Select[Any]:
    return _runs() if viewer.is_super_admin else _runs().where(BulkRun.actor_id == viewer.user_id)


def as_run(row: sa.Row[Any]) -> Run:
    """A row of the table as people are told of it."""
    kind, settings = bulk_kinds.get(row.kind), json.loads(row.settings)
    return Run(
        id=row.id,
        kind=row.kind,
        title=kind.title(settings) if kind else GONE,
        settings=settings,
        actor_id=row.actor_id,
        actor=directory().name_of(row.actor_id),
        begun_at=row.begun_at,
        ended_at=row.ended_at,
        state=RunState(row.state),
        record_id=row.record_id,
        total=max(row.total, row.done),
        done=row.done,
        changed=row.changed,
        skipped=row.skipped,
        undone=row.undone,
        problems=tuple(map(message_of, json.loads(row.problems))),
        failure=message_of(json.loads(row.failure)) if row.failure else None,
    )
