"""How the Whoosh index is, from its folder and the outbox."""

from datetime import datetime

import sqlalchemy as sa

from crm.clock import now
from crm.db import db
from crm.search.folder import IndexFolder, Manifest
from crm.search.index import folder, usable
from crm.search.models import SearchOutbox
from crm.search.status import (
    Building,
    Lag,
    Shard,
    Status,
    dead_activities,
    seconds_left,
    stored_activities,
)
from crm.search.whoosh_engine import ShardUnreadable, WhooshEngine


def read() -> Status:
    """How the index of the database at hand is now."""
    where, found = folder(), usable()
    manifest = where.manifest()
    shards = tuple(_shards(where, manifest)) if manifest and found else ()
    dead_count, dead = dead_activities()
    waiting = lag()
    return Status(
        engine="whoosh",
        is_usable=found is not None,
        is_whole=found is not None and found.is_whole,
        rows_waiting=waiting.rows,
        seconds_behind=waiting.seconds,
        documents=sum(shard.documents for shard in shards),
        activities=stored_activities(),
        building=_building(where, manifest) if manifest and manifest.to_build else None,
        shards=shards,
        dead_count=dead_count,
        dead=dead,
        last_rebuild=datetime.fromisoformat(manifest.rebuilt_at) if manifest and manifest.rebuilt_at else None,
    )


def lag() -> Lag:
    """How far the index is behind the database; a folder without an index is as far behind as its oldest change."""
    waits = SearchOutbox.seq > (folder().position() or 0)
    count, oldest = db.session.execute(sa.select(sa.func.count(), sa.func.min(SearchOutbox.moment)).where(waits)).one()
    return Lag(count, max(0, round((now() - oldest).total_seconds())) if oldest else 0)


def _building(where: IndexFolder, manifest: Manifest) -> Building:
    done, total, seconds = where.progress() or (0, 0, 0.0)
    return Building(done, total, seconds_left(done, total, seconds))


def _shards(where: IndexFolder, manifest: Manifest) -> list[Shard]:
    engine = WhooshEngine(where)
    found = []
    for number in sorted(manifest.shards, reverse=True):
        path = where.shard_path(number)
        try:
            size = sum(file.stat().st_size for file in path.iterdir())
            found.append(Shard(str(number), engine.count(number), size))
        except (ShardUnreadable, OSError):
            found.append(Shard(str(number), 0, 0))
    return found
