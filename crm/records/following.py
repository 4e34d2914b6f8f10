"""Who follows a record: its owner, who made it by hand, and whoever chose to (SPEC 1.3).

Who owns a record follows it without a row of their own, so that imports, hand-overs and merges bring owners along.
Somebody who stopped following by hand does not follow until they choose to again, or become the owner anew.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from crm.clock import now
from crm.db import db
from crm.events import RecordCreated, RecordUpdated
from crm.permissions.scopes import guarded, unguarded
from crm.permissions.viewer import Viewer
from crm.records.models import Record, RecordFollower
from crm.records.queries import RecordRow, get_passport
from crm.records.rows import OWNER
from crm.records.source import SourceKind

FOLLOWER: sa.Table = RecordFollower.__table__  # type: ignore[assignment]
BY_HAND = frozenset({str(SourceKind.SCREEN), str(SourceKind.FORM)})
"""Who makes a record in one of these ways follows it; thousands out of a file are followed by their owners alone."""


def follow(actor: Viewer, record_id: int, is_following: bool) -> None:
    """Begin or stop following a record, inside a unit of work; raises NotFound for one the actor may not see."""
    get_passport(actor, record_id)
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    values = {"record_id": record_id, "user_id": actor.user_id, "is_following": is_following, "since": now()}
    chosen = insert(FOLLOWER).values(**values)
    known = (FOLLOWER.c.record_id, FOLLOWER.c.user_id)
    changed = {"is_following": is_following, "since": values["since"]}
    # Following what one follows already is no new choice: since when stays.
    differs = FOLLOWER.c.is_following != is_following
    db.session.execute(chosen.on_conflict_do_update(index_elements=known, set_=changed, where=differs))


def is_following(viewer: Viewer, record: RecordRow) -> bool:
    """Whether the person follows a record that they may see."""
    choice = sa.select(FOLLOWER.c.is_following).where(
        FOLLOWER.c.record_id == record.id, FOLLOWER.c.user_id == viewer.user_id
    )
    chosen = db.session.execute(guarded(choice, viewer)).scalar()
    return record.owner_id == viewer.user_id if chosen is None else chosen


def followers_of(record_ids: Sequence[int] | sa.Select[Any]) -> dict[int, set[int]]:
    """The people who follow each of these records, by record in the order of their ids; read to tell them something.

    Whoever tells them looks whether they may see it.
    """
    record = Record.__table__
    owners = sa.select(record.c.id, record.c.owner_id, sa.null()).where(
        record.c.id.in_(record_ids), record.c.owner_id.is_not(None)
    )
    choices = sa.select(FOLLOWER.c.record_id, FOLLOWER.c.user_id, FOLLOWER.c.is_following)
    both = sa.union_all(owners, choices.where(FOLLOWER.c.record_id.in_(record_ids)))
    found: dict[int, dict[int, bool]] = {}
    for record_id, user_id, chosen in db.session.execute(unguarded(both, "whoever tells them checks their rights")):
        known = found.setdefault(record_id, {})
        known[user_id] = known.get(user_id, True) if chosen is None else bool(chosen)
    return {one: {user_id for user_id, follows in found[one].items() if follows} for one in sorted(found)}


def on_record_created(event: RecordCreated) -> None:
    """Who makes a record by hand follows it, whoever owns it later."""
    if event.source in BY_HAND and event.actor.user_id is not None:
        values = {"record_id": event.record_id, "user_id": event.actor.user_id, "is_following": True, "since": now()}
        db.session.execute(sa.insert(FOLLOWER).values(values))


def on_record_updated(event: RecordUpdated) -> None:
    """Who becomes the owner follows again."""
    if event.after.get(OWNER) is not None:
        stopped = sa.delete(FOLLOWER).where(
            FOLLOWER.c.record_id == event.record_id,
            FOLLOWER.c.user_id == event.after[OWNER],
            FOLLOWER.c.is_following.is_(False),
        )
        db.session.execute(stopped)
