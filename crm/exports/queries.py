"""Reading the tables that one takes away: one's own and nobody else's."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crm.clock import now
from crm.db import db
from crm.exports.formats import FORMATS, Format
from crm.exports.models import ExportState, TableExport
from crm.exports.storage import KEPT, path_of
from crm.messages import Message, message_of
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer

TABLE: sa.Table = TableExport.__table__  # type: ignore[assignment]


@dataclass(frozen=True)
class ExportRow:
    """One table as its owner is told of it."""

    id: int
    name: str
    object_type: str
    format_name: str
    state: ExportState
    begun_at: datetime
    total: int
    done: int
    size: int
    failure: Message | None

    @property
    def is_busy(self) -> bool:
        """Whether it is still being made."""
        return self.state == ExportState.MAKING

    @property
    def is_ready(self) -> bool:
        """Whether its file can be downloaded."""
        return self.state == ExportState.READY

    @property
    def kind(self) -> ObjectType | None:
        """The object of its records, None when that is gone."""
        return schema().types.get(self.object_type)

    @property
    def format(self) -> Format:
        """Its format."""
        return FORMATS[self.format_name]

    @property
    def path(self) -> Path:
        """Where its file lies."""
        return path_of(self.id, self.format_name)

    @property
    def until(self) -> datetime:
        """When it is forgotten."""
        return self.begun_at + KEPT


def exports_of(viewer: Viewer, limit: int = 25, before_id: int | None = None) -> list[ExportRow]:
    """The newest tables that the viewer takes away, or those older than `before_id`."""
    found = _mine(viewer) if before_id is None else _mine(viewer).where(TABLE.c.id < before_id)
    return [_row(row) for row in db.session.execute(found.order_by(TABLE.c.id.desc()).limit(limit))]


def get_export(viewer: Viewer, export_id: int) -> ExportRow:
    """One of them; raises NotFound for everybody else's and for what is too old."""
    row = db.session.execute(_mine(viewer).where(TABLE.c.id == export_id)).first()
    if row is None:
        raise NotFound(f"no export {export_id}")
    return _row(row)


def _mine(viewer: Viewer) -> sa.Select[Any]:
    return sa.select(TABLE).where(TABLE.c.actor_id == viewer.user_id, TABLE.c.begun_at > now() - KEPT)


def _row(row: sa.Row[Any]) -> ExportRow:
    return ExportRow(
        id=row.id,
        name=row.name,
        object_type=row.object_type,
        format_name=row.format,
        state=ExportState(row.state),
        begun_at=row.begun_at,
        total=max(row.total, row.done),
        done=row.done,
        size=row.size,
        failure=message_of(json.loads(row.failure)) if row.failure else None,
    )
