"""Drafts of activities: of two of one person and kind the newer one is on the merged record.

The other stays where it was, for the day when the merge is taken apart.
"""

from typing import Any

import sqlalchemy as sa

from crm.activities.drafts import DRAFT
from crm.db import db
from crm.merging.parts import WHY, MergePart, Merging, Parting, merge_parts
from crm.permissions.scopes import unguarded


def _unite(merging: Merging) -> None:
    there = sa.select(DRAFT).where(DRAFT.c.record_id.in_(merging.sources)).order_by(DRAFT.c.changed_at, DRAFT.c.id)
    newest = {(row.user_id, row.kind): row for row in db.session.execute(unguarded(there, WHY))}
    if newest:
        db.session.execute(sa.insert(DRAFT), [_copy(row, merging.merged_id) for row in newest.values()])


def _part(parting: Parting) -> None:
    """What was typed since goes to the primary record, in place of what was there."""
    mine = DRAFT.c.record_id == parting.merged_id
    newer = sa.select(DRAFT).where(mine, DRAFT.c.changed_at > parting.merged_at)
    for row in db.session.execute(unguarded(newer, WHY)).all():
        there = sa.and_(
            DRAFT.c.record_id == parting.primary_id, DRAFT.c.user_id == row.user_id, DRAFT.c.kind == row.kind
        )
        db.session.execute(sa.delete(DRAFT).where(there))
        db.session.execute(sa.insert(DRAFT).values(_copy(row, parting.primary_id)))
    db.session.execute(sa.delete(DRAFT).where(mine))


def _copy(row: Any, record_id: int) -> dict[str, Any]:
    names = ("user_id", "kind", "content", "writer", "changed_at")
    return {"record_id": record_id, **{name: getattr(row, name) for name in names}}


merge_parts.register(MergePart("drafts", ("activity_draft",), _unite, _part, position=75))
