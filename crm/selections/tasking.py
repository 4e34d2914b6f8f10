"""A task for each record of a selection, in bulk (SPEC 5.1)."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm.accounts.queries import directory
from crm.activities.models import Comment
from crm.activities.operations import archive_activity, create_activity
from crm.activities.origin import Origin
from crm.activities.types import activity_types
from crm.bulk.registry import Applied, Changed, Settings
from crm.clock import now
from crm.db import db
from crm.messages import N_, InvalidValue, Lowered, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.records.rows import OWNER, lock_passports
from crm.records.shown import Field, field_for
from crm.records.source import SCREEN, Source, SourceKind
from crm.records.values import parse_form, type_of
from crm.selections.refusals import REFUSALS, Refusals
from crm.selections.registry import Asking

TASKS = "tasks_for_selected"
"""The kind of work in bulk that does it."""

TASK = "task"
FIELDS = ("title", "activity_date", "task_type", "priority")
REQUIRED = frozenset({"title", "activity_date"})
OF_RECORD = "record"
"""Each task belongs to the owner of its record."""

LABEL = N_("Creating tasks for many records")
TITLE = N_("Creating tasks for %(objects)s: %(task)s")
CHOOSE_OWNER = N_("Choose whose the tasks are.")


def title(settings: Settings) -> Message:
    """What people read of it."""
    kind = schema().types.get(settings["selection"]["object_type"])
    if kind is None:
        return Message(LABEL)
    return Message(TITLE, objects=Lowered(kind.plural_label), task=settings["values"]["title"])


def is_for(viewer: Viewer, kind: ObjectType) -> bool:
    """Whether the viewer may make tasks for such records."""
    return not kind.is_activity and kind.takes(TASK) and viewer.may(TASK, Verb.CREATE)


def shown(asking: Asking) -> dict[str, Any]:
    """The controls of a task, and whose it may be."""
    kind, given = schema().object_type(TASK), asking.given
    is_sent = bool(given.getlist("title"))
    start = _defaults(asking)
    fields = [_control(asking, kind, name, given.get(name, "") if is_sent else None, start) for name in FIELDS]
    people = sorted(directory().active_users(), key=lambda user: user.name.casefold())
    return {"fields": fields, "people": people, "owner": given.get("owner", OF_RECORD), "of_record": OF_RECORD}


def _defaults(asking: Asking) -> Mapping[str, Any]:
    kind = activity_types.get(TASK)
    return kind.defaults(now(), asking.context.time_zone) if kind else {}


def _control(asking: Asking, kind: ObjectType, name: str, typed: str | None, start: Mapping[str, Any]) -> Field:
    return field_for(kind.property(name), asking.context, start.get(name), typed, required=name in REQUIRED)


def settings(asking: Asking) -> dict[str, Any]:
    """What each task says, and whose they are; raises InvalidValue."""
    kind = schema().object_type(TASK)
    values, errors = parse_form(kind, {name: asking.given.get(name, "") for name in FIELDS}, asking.context)
    missing = [name for name in FIELDS if name in REQUIRED and values.get(name) is None and name not in errors]
    if missing:
        raise InvalidValue(Message(N_("%(label)s is required."), label=kind.property(missing[0]).label))
    if errors:
        raise InvalidValue(next(iter(errors.values())))
    owner = asking.given.get("owner", OF_RECORD)
    people = {str(user.id): user.id for user in directory().active_users()}
    if owner != OF_RECORD and owner not in people:
        raise InvalidValue(CHOOSE_OWNER)
    kept = {name: type_of(kind.property(name)).to_history(values[name]) for name in FIELDS}
    return {"values": kept, "owner_id": people.get(owner)}


def apply(actor: Viewer, run_id: int, settings: Settings, ids: Sequence[int]) -> Applied:
    """Make a task for each, which goes on other records by the ordinary rules; what cannot be is counted."""
    kind = schema().object_type(TASK)
    values = {name: type_of(kind.property(name)).from_history(text) for name, text in settings["values"].items()}
    source = SCREEN if settings["is_few"] else Source(SourceKind.BULK, str(run_id))
    owners = {one: passport.owner_id for one, passport in lock_passports(ids).items()}
    changes, refusals = [], Refusals()
    for record_id in ids:
        owner_id = owners.get(record_id) if settings["owner_id"] is None else settings["owner_id"]
        try:
            made = create_activity(actor, TASK, values | {OWNER: owner_id}, record_id, Origin(source=source))
            changes.append(Changed(record_id, made))
        except REFUSALS as error:
            refusals.add(error)
    return Applied(changes, refusals.skipped, refusals.messages())


def undo(actor: Viewer, run_id: int, settings: Settings, changes: Sequence[Changed]) -> None:
    """Delete those tasks that nobody has touched since."""
    if not actor.may(TASK, Verb.DELETE):
        raise Forbidden(f"{actor.name} may delete no tasks")
    for task_id in _untouched([change.other_id for change in changes if change.other_id is not None]):
        try:
            archive_activity(actor, task_id)
        except REFUSALS:
            continue


def _untouched(ids: Sequence[int]) -> Sequence[int]:
    """Those of the tasks that nobody has changed or written a comment on."""
    comments = sa.select(Comment.activity_id).where(Comment.activity_id.in_(ids))
    wanted = sa.select(Record.id).where(Record.id.in_(ids), Record.version == 1, Record.id.not_in(comments))
    return db.session.scalars(unguarded(wanted, "whether each may be deleted is asked as it is")).all()
