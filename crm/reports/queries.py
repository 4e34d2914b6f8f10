"""Dashboards that a person may read, and the reports on them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.accounts.sharing import may_change, shared_with
from crm.db import db
from crm.messages import N_
from crm.objects.queries import schema
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import Viewer
from crm.reports.models import Dashboard, DashboardTile
from crm.reports.report import Report

DASHBOARD: sa.Table = Dashboard.__table__  # type: ignore[assignment]
TILE: sa.Table = DashboardTile.__table__  # type: ignore[assignment]


SIZES: Mapping[str, str] = {"half": N_("Half the width"), "whole": N_("The whole width")}


@dataclass(frozen=True)
class DashboardRow:
    """A dashboard as its row has it."""

    id: int
    name: str
    visibility: str
    owner_id: int
    version: int
    changed_at: datetime

    @property
    def url(self) -> str:
        """Its page."""
        return f"/reports/{self.id}"

    def may_change(self, viewer: Viewer) -> bool:
        """Whether this person may change and delete it: whose it is, and super admins if it is shared."""
        return may_change(viewer, self.owner_id, self.visibility)


@dataclass(frozen=True)
class Tile:
    """One report on a dashboard; `kept` are the arguments it was kept with."""

    id: int
    dashboard_id: int
    name: str
    object_type: str
    kept: str
    size: str

    @property
    def report(self) -> Report | None:
        """What it asks for; None when its object is gone."""
        return Report.from_json(self.object_type, self.kept) if self.object_type in schema().types else None


def dashboards_for(viewer: Viewer) -> list[DashboardRow]:
    """Those a person may read, their own first, then by name."""
    found = _dashboards().where(shared_with(viewer, DASHBOARD), DASHBOARD.c.deleted_at.is_(None))
    is_others = sa.case((DASHBOARD.c.user_id == viewer.user_id, 0), else_=1)
    return [_row(row) for row in db.session.execute(found.order_by(is_others, DASHBOARD.c.folded_name, DASHBOARD.c.id))]


def get_dashboard(viewer: Viewer, dashboard_id: int, is_deleted: bool = False) -> DashboardRow:
    """One a person may read, or a deleted one; raises NotFound."""
    state = DASHBOARD.c.deleted_at.is_not(None) if is_deleted else DASHBOARD.c.deleted_at.is_(None)
    same = DASHBOARD.c.id == sa.literal(dashboard_id, sa.BigInteger())
    row = db.session.execute(_dashboards().where(shared_with(viewer, DASHBOARD), same, state)).first()
    if row is None:
        raise NotFound(f"no dashboard {dashboard_id}")
    return _row(row)


def changeable_dashboard(actor: Viewer, dashboard_id: int, is_deleted: bool = False) -> DashboardRow:
    """One a person may change; raises NotFound, Forbidden."""
    found = get_dashboard(actor, dashboard_id, is_deleted)
    if not found.may_change(actor):
        raise Forbidden(f"dashboard {dashboard_id} belongs to somebody else")
    return found


def tiles_of(dashboard_id: int) -> list[Tile]:
    """The reports on a dashboard the viewer has been let into, in order."""
    found = sa.select(TILE).where(TILE.c.dashboard_id == dashboard_id).order_by(TILE.c.position, TILE.c.id)
    return [_tile(row) for row in db.session.execute(found)]


def get_tile(dashboard_id: int, tile_id: int) -> Tile:
    """One of them; raises NotFound."""
    same = (TILE.c.dashboard_id == dashboard_id, TILE.c.id == sa.literal(tile_id, sa.BigInteger()))
    row = db.session.execute(sa.select(TILE).where(*same)).first()
    if row is None:
        raise NotFound(f"no tile {tile_id} on dashboard {dashboard_id}")
    return _tile(row)


def all_tiles() -> Iterable[tuple[DashboardRow, Tile]]:
    """Every report on the dashboards of all people, those that are deleted left out."""
    return _with_dashboards(sa.true())


def tiles_for(viewer: Viewer) -> Iterable[tuple[DashboardRow, Tile]]:
    """Every report on the dashboards that a person may read."""
    return _with_dashboards(shared_with(viewer, DASHBOARD))


def _with_dashboards(condition: sa.ColumnElement[bool]) -> Iterable[tuple[DashboardRow, Tile]]:
    tile = [column.label(f"tile_{column.name}") for column in TILE.c]
    found = sa.select(DASHBOARD, *tile).join_from(DASHBOARD, TILE, TILE.c.dashboard_id == DASHBOARD.c.id)
    found = found.where(DASHBOARD.c.deleted_at.is_(None), condition).order_by(DASHBOARD.c.folded_name, TILE.c.id)
    for row in db.session.execute(found).all():
        kept = (row.tile_id, row.id, row.tile_name, row.tile_object_type, row.tile_report, row.tile_size)
        yield _row(row), Tile(*kept)


def _dashboards() -> sa.Select[Any]:
    return sa.select(DASHBOARD)


def _row(row: Any) -> DashboardRow:
    return DashboardRow(row.id, row.name, row.visibility, row.user_id, row.version, row.changed_at)


def _tile(row: Any) -> Tile:
    return Tile(row.id, row.dashboard_id, row.name, row.object_type, row.report, row.size)
