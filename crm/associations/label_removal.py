"""Taking a deleted label off its links, which stay: as a job, in batches, since there may be thousands (SPEC 6.3).

Nobody is shown the label meanwhile. Stopped in the middle, it goes on with what is left.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm.accounts.queries import viewer_for
from crm.associations.link_types import LinkType, association_types
from crm.associations.models import Association
from crm.associations.rows import delete_typed
from crm.db import db, end_read, unit_of_work
from crm.events import AssociationLabelsChanged, publish
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import SYSTEM
from crm.records.rows import lock_passports
from crm.records.source import Source, SourceKind

BATCH = 50
SOURCE = Source(SourceKind.RULE, "a label that was deleted")
Pair = tuple[int, int]


def remove_from_links(payload: Mapping[str, Any]) -> None:
    """The job: in the name of who deleted the label, each batch its own unit of work, told in the history of links."""
    actor = viewer_for(payload["actor_id"]) if payload["actor_id"] is not None else SYSTEM
    last = (0, 0)
    while True:
        end_read()
        kind = association_types().by_id.get(payload["type_id"])
        pairs = _pairs_after(kind, last) if kind is not None and kind.is_archived else []
        end_read()
        if not pairs:
            return
        with unit_of_work():
            lock_passports({record_id for pair in pairs for record_id in pair})
            gone = delete_typed(actor, payload["type_id"], pairs, SOURCE)
            publish(AssociationLabelsChanged(actor, tuple(gone)))
        last = pairs[-1]


def _pairs_after(kind: LinkType, last: Pair) -> Sequence[Pair]:
    """The next pairs of records with the label, each once."""
    here, there = Association.from_record_id, Association.to_record_id
    beyond = sa.or_(here > last[0], sa.and_(here == last[0], there > last[1]))
    some = sa.select(here, there).where(Association.type_id == kind.id, here >= last[0], beyond)
    if kind.inverse_id == kind.id:
        some = some.where(here < there)
    rows = db.session.execute(unguarded(some.order_by(here, there).limit(BATCH), "a deleted label goes for everybody"))
    return [(one, other) for one, other in rows.tuples()]
