"""Who follows: whoever followed one of the two follows the merged record; a choice made since goes to the primary."""

from typing import Any

import sqlalchemy as sa

from crm.db import db
from crm.merging.parts import WHY, MergePart, Merging, Parting, merge_parts
from crm.permissions.scopes import unguarded
from crm.records.following import FOLLOWER, followers_of


def _unite(merging: Merging) -> None:
    following = followers_of(merging.sources)
    users = set().union(*following.values())
    chosen = unguarded(sa.select(FOLLOWER.c.user_id).where(FOLLOWER.c.record_id.in_(merging.sources)), WHY)
    rows = [
        _row(merging.merged_id, user_id, user_id in users, merging.moment)
        for user_id in sorted(users | set(db.session.scalars(chosen)))
    ]
    if rows:
        db.session.execute(sa.insert(FOLLOWER), rows)


def _row(record_id: int, user_id: int, is_following: bool, since: Any) -> dict[str, Any]:
    return {"record_id": record_id, "user_id": user_id, "is_following": is_following, "since": since}


def _part(parting: Parting) -> None:
    """The choices that a merge copied are as old as the merge; newer ones were made by people since."""
    mine = FOLLOWER.c.record_id == parting.merged_id
    newer = sa.select(FOLLOWER).where(mine, FOLLOWER.c.since > parting.merged_at)
    for row in db.session.execute(unguarded(newer, WHY)).all():
        there = sa.and_(FOLLOWER.c.record_id == parting.primary_id, FOLLOWER.c.user_id == row.user_id)
        db.session.execute(sa.delete(FOLLOWER).where(there))
        moved = _row(parting.primary_id, row.user_id, row.is_following, row.since)
        db.session.execute(sa.insert(FOLLOWER).values(moved))
    db.session.execute(sa.delete(FOLLOWER).where(mine))


merge_parts.register(MergePart("followers", ("record_follower",), _unite, _part, position=70))
