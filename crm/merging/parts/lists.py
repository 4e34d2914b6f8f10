"""The lists that people put one of the two on; the merged record is on all of them.

Where a filter decides, that looks at the merged record by itself.
"""

import sqlalchemy as sa

from crm.db import db
from crm.lists.membership import put_on, take_off
from crm.lists.models import ListKind
from crm.lists.queries import LIST, MEMBER, ListRow, read_row
from crm.merging.parts import WHY, MergePart, Merging, Parting, merge_parts
from crm.permissions.scopes import unguarded

BY_MERGE = "merge"


def _unite(merging: Merging) -> None:
    for one in _static_lists(*merging.sources):
        put_on(one, [merging.merged_id], BY_MERGE, merging.actor.user_id)


def _part(parting: Parting) -> None:
    """Lists it was put on since go to the primary record."""
    for one in _static_lists(parting.merged_id):
        since = sa.select(MEMBER.c.source, MEMBER.c.actor_id).where(
            MEMBER.c.list_id == one.id, MEMBER.c.record_id == parting.merged_id, MEMBER.c.source != BY_MERGE
        )
        for row in db.session.execute(unguarded(since, WHY)).all():
            put_on(one, [parting.primary_id], row.source, row.actor_id)
        take_off(one, [parting.merged_id])


def _static_lists(*record_ids: int) -> list[ListRow]:
    on = sa.select(MEMBER.c.list_id).where(MEMBER.c.record_id.in_(record_ids))
    static = sa.select(LIST).where(LIST.c.kind == ListKind.STATIC, LIST.c.id.in_(on)).order_by(LIST.c.id)
    return [read_row(row) for row in db.session.execute(unguarded(static, WHY))]


merge_parts.register(MergePart("lists", ("list_member",), _unite, _part, position=78))
