"""Views kept in memory, so that an index page asks for none of them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from crm.caches import StampedCache
from crm.db import db, stamps
from crm.saved_views.models import DefaultTabsRow, SavedViewRow
from crm.saved_views.state import ViewState
from crm.saved_views.view import SavedView

VIEW: sa.Table = SavedViewRow.__table__  # type: ignore[assignment]
DEFAULT_TABS: sa.Table = DefaultTabsRow.__table__  # type: ignore[assignment]
STAMP = "saved_views"
"""Whoever changes a view or the default tabs calls `db.touch` with this."""
MOST_KEPT = 2_000


@dataclass
class Shelf:
    """The tabs that an administrator chose, by object, and the views that somebody asked for, by id.

    None stands for a view that is gone.
    """

    defaults: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    views: dict[int, SavedView | None] = field(default_factory=dict)


def _load() -> Shelf:
    rows = db.session.execute(sa.select(DEFAULT_TABS.c.object_type, DEFAULT_TABS.c["keys"]))
    return Shelf({name: tuple(json.loads(keys)) for name, keys in rows.tuples()})


_cache = StampedCache(STAMP, _load)


def default_keys(object_type: str) -> tuple[str, ...]:
    """The keys of the tabs that an administrator chose for an object; none where nobody did."""
    return _cache.get().defaults.get(object_type, ()) if STAMP in stamps() else ()


def saved_views(ids: Iterable[int]) -> dict[int, SavedView]:
    """Those of these views that there are, whoever may see them, by id; at most one query."""
    if STAMP not in stamps():
        return {}
    kept, wanted = _cache.get().views, list(dict.fromkeys(ids))
    missing = [one for one in wanted if one not in kept]
    read: dict[int, SavedView | None] = {one: kept[one] for one in wanted if one in kept}
    if missing:
        rows = db.session.execute(sa.select(VIEW).where(VIEW.c.id.in_(missing), VIEW.c.deleted_at.is_(None)))
        read |= dict.fromkeys(missing) | {row.id: read_row(row) for row in rows}
        if len(kept) > MOST_KEPT:
            kept.clear()
        kept.update(read)
    return {one: view for one in wanted if (view := read[one]) is not None}


def read_row(row: Any) -> SavedView:
    """The view that a row of `saved_view` is."""
    return SavedView(
        key=str(row.id),
        name=row.name,
        state=ViewState.from_json(row.state),
        id=row.id,
        object_type=row.object_type,
        visibility=row.visibility,
        owner_id=row.owner_id,
        team_id=row.team_id,
        version=row.version,
        changed_at=row.changed_at,
        changed_by_id=row.changed_by_id,
        folded_name=row.folded_name,
    )
