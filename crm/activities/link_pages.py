"""The records an activity is on, a page at a time: there may be ten thousand (SPEC 6.4, 6.9)."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from crm.activities.models import ActivityLink
from crm.activities.queries import LinkedRecord
from crm.activities.reasons import Why
from crm.associations.history import ACTIVITY, Change
from crm.associations.models import LinkHistoryRow
from crm.db import db
from crm.permissions.scopes import guarded, unguarded, visible_to
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.records.page_keys import decode_key, encode_key

PAGE_SIZE = 50


@dataclass(frozen=True)
class LinkPage:
    """One page of the records, by name; `next_key` opens the next, "" on the last."""

    rows: Sequence[LinkedRecord]
    next_key: str


def page_of_links(
    viewer: Viewer, activity_id: int, object_type: str | None = None, key: str = "", size: int = PAGE_SIZE
) -> LinkPage:
    """Records the viewer may see that an activity is on, of one object if it is given; one query.

    The caller has let the viewer see the activity. Raises InvalidValue for a `key` that is none.
    """
    name = sa.func.lower(Record.display_name)
    columns = (Record.id, Record.object_type, Record.display_name)
    why = (ActivityLink.source, ActivityLink.source_detail, ActivityLink.actor_id, ActivityLink.moment)
    types = None if object_type is None else (object_type,)
    statement = (
        sa.select(*columns, *why, name)
        .join(ActivityLink, ActivityLink.record_id == Record.id)
        .where(ActivityLink.activity_id == activity_id, visible_to(viewer, object_types=types))
        .order_by(name, Record.id)
        .limit(size + 1)
    )
    if key:
        last_name, last_id = decode_key(key, sa.Text())
        statement = statement.where(sa.or_(name > last_name, sa.and_(name == last_name, Record.id > last_id)))
    rows = db.session.execute(guarded(statement, viewer)).all()
    shown = rows[:size]
    next_key = encode_key(shown[-1][-1], shown[-1][0]) if len(rows) > size else ""
    return LinkPage([LinkedRecord(*row[:-1]) for row in shown], next_key)


def reasons_of_links(viewer: Viewer, activity_id: int, record_ids: Sequence[int]) -> dict[int, LinkedRecord]:
    """Those of some records that the activity is on, by id, with why; the viewer has been shown them."""
    if not record_ids:
        return {}
    why = (ActivityLink.source, ActivityLink.source_detail, ActivityLink.actor_id, ActivityLink.moment)
    statement = (
        sa.select(Record.id, Record.object_type, Record.display_name, *why)
        .join(ActivityLink, ActivityLink.record_id == Record.id)
        .where(ActivityLink.activity_id == activity_id, Record.id.in_(record_ids), visible_to(viewer))
    )
    return {row[0]: LinkedRecord(*row) for row in db.session.execute(guarded(statement, viewer)).tuples()}


def amount_of_links(activity_id: int) -> int:
    """On how many records an activity is, hidden ones included: not for people."""
    counted = sa.select(sa.func.count()).where(ActivityLink.activity_id == activity_id)
    return db.session.scalar(unguarded(counted, "the limit counts hidden records too")) or 0


def last_reason(activity_id: int, record_id: int) -> tuple[str, str]:
    """Why an activity was put on a record the last time, as `source` and `detail`; as if by hand when it never was."""
    added = (
        sa.select(LinkHistoryRow.source, LinkHistoryRow.source_detail)
        .where(
            LinkHistoryRow.record_id == activity_id,
            LinkHistoryRow.other_id == record_id,
            LinkHistoryRow.relation == ACTIVITY,
            LinkHistoryRow.change == Change.ADDED,
        )
        .order_by(LinkHistoryRow.id.desc())
        .limit(1)
    )
    row = db.session.execute(unguarded(added, "the link is being put back by who took it away")).first()
    return (row[0], row[1]) if row else (Why.PERSON, "")
