"""Taking a move on a board back: what its one change found is written again, as a new change (SPEC 2.6, 5.1)."""

import sqlalchemy as sa

from crm.db import db
from crm.objects.queries import schema
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.properties.models import PropertyHistoryRow
from crm.records.history import changes_of
from crm.records.operations import update_record
from crm.records.queries import get_passport
from crm.records.values import type_of


def version_of_move(actor: Viewer, record_id: int, stage_property: str, stage_name: str) -> int | None:
    """The version that this person's move to a stage made of a record they may see.

    None when it is not the newest change of stage: somebody else has moved the record since.
    """
    newest = changes_of(record_id, stage_property, limit=1)
    is_theirs = newest and (newest[0].actor_id, newest[0].new) == (actor.user_id, stage_name)
    return newest[0].version if is_theirs else None


def undo_move(actor: Viewer, record_id: int, version: int) -> set[str]:
    """Write back what the move that made this `version` changed, a close date it set among it; what really changed.

    The rules of the pipeline hold for the way back too. Raises NotFound for a version that was no move, Forbidden,
    InvalidInput, and Conflict for what somebody has changed since.
    """
    passport = get_passport(actor, record_id, Verb.EDIT)
    kind = schema().object_type(passport.object_type)
    change = PropertyHistoryRow
    found = sa.select(change.property_name, change.old).where(change.record_id == record_id, change.version == version)
    rows = db.session.execute(unguarded(found, "the actor may edit this record")).tuples()
    before = {
        name: type_of(kind.properties[name]).from_history(old)
        for name, old in rows
        if name in kind.properties and kind.properties[name].is_open_to(actor)
    }
    # A record was in no stage before it was made, and that cannot be taken back here.
    if kind.stage_property is None or before.get(kind.stage_property.name) is None:
        raise NotFound(f"version {version} of record {record_id} was no move")
    return update_record(actor, record_id, before, version)
