"""How the documents in PostgreSQL are."""

import sqlalchemy as sa

from crm.clock import now
from crm.db import db
from crm.search import status
from crm.search.postgres_rebuild import Building, read_building
from crm.search.postgres_tables import search_document


def read() -> status.Status:
    """How the index of the database at hand is now; nothing ever waits for it."""
    building = read_building()
    dead_count, dead = status.dead_activities()
    documents = db.session.scalar(sa.select(sa.func.count()).select_from(search_document)) or 0
    size = db.session.scalar(sa.select(sa.func.pg_total_relation_size(search_document.name))) or 0
    is_whole = building is not None and building.is_whole
    return status.Status(
        engine="postgres",
        is_usable=building is not None,
        is_whole=is_whole,
        rows_waiting=0,
        seconds_behind=0,
        documents=documents,
        activities=status.stored_activities(),
        building=None if building is None or is_whole else _progress(building),
        shards=(status.Shard(search_document.name, documents, size),),
        dead_count=dead_count,
        dead=dead,
        last_rebuild=building.ended_at if building else None,
    )


def _progress(building: Building) -> status.Building:
    """At the pace so far; one that an older program began says nothing about ours."""
    if not building.is_ours:
        return status.Building(0, status.stored_activities())
    left = max(0, building.total - building.done)
    seconds = (now() - building.begun_at).total_seconds()
    pace = building.done / seconds if seconds > 0 else 0
    return status.Building(building.done, building.total, round(left / pace) if pace else None)
