"""Putting one activity on all records of an object, or on all that words find, in bulk (SPEC 6.4, 6.9)."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crm.activities.allowed import not_taken
from crm.activities.auto_associate import MOST_LINKS
from crm.activities.link_pages import amount_of_links
from crm.activities.linking import NewLink, link_many, unlink_many
from crm.activities.links_of_runs import links_of_run
from crm.activities.models import ActivityLink
from crm.activities.operations import writable
from crm.activities.reasons import Why
from crm.bulk.operations import begin
from crm.bulk.queries import Run
from crm.bulk.registry import Applied, Changed, Settings
from crm.db import db
from crm.messages import N_, InvalidValue, Lowered, Message
from crm.objects.queries import schema
from crm.permissions.actions import Verb
from crm.permissions.scopes import guarded, unguarded, visible_to
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.search.find_records import count_found, matching_condition

ASSOCIATE_ALL = "associate_all"
"""The kind of work in bulk that does it."""

LABEL = N_("Associating an activity with many records")
TITLE = N_("Associating an activity with %(objects)s")
NOTHING = N_("All of them are associated already.")
TOO_MANY = N_(
    "That would add %(found)s %(objects)s. An activity can be on at most %(limit)s records, "
    "those it is on already included."
)
FULL = N_("An activity can be on at most %(limit)s records.")


def associate_all_matching(actor: Viewer, activity_id: int, object_type: str, q: str) -> Run:
    """Begin to put an activity on all records of an object that `q` finds, on all of them when it is empty.

    Done already when they were few (crm/bulk). Needs edit on the activity. Raises NotFound, Forbidden, and InvalidValue
    when there are none, or more than an activity may be on (`refuse_too_many` says how many).
    """
    activity = writable(actor, activity_id, Verb.EDIT)
    if problem := not_taken(object_type, activity.object_type):
        raise InvalidValue(problem)
    found = count_unlinked(actor, activity_id, object_type, q, MOST_LINKS + 1)
    if not found:
        raise InvalidValue(NOTHING)
    if amount_of_links(activity_id) + found > MOST_LINKS:
        raise InvalidValue(Message(FULL, limit=f"{MOST_LINKS:,}"))
    settings = {"activity_id": activity_id, "object_type": object_type, "q": q, "newest": _newest()}
    return begin(actor, ASSOCIATE_ALL, settings, record_id=activity_id)


def refuse_too_many(viewer: Viewer, activity_id: int, object_type: str, q: str) -> None:
    """Raise InvalidValue, which says how many there are, when an activity would come to be on too many records.

    Counts them all, however many; to be asked before the unit of work.
    """
    found = count_unlinked(viewer, activity_id, object_type, q, None)
    if amount_of_links(activity_id) + found > MOST_LINKS:
        objects = Lowered(schema().object_type(object_type).plural_label)
        raise InvalidValue(Message(TOO_MANY, found=f"{found:,}", objects=objects, limit=f"{MOST_LINKS:,}"))


def offered(viewer: Viewer, activity_id: int, object_type: str, q: str) -> int | None:
    """How many records could be put on at once, None when it is more than are quickly counted."""
    if not q:
        found = count_unlinked(viewer, activity_id, object_type, q, MOST_LINKS + 1)
        return found if found <= MOST_LINKS else None
    return count_found(viewer, q, object_type, not_on(activity_id), MOST_LINKS + 1)


def count_unlinked(viewer: Viewer, activity_id: int, object_type: str, q: str, limit: int | None) -> int:
    """How many records of an object that `q` finds the activity is not on, as far as the viewer may see; at most
    `limit` are counted.
    """
    wanted = _unlinked(viewer, activity_id, object_type, q, sa.literal(1)).limit(limit).subquery()
    return db.session.scalar(guarded(sa.select(sa.func.count()).select_from(wanted), viewer)) or 0


def title(settings: Settings) -> Message:
    """What people read of it."""
    kind = schema().types.get(settings["object_type"])
    return Message(TITLE, objects=Lowered(kind.plural_label)) if kind else Message(LABEL)


def items(actor: Viewer, settings: Settings, after: int | None, limit: int) -> Sequence[int]:
    """The next records to be put on, in order of id; what was added since it began was on nobody's screen."""
    wanted = _unlinked(actor, settings["activity_id"], settings["object_type"], settings["q"], Record.id)
    later = wanted.where(Record.id > (after or 0), Record.id <= settings["newest"]).order_by(Record.id).limit(limit)
    return db.session.scalars(guarded(later, actor)).all()


def count(actor: Viewer, settings: Settings) -> int:
    """How many there are, as far as they can be put on."""
    return count_unlinked(actor, settings["activity_id"], settings["object_type"], settings["q"], MOST_LINKS)


def apply(actor: Viewer, run_id: int, settings: Settings, ids: Sequence[int]) -> Applied:
    """Put the activity on these records, which `items` has just read through the gate."""
    activity_id = settings["activity_id"]
    writable(actor, activity_id, Verb.EDIT)
    done = link_many(actor, [NewLink(activity_id, one, Why.BULK, str(run_id)) for one in ids])
    problems = [Message(FULL, limit=f"{MOST_LINKS:,}")] if done.full else []
    return Applied([Changed(*pair) for pair in done.pairs], len(ids) - len(done.pairs), problems)


def undo(actor: Viewer, run_id: int, settings: Settings, changes: Sequence[Changed]) -> None:
    """Take the activity off what the run put it on and nobody has ticked since; never off the last record."""
    activity_id = settings["activity_id"]
    writable(actor, activity_id, Verb.EDIT)
    records = [one.other_id for one in changes if one.other_id is not None]
    unlink_many(actor, links_of_run(run_id, Why.BULK, [activity_id], records), Why.BULK, str(run_id))


def _newest() -> int:
    newest = sa.select(sa.func.max(Record.id))
    return db.session.scalar(unguarded(newest, "a bound that tells nothing")) or 0


def _unlinked(viewer: Viewer, activity_id: int, object_type: str, q: str, column: Any) -> sa.Select[Any]:
    visible = visible_to(viewer, object_types=(object_type,))
    wanted = sa.select(column).select_from(Record).where(visible, not_on(activity_id))
    return wanted.where(matching_condition(Record.id, q)) if q else wanted


def not_on(activity_id: int) -> sa.ColumnElement[bool]:
    """The condition on the record table that an activity is not on a record."""
    link = ActivityLink.__table__
    there = sa.select(sa.literal(1)).where(link.c.activity_id == activity_id, link.c.record_id == Record.id)
    return sa.not_(there.correlate(Record.__table__).exists())
