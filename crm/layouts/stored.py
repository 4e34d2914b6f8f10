"""The layouts of an object that somebody made, and its default one: what the settings list (SPEC 1.7)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from crm.accounts.queries import directory
from crm.db import db
from crm.layouts.content import from_text, to_text
from crm.layouts.defaults import default_layout
from crm.layouts.layout import RecordLayout
from crm.layouts.models import RecordLayoutRow, RecordLayoutTeam
from crm.messages import N_
from crm.objects.schema import ObjectType
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer

DEFAULT = 0
"""The id by which the default layout of an object is asked for; it has no row until somebody changes it."""
DEFAULT_NAME = N_("Default view")


@dataclass(frozen=True)
class StoredLayout:
    """One layout with who sees it. The default one is seen by everybody whose team has none of its own."""

    id: int
    object_type: str
    name: str
    layout: RecordLayout
    team_ids: frozenset[int] = frozenset()
    is_changed: bool = True
    changed_at: datetime | None = None
    changed_by: str = ""

    @property
    def is_default(self) -> bool:
        """Whether it is the default one."""
        return self.id == DEFAULT

    @property
    def place(self) -> str:
        """What it is called in addresses."""
        return "default" if self.is_default else str(self.id)

    @property
    def fingerprint(self) -> str:
        """The same for equal content: by it two people notice that they change the same."""
        return fingerprint(self.layout)


def fingerprint(layout: RecordLayout) -> str:
    """A short text that is another one for every other content."""
    return hashlib.sha256(to_text(layout).encode()).hexdigest()[:32]


def stored_layouts(object_type: ObjectType) -> list[StoredLayout]:
    """The default layout, then the others by name."""
    found = sa.select(RecordLayoutRow).where(RecordLayoutRow.object_type == object_type.name)
    rows = db.session.scalars(found.execution_options(populate_existing=True)).all()
    teams = _teams(object_type.name)
    made = [_stored(row, teams.get(row.id, frozenset())) for row in rows]
    default = next((one for one in made if one.is_default), None)
    if default is None:
        default = StoredLayout(DEFAULT, object_type.name, DEFAULT_NAME, default_layout(object_type), is_changed=False)
    return [default, *sorted((one for one in made if not one.is_default), key=lambda one: one.name.casefold())]


def stored_layout(object_type: ObjectType, layout_id: int) -> StoredLayout:
    """One of the layouts of an object, DEFAULT for the default one; raises NotFound."""
    found = next((one for one in stored_layouts(object_type) if one.id == layout_id), None)
    if found is None:
        raise NotFound(f"{object_type.name} has no layout {layout_id}")
    return found


def layout_seen_by(viewer: Viewer, object_type: ObjectType) -> StoredLayout:
    """The layout that somebody sees: that of their team, else the default one."""
    found = stored_layouts(object_type)
    return next((one for one in found if viewer.team_id is not None and viewer.team_id in one.team_ids), found[0])


def team_names(team_ids: Sequence[int] | frozenset[int]) -> list[str]:
    """The names of teams, in order; those that are gone are left out."""
    return [team.name for team in directory().teams.values() if team.id in team_ids]


def _teams(object_type: str) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    given = sa.select(RecordLayoutTeam.layout_id, RecordLayoutTeam.team_id)
    for layout_id, team_id in db.session.execute(given.where(RecordLayoutTeam.object_type == object_type)):
        found.setdefault(layout_id, set()).add(team_id)
    return {layout_id: frozenset(ids) for layout_id, ids in found.items()}


def _stored(row: RecordLayoutRow, team_ids: frozenset[int]) -> StoredLayout:
    somebody = directory().users.get(row.changed_by_id or 0)
    return StoredLayout(
        id=DEFAULT if row.is_default else row.id,
        object_type=row.object_type,
        name=DEFAULT_NAME if row.is_default else row.name,
        layout=from_text(row.content),
        team_ids=team_ids,
        changed_at=row.changed_at,
        changed_by=somebody.name if somebody else "",
    )
