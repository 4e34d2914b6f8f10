"""Making and changing dashboards, and putting reports on them; all inside a unit of work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from crm.accounts.sharing import Visibility, is_visibility
from crm.clock import now
from crm.db import db
from crm.folding import fold
from crm.messages import N_, Message
from crm.permissions.viewer import Viewer
from crm.records.errors import InvalidInput
from crm.reports.queries import (
    DASHBOARD,
    SIZES,
    TILE,
    DashboardRow,
    changeable_dashboard,
    get_tile,
    tiles_of,
)
from crm.reports.report import Report

LONGEST_NAME, LONGEST_TITLE = 80, 250
"""Of a dashboard, which stands on a tab, and of a report, which may be called what it counts by two properties."""
MOST, MOST_TILES = 100, 20
KEPT = timedelta(days=90)
"""How long a deleted one can be brought back."""
HALF = "half"
OVERTAKEN = N_("Somebody changed this dashboard in the meantime. Saving again writes over that.")
NO_NAME, AT_MOST = N_("Give it a name."), N_("At most %(limit)s characters.")


@dataclass(frozen=True)
class Content:
    """What a form says of a dashboard, not checked yet."""

    name: str
    visibility: str = Visibility.PRIVATE


def create_dashboard(actor: Viewer, content: Content) -> int:
    """Keep a new dashboard and return its id; raises InvalidInput."""
    own = sa.select(sa.func.count()).where(DASHBOARD.c.user_id == actor.user_id, DASHBOARD.c.deleted_at.is_(None))
    if (db.session.scalar(own) or 0) >= MOST:
        raise InvalidInput({"form": Message(N_("You can keep at most %(limit)s dashboards."), limit=MOST)})
    moment = now()
    db.session.execute(sa.delete(DASHBOARD).where(DASHBOARD.c.deleted_at < moment - KEPT))
    values = _checked(content) | {"user_id": actor.user_id, "version": 1, "created_at": moment, "changed_at": moment}
    return db.session.execute(sa.insert(DASHBOARD).values(values)).inserted_primary_key[0]


def change_dashboard(actor: Viewer, dashboard_id: int, content: Content, version: int) -> None:
    """Change a dashboard that had `version` when the form was opened; raises NotFound, Forbidden, InvalidInput."""
    found = changeable_dashboard(actor, dashboard_id)
    values = _checked(content) | {"version": found.version + 1, "changed_at": now()}
    same = (DASHBOARD.c.id == dashboard_id, DASHBOARD.c.version == found.version)
    if version != found.version or not db.session.execute(sa.update(DASHBOARD).where(*same).values(values)).rowcount:
        raise InvalidInput({"version": Message(OVERTAKEN)})


def delete_dashboard(actor: Viewer, dashboard_id: int) -> DashboardRow:
    """Delete one, restorably, and return what it was; raises NotFound, Forbidden."""
    return _mark(changeable_dashboard(actor, dashboard_id), is_deleted=True)


def restore_dashboard(actor: Viewer, dashboard_id: int) -> DashboardRow:
    """Bring a deleted one back; raises NotFound, Forbidden."""
    return _mark(changeable_dashboard(actor, dashboard_id, is_deleted=True), is_deleted=False)


def add_tile(actor: Viewer, dashboard_id: int, name: str, report: Report, size: str = HALF) -> int:
    """Put a report at the end of a dashboard and return its id; raises NotFound, Forbidden, InvalidInput."""
    changeable_dashboard(actor, dashboard_id)
    there = tiles_of(dashboard_id)
    if len(there) >= MOST_TILES:
        raise InvalidInput({"dashboard": Message(N_("A dashboard has at most %(limit)s reports."), limit=MOST_TILES)})
    last = sa.select(sa.func.coalesce(sa.func.max(TILE.c.position), 0)).where(TILE.c.dashboard_id == dashboard_id)
    values = {"dashboard_id": dashboard_id, "object_type": report.kind.name, "report": report.to_json()}
    values |= _checked_tile(name, size) | {"position": (db.session.scalar(last) or 0) + 1}
    _touch(dashboard_id)
    return db.session.execute(sa.insert(TILE).values(values)).inserted_primary_key[0]


def change_tile(actor: Viewer, dashboard_id: int, tile_id: int, name: str, size: str) -> None:
    """Rename a report or make it wider; raises NotFound, Forbidden, InvalidInput."""
    changeable_dashboard(actor, dashboard_id)
    found = get_tile(dashboard_id, tile_id)
    db.session.execute(sa.update(TILE).where(TILE.c.id == found.id).values(_checked_tile(name, size)))
    _touch(dashboard_id)


def remove_tile(actor: Viewer, dashboard_id: int, tile_id: int) -> None:
    """Take a report off a dashboard; raises NotFound, Forbidden."""
    changeable_dashboard(actor, dashboard_id)
    found = get_tile(dashboard_id, tile_id)
    db.session.execute(sa.delete(TILE).where(TILE.c.id == found.id))
    _touch(dashboard_id)


def move_tile(actor: Viewer, dashboard_id: int, tile_id: int, by: int) -> None:
    """Move a report one place towards the beginning or the end; raises NotFound, Forbidden."""
    ids = [one.id for one in tiles_of(dashboard_id)]
    at = ids.index(get_tile(dashboard_id, tile_id).id)
    ids.insert(max(0, at + by), ids.pop(at))
    order_tiles(actor, dashboard_id, ids)


def order_tiles(actor: Viewer, dashboard_id: int, tile_ids: Sequence[int]) -> None:
    """Put the reports in this order, those not named behind the others; raises NotFound, Forbidden."""
    changeable_dashboard(actor, dashboard_id)
    there = [one.id for one in tiles_of(dashboard_id)]
    named = [one for one in dict.fromkeys(tile_ids) if one in there]
    for place, tile_id in enumerate([*named, *(one for one in there if one not in named)], 1):
        db.session.execute(sa.update(TILE).where(TILE.c.id == tile_id).values(position=place))
    _touch(dashboard_id)


def hand_over_dashboards(from_id: int, to_id: int) -> None:
    """Give somebody else the dashboards that a person shared; their private ones were for nobody else."""
    shared = (DASHBOARD.c.user_id == from_id, DASHBOARD.c.visibility != Visibility.PRIVATE.value)
    db.session.execute(sa.update(DASHBOARD).where(*shared).values(user_id=to_id))


def _checked(content: Content) -> dict[str, Any]:
    errors = _name_errors(content.name, LONGEST_NAME)
    if not is_visibility(content.visibility):
        errors["visibility"] = Message(N_("Choose who can read it."))
    if errors:
        raise InvalidInput(errors)
    name = _clean(content.name)
    return {"name": name, "folded_name": fold(name), "visibility": content.visibility}


def _checked_tile(name: str, size: str) -> dict[str, Any]:
    errors = _name_errors(name, LONGEST_TITLE)
    if size not in SIZES:
        errors["size"] = Message(N_("Choose how wide it is."))
    if errors:
        raise InvalidInput(errors)
    return {"name": _clean(name), "size": size}


def _name_errors(text: str, most: int) -> dict[str, Message]:
    name = _clean(text)
    if not name:
        return {"name": Message(NO_NAME)}
    return {"name": Message(AT_MOST, limit=most)} if len(name) > most else {}


def _clean(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def _touch(dashboard_id: int) -> None:
    db.session.execute(sa.update(DASHBOARD).where(DASHBOARD.c.id == dashboard_id).values(changed_at=now()))


def _mark(found: DashboardRow, is_deleted: bool) -> DashboardRow:
    values = {"deleted_at": now() if is_deleted else None}
    db.session.execute(sa.update(DASHBOARD).where(DASHBOARD.c.id == found.id).values(values))
    return found
