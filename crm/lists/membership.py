"""Putting records on lists and taking them off; inside a unit of work."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from crm.clock import account_zone, now
from crm.db import db
from crm.lists.models import ListPending
from crm.lists.queries import LIST, MEMBER, SIZE, ListRow
from crm.permissions.scopes import unguarded
from crm.statements import among

CHUNK = 500
PENDING: sa.Table = ListPending.__table__  # type: ignore[assignment]
WHY = "who is on a list does not depend on who looks; who is shown passes the gate"


def put_on(one: ListRow, record_ids: Iterable[int], source: str, actor_id: int | None) -> list[int]:
    """Put records on a list, and answer those that were not on it before, by id."""
    moment, wanted, added = now(), sorted(set(record_ids)), []
    for start in range(0, len(wanted), CHUNK):
        told = {"list_id": one.id, "since": moment, "source": source, "actor_id": actor_id}
        rows = [told | {"record_id": record_id} for record_id in wanted[start : start + CHUNK]]
        insert = _insert(MEMBER).values(rows).on_conflict_do_nothing().returning(MEMBER.c.record_id)
        added += db.session.scalars(insert).all()
    return sorted(added)


def take_off(one: ListRow, record_ids: Iterable[int]) -> list[int]:
    """Take records off a list, and answer those that were on it, by id."""
    wanted, removed = sorted(set(record_ids)), []
    for start in range(0, len(wanted), CHUNK):
        mine = (MEMBER.c.list_id == one.id, MEMBER.c.record_id.in_(wanted[start : start + CHUNK]))
        gone = sa.delete(MEMBER).where(*mine).returning(MEMBER.c.record_id)
        removed += db.session.scalars(gone.execution_options(synchronize_session=False)).all()
    return sorted(removed)


def count_live(one: ListRow) -> int:
    """How many live records are on a list."""
    table = one.type.table
    on = MEMBER.join(table, table.c.record_id == MEMBER.c.record_id)
    live = sa.select(sa.func.count()).select_from(on).where(MEMBER.c.list_id == one.id, table.c.archived_at.is_(None))
    return db.session.scalar(unguarded(live, WHY)) or 0


def grow(list_id: int, difference: int, **values: Any) -> None:
    """Add to the size of a list, and keep it as that of today."""
    _keep_size(list_id, LIST.c.size + difference, values)


def set_size(list_id: int, size: int, **values: Any) -> None:
    """Set the size of a list, and keep it as that of today."""
    _keep_size(list_id, size, values)


def note_pending(record_ids: Iterable[int]) -> None:
    """Have the lists look at these records next."""
    rows = [{"record_id": record_id} for record_id in sorted(set(record_ids))]
    if rows:
        db.session.execute(sa.insert(PENDING), rows)


def on_which(record_ids: Sequence[int]) -> Mapping[int, list[int]]:
    """The records among these that are on lists, by list."""
    found: dict[int, list[int]] = {}
    on = sa.select(MEMBER.c.list_id, MEMBER.c.record_id).where(among(MEMBER.c.record_id, "ids"))
    for list_id, record_id in db.session.execute(unguarded(on, WHY), {"ids": list(record_ids)}):
        found.setdefault(list_id, []).append(record_id)
    return found


def _keep_size(list_id: int, size: Any, values: Mapping[str, Any]) -> None:
    moment: datetime = now()
    update = sa.update(LIST).where(LIST.c.id == list_id).values(size=size, members_changed_at=moment, **values)
    size_now = db.session.scalar(update.returning(LIST.c.size))
    today = moment.astimezone(account_zone()).date()
    told = _insert(SIZE).values(list_id=list_id, day=today, size=size_now)
    db.session.execute(told.on_conflict_do_update(index_elements=["list_id", "day"], set_={"size": size_now}))


def _insert(table: sa.Table) -> Any:
    return (postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert)(table)
