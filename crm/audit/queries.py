"""Reading the audit log, page by page."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from crm.audit.actions import Action
from crm.audit.models import AuditEntry
from crm.audit.operations import Kind
from crm.db import db
from crm.permissions.actions import AccountRight
from crm.permissions.errors import Forbidden
from crm.permissions.viewer import Viewer

EXPORT_BATCH = 500


@dataclass(frozen=True)
class AuditFilter:
    """What is asked for: entries by or about a person, of an action, from `since` (included) to `before` (excluded)."""

    user_id: int | None = None
    action: Action | None = None
    since: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True)
class Entry:
    """One entry as it was written."""

    id: int
    moment: datetime
    actor_id: int | None
    actor_name: str
    action: str
    about_kind: str
    about_id: int | None
    about_name: str
    details: Mapping[str, str]

    @property
    def is_about_its_actor(self) -> bool:
        """Whether somebody did it to themselves."""
        return self.about_kind == Kind.USER and self.about_id == self.actor_id


def page(viewer: Viewer, wanted: AuditFilter, size: int, before_id: int | None = None) -> list[Entry]:
    """The newest entries, or those older than the entry `before_id`; raises Forbidden without the account right."""
    if not viewer.has_right(AccountRight.ACCOUNT_ACCESS):
        raise Forbidden("the audit log is for people with account access")
    statement = _statement(wanted).limit(size)
    if before_id is not None:
        statement = statement.where(AuditEntry.id < before_id)
    return [_entry(row) for row in db.session.execute(statement)]


def everything(viewer: Viewer, wanted: AuditFilter) -> Iterator[Entry]:
    """All entries, the newest first, read in batches; raises Forbidden without the rights to read and to export."""
    if not viewer.has_right(AccountRight.EXPORT):
        raise Forbidden("exporting is a right of its own")
    last: int | None = None
    while batch := page(viewer, wanted, EXPORT_BATCH, last):
        yield from batch
        last = batch[-1].id


def _statement(wanted: AuditFilter) -> sa.Select[tuple]:
    conditions = []
    if wanted.user_id is not None:
        about = sa.and_(AuditEntry.about_kind == Kind.USER, AuditEntry.about_id == wanted.user_id)
        conditions.append(sa.or_(AuditEntry.actor_id == wanted.user_id, about))
    if wanted.action is not None:
        conditions.append(AuditEntry.action == wanted.action)
    if wanted.since is not None:
        conditions.append(AuditEntry.moment >= wanted.since)
    if wanted.before is not None:
        conditions.append(AuditEntry.moment < wanted.before)
    columns = (getattr(AuditEntry, name) for name in Entry.__dataclass_fields__)
    return sa.select(*columns).where(*conditions).order_by(AuditEntry.id.desc())


def _entry(row: sa.Row[tuple]) -> Entry:
    values = dict(row._mapping)
    return Entry(**(values | {"details": json.loads(values["details"])}))
