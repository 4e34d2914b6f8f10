"""From which associated records past activity can be taken."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from crm.associations.models import Association
from crm.associations.object_types import connected_objects
from crm.associations.queries import Neighbour, neighbourhoods
from crm.db import db
from crm.past_activity.wanted import kinds_on
from crm.permissions.actions import Verb
from crm.permissions.scopes import guarded, visible_to
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.records.queries import RecordRow
from crm.search.find_records import find_records

OF_EACH = 10
FOUND_LIMIT = 30
MOST = 100
"""So many records can be taken from at once."""


def offered(viewer: Viewer, record: RecordRow, q: str = "") -> list[Neighbour]:
    """Associated records to take from: those that `q` finds, or the first few of each object, the primary one first."""
    names = _objects(viewer, record)
    if q:
        condition = sa.and_(_linked_to(record.id), Record.object_type.in_(names))
        hits = find_records(viewer, q, limit=FOUND_LIMIT, condition=condition)
        return [Neighbour(hit.record_id, hit.object_type, hit.display_name) for hit in hits]
    found = neighbourhoods(viewer, record.id, record.object_type, dict.fromkeys(names, OF_EACH))
    return [one for part in found for one in part.neighbours]


def associated(viewer: Viewer, record: RecordRow, record_ids: Collection[int]) -> list[Neighbour]:
    """Those of some records that this one is associated with and that the viewer may see, by name."""
    if not record_ids:
        return []
    columns = (Record.id, Record.object_type, Record.display_name)
    chosen = sa.select(*columns).where(Record.id.in_(record_ids), _linked_to(record.id), visible_to(viewer))
    by_name = chosen.order_by(sa.func.lower(Record.display_name), Record.id)
    return [Neighbour(*row) for row in db.session.execute(guarded(by_name, viewer)).tuples()]


def _linked_to(record_id: int) -> sa.ColumnElement[bool]:
    return Record.id.in_(sa.select(Association.to_record_id).where(Association.from_record_id == record_id))


def _objects(viewer: Viewer, record: RecordRow) -> Sequence[str]:
    """The objects whose records have activities that this one takes."""
    kinds = connected_objects(record.type)
    return [one.name for one in kinds if viewer.may(one.name, Verb.VIEW) and kinds_on(record.object_type, one.name)]
