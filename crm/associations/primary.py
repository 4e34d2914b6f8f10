"""Every record that has companies has exactly one primary company among those that are not deleted (SPEC 6.2).

A record whose only companies are deleted keeps its primary link, which counts again when the company comes back.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from crm.associations.models import Association
from crm.associations.queries import association_types
from crm.associations.rows import COMPANY, replace_primary
from crm.db import db
from crm.events import RecordArchived, RecordLeavingOrReturning, RecordRestored
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.records.rows import lock_passports
from crm.records.source import Source, SourceKind

BATCH = 500
MOST_TRIES = 5
BY_RULE = Source(SourceKind.RULE)


def live_primaries(object_type: str, record_ids: Iterable[int]) -> dict[int, int]:
    """The primary company of each of these records that has one which is not deleted, visible or not."""
    type_id = association_types().primary(object_type, COMPANY)
    found = db.session.execute(_live_links(type_id).where(Association.from_record_id.in_(list(record_ids))))
    return {row.from_record_id: row.to_record_id for row in found}


def settle(
    actor: Viewer,
    object_type: str,
    record_ids: Iterable[int],
    source: Source = BY_RULE,
    moment: datetime | None = None,
) -> None:
    """Give the records without a primary company the one they have been linked to longest, if they have any.

    The records are locked by the caller; companies themselves have no primary company.
    """
    if object_type == COMPANY:
        return
    ids = sorted(record_ids)
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        wanting = set(some) - live_primaries(object_type, some).keys()
        oldest = _oldest(object_type, wanting) if wanting else {}
        if oldest:
            replace_primary(actor, object_type, oldest, source, moment)


def _oldest(object_type: str, record_ids: Iterable[int]) -> dict[int, int]:
    type_id = association_types().between(object_type, COMPANY)
    links = _live_links(type_id).where(Association.from_record_id.in_(list(record_ids)))
    found: dict[int, int] = {}
    for row in db.session.execute(links.order_by(Association.moment, Association.to_record_id)):
        found.setdefault(row.from_record_id, row.to_record_id)
    return found


def _live_links(type_id: int | None) -> sa.Select[tuple[int, int]]:
    links = sa.select(Association.from_record_id, Association.to_record_id).join(
        Record, Record.id == Association.to_record_id
    )
    live = links.where(Association.type_id == type_id, Record.archived_at.is_(None))
    return unguarded(live, "links are kept true for hidden records too")


class _Overtaken(Exception):
    """Somebody linked another record while the locks were taken."""


def on_record_leaving_or_returning(event: RecordLeavingOrReturning) -> None:
    """Lock a company and the records that may get another primary company by it, all in order of id.

    Whoever links to the company locks it too, so once it is locked no record is added; one that was added before is
    found by looking again, and the locks are taken anew.
    """
    kind = sa.select(Record.object_type).where(Record.id == event.record_id)
    if db.session.scalar(unguarded(kind, "the writer checks rights later")) != COMPANY:
        return
    for _ in range(MOST_TRIES):
        with suppress(_Overtaken), db.session.begin_nested():
            ids = _linked_to(event.record_id)
            _lock([event.record_id, *ids])
            if _linked_to(event.record_id) - ids:
                raise _Overtaken
            return


def _linked_to(company_id: int) -> set[int]:
    plain = [plain for _kind, plain, _primary in _types()]
    linked = sa.select(Association.from_record_id).where(
        Association.to_record_id == company_id, Association.type_id.in_(plain)
    )
    return set(db.session.scalars(unguarded(linked, "links are kept true for hidden records too")))


def _lock(record_ids: Iterable[int]) -> None:
    ids = sorted(record_ids)
    for start in range(0, len(ids), BATCH):
        lock_passports(ids[start : start + BATCH])


def on_record_archived(event: RecordArchived) -> None:
    """Move another company up on the records whose primary company was deleted, where there is another."""
    if event.object_type != COMPANY:
        return
    other = aliased(Association)
    for kind, plain, primary in _types():
        another = sa.select(sa.literal(1)).where(
            other.from_record_id == Association.from_record_id,
            other.type_id == plain,
            other.to_record_id != event.record_id,
        )
        _settle_linked(event, kind, primary, another.exists())


def on_record_restored(event: RecordRestored) -> None:
    """A company that comes back becomes primary again where no other has taken its place."""
    if event.object_type != COMPANY:
        return
    for kind, plain, _primary in _types():
        _settle_linked(event, kind, plain, sa.true())


def _types() -> Iterator[tuple[str, int, int]]:
    """Each object type that has companies, with the types of its plain and of its primary link to one."""
    types = association_types()
    for kind in schema().record_types:
        plain, primary = types.between(kind.name, COMPANY), types.primary(kind.name, COMPANY)
        if kind.name != COMPANY and plain is not None and primary is not None:
            yield kind.name, plain, primary


def _settle_linked(
    event: RecordArchived | RecordRestored, object_type: str, type_id: int, condition: sa.ColumnElement[bool]
) -> None:
    linked = sa.select(Association.from_record_id).where(
        Association.to_record_id == event.record_id, Association.type_id == type_id, condition
    )
    ids = sorted(db.session.scalars(unguarded(linked, "links are kept true for hidden records too")))
    _lock(ids)
    settle(event.actor, object_type, ids)
