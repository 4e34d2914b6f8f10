"""What a record could be merged with: what a search finds, and before that what looks like the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.associations.queries import Neighbour
from crm.associations.sections import Card, card, values_of
from crm.db import db
from crm.merging.models import DuplicatePair
from crm.permissions.actions import Verb
from crm.permissions.scopes import guarded, visible_to
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.models import Record
from crm.records.queries import RecordRow
from crm.records.shown import with_currency
from crm.search.find_records import find_records

FOUND_LIMIT = 20
SUGGESTED = 5


@dataclass(frozen=True)
class Candidates:
    """Records of the same object the viewer may edit; suggested ones when nothing was searched for."""

    cards: Sequence[Card]
    are_suggested: bool


def candidates(viewer: Viewer, record: RecordRow, q: str, context: Context) -> Candidates:
    """What `q` finds besides the record itself; without words what looks like the same record, if anything does."""
    condition = sa.and_(Record.id != record.id, _may_be_merged(viewer, record))
    if q:
        hits = find_records(viewer, q, record.object_type, FOUND_LIMIT, condition)
        found = [Neighbour(hit.record_id, hit.object_type, hit.display_name) for hit in hits]
    else:
        found = _alike(viewer, record, condition)
    return Candidates(_cards(record, found, context), are_suggested=not q)


def _may_be_merged(viewer: Viewer, record: RecordRow) -> sa.ColumnElement[bool]:
    return visible_to(viewer, verb=Verb.EDIT, object_types=(record.object_type,))


def _alike(viewer: Viewer, record: RecordRow, condition: Any) -> list[Neighbour]:
    pair = DuplicatePair
    other = sa.case((pair.record_id == record.id, pair.other_id), else_=pair.record_id)
    statement = (
        sa.select(Record.id, Record.object_type, Record.display_name)
        .join(pair, Record.id == other)
        .where(sa.or_(pair.record_id == record.id, pair.other_id == record.id), pair.dismissed_at.is_(None), condition)
        .order_by(pair.strength.desc(), pair.id)
        .limit(SUGGESTED)
    )
    return [Neighbour(*row) for row in db.session.execute(guarded(statement, viewer)).tuples()]


def _cards(record: RecordRow, found: Sequence[Neighbour], context: Context) -> list[Card]:
    needed = {record.object_type: with_currency(record.type, record.type.layout.card_columns)}
    values = values_of([one.record_id for one in found], needed)
    return [card(one, values.get(one.record_id, {}), context) for one in found]
