"""Handing everything a person owns to somebody else, when they leave: records, open tasks, and what others use.

Notes, calls and e-mails stay theirs: they tell who wrote and who called. A large hand-over takes minutes, so it runs
as a job, in batches; stopped in the middle, it goes on with what is left.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from crm.accounts.managing import managed
from crm.accounts.operations import InvalidAccount
from crm.accounts.queries import UserState, directory, viewer_for
from crm.activities.operations import update_activity
from crm.db import db, end_read, unit_of_work
from crm.jobs.queue import enqueue
from crm.lists.operations import hand_over_lists
from crm.messages import Message
from crm.notifications.telling import tell
from crm.notifications.topics import Told
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.errors import InvalidInput
from crm.records.models import Record
from crm.records.operations import update_record
from crm.records.rows import OWNER
from crm.records.source import Source, SourceKind
from crm.reports.operations import hand_over_dashboards
from crm.saved_views.operations import hand_over_views
from crm.text_templates.operations import hand_over_templates

HAND_OVER = "hand_over"
BATCH = 20
TASK = "task"
DONE = "COMPLETED"
SOURCE = Source(SourceKind.RULE, "hand-over of a deactivated user")


def begin_hand_over(actor: Viewer, from_id: int, to_id: int) -> None:
    """Have everything that `from_id` owns handed to `to_id`, once this unit of work is committed.

    Raises Forbidden unless the actor manages `from_id`, and InvalidAccount when `to_id` is nobody active, when the
    person has not been deactivated, or while an earlier hand-over of theirs waits.
    """
    user = managed(actor, from_id)
    if user.state is not UserState.DEACTIVATED:
        raise InvalidAccount({"form": Message("%(name)s is not deactivated.", name=user.name)})
    heir = directory().users.get(to_id)
    if heir is None or not heir.is_active or to_id == from_id:
        raise InvalidAccount({"handed_to": Message("Choose somebody who is active")})
    payload = {"actor_id": actor.user_id, "from_id": from_id, "to_id": to_id}
    if not enqueue(HAND_OVER, payload, unique_key=f"from {from_id}"):
        raise InvalidAccount({"handed_to": Message("Their records are being handed over already")})


def count_owned(user_id: int) -> int:
    """How many records and open tasks a person owns."""
    owned = _owned(user_id, 0).with_only_columns(sa.func.count()).order_by(None)
    return db.session.execute(unguarded(owned, "a number shown to whoever manages users")).scalar_one()


def hand_over(payload: Mapping[str, Any]) -> None:
    """The job: hand over in batches, each its own unit of work, with history and in the name of who asked for it.

    A record that its own rules would refuse stays with its owner, where it can be found.
    """
    actor = replace(viewer_for(payload["actor_id"]), is_super_admin=True)
    from_id, to_id, last = payload["from_id"], payload["to_id"], 0
    while True:
        end_read()
        batch = _owned(from_id, last).limit(BATCH)
        found = db.session.execute(unguarded(batch, "ids for a job that acts for a super admin")).all()
        if not found:
            _give_what_is_shared(from_id, to_id)
            _tell(actor, from_id, to_id, last)
            return
        end_read()
        with unit_of_work():
            for row in found:
                _give(actor, row.id, row.object_type, to_id)
        last = found[-1].id


def _give_what_is_shared(from_id: int, to_id: int) -> None:
    end_read()
    with unit_of_work():
        hand_over_templates(from_id, to_id)
        hand_over_lists(from_id, to_id)
        hand_over_dashboards(from_id, to_id)
        hand_over_views(from_id, to_id)


def _tell(actor: Viewer, from_id: int, to_id: int, last_id: int) -> None:
    """One word at the end of it, where there was anything to give."""
    end_read()
    if last_id:
        with unit_of_work():
            tell("handed_over", actor, Told(to_id, data={"from": from_id}))


def _give(actor: Viewer, record_id: int, object_type: str, to_id: int) -> None:
    update = update_activity if object_type == TASK else update_record
    try:
        with db.session.begin_nested():
            update(actor, record_id, {OWNER: to_id}, source=SOURCE)
    except (InvalidInput, LookupError):
        return


def _owned(user_id: int, after_id: int) -> sa.Select[tuple[int, str]]:
    task = schema().object_type(TASK)
    status = task.column("status")
    done = sa.select(task.table.c.record_id).where(status == DONE, task.table.c.record_id == Record.id)
    return (
        sa.select(Record.id, Record.object_type)
        .where(
            Record.owner_id == user_id,
            Record.archived_at.is_(None),
            Record.id > after_id,
            Record.object_type.in_([kind.name for kind in schema().record_types] + [TASK]),
            sa.or_(Record.object_type != TASK, sa.not_(done.exists())),
        )
        .order_by(Record.id)
    )
