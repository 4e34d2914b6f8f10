"""Putting past activity onto a record, a batch at a time, and taking exactly that off again (SPEC 6.8)."""

from collections.abc import Sequence

import sqlalchemy as sa

from crm.activities.auto_associate import MOST_LINKS
from crm.activities.linking import NewLink, link_many, unlink_many
from crm.activities.links_of_runs import links_of_run
from crm.activities.reasons import Why
from crm.bulk.operations import begin
from crm.bulk.queries import Run
from crm.bulk.registry import Applied, Changed, Settings
from crm.db import db
from crm.messages import N_, InvalidValue, Message
from crm.past_activity import selection
from crm.past_activity.wanted import Wanted
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.records.queries import became, current_id, get_passport
from crm.records.rows import lock_passports

CARRY_OVER = "carry_over"
"""The kind of work in bulk that does it."""

TITLE = N_("Adding past activity")
NOTHING = N_("There is nothing new to add.")
FULL = N_("%(count)s activities were left out: each is on %(limit)s records already.")
FULL_ONE = N_("One activity was left out: it is on %(limit)s records already.")


def add_past_activity(actor: Viewer, asked: Wanted) -> Run:
    """Begin to put onto a record what is asked for; done already when it was little (crm/bulk).

    Needs edit on the record, and takes only activities that the actor may see. Raises NotFound, Forbidden, and
    InvalidValue when there is nothing to add.
    """
    get_passport(actor, asked.record_id, Verb.EDIT)
    if not selection.next_ids(actor, asked, 0, 1):
        raise InvalidValue(NOTHING)
    return begin(actor, CARRY_OVER, asked.settings(), record_id=asked.record_id)


def title(_settings: Settings) -> Message:
    """What people read of it."""
    return Message(TITLE)


def items(actor: Viewer, settings: Settings, after: int | None, limit: int) -> Sequence[int]:
    """The next activities to be put onto the record, in order of id."""
    return selection.next_ids(actor, _asked(actor, settings), after or 0, limit)


def count(actor: Viewer, settings: Settings) -> int:
    """How many there are, as far as they are counted."""
    return selection.count(actor, _asked(actor, settings))


def _asked(actor: Viewer, settings: Settings) -> Wanted:
    """What was asked for, of the record that this one has become since, if it was merged."""
    asked = Wanted.read(settings)
    record_id = current_id(actor, asked.record_id)
    sources = [one for one in asked.sources if one.record_id != record_id]
    return Wanted(record_id, sources, asked.kinds, asked.until)


def apply(actor: Viewer, run_id: int, settings: Settings, ids: Sequence[int]) -> Applied:
    """Put these activities onto the record, but for those that are deleted, hidden or there by now."""
    lock_passports(ids)
    asked = _asked(actor, settings)
    get_passport(actor, asked.record_id, Verb.EDIT)
    origins = selection.origins(actor, asked, ids)
    wanted = [
        NewLink(activity_id, asked.record_id, Why.CARRY_OVER, f"{run_id}:{origins[activity_id]}")
        for activity_id in ids
        if activity_id in origins
    ]
    linked = link_many(actor, wanted)
    problems = [_too_many(len(linked.full))] if linked.full else []
    return Applied([Changed(*pair) for pair in linked.pairs], len(ids) - len(linked.pairs), problems)


def _too_many(amount: int) -> Message:
    limit = f"{MOST_LINKS:,}"
    return Message(FULL_ONE, limit=limit) if amount == 1 else Message(FULL, count=amount, limit=limit)


def undo(actor: Viewer, run_id: int, _settings: Settings, changes: Sequence[Changed]) -> None:
    """Take off what the run put there and is still its own: what a person linked meanwhile, or moved, stays.

    An activity that is on no other record by now stays too. Raises Forbidden.
    """
    for record_id in {one.other_id for one in changes if one.other_id is not None}:
        _demand_edit(actor, record_id)
    activity_ids = {one.one_id for one in changes}
    lock_passports(activity_ids)
    unlink_many(actor, links_of_run(run_id, Why.CARRY_OVER, activity_ids), Why.CARRY_OVER, str(run_id))


def _demand_edit(actor: Viewer, record_id: int) -> None:
    """The record, or what it was merged into, may be deleted by now; it still is its owner's."""
    found = became(record_id) or record_id
    statement = sa.select(Record.object_type, Record.owner_id).where(Record.id == found)
    row = db.session.execute(unguarded(statement, "the rights are looked at here, for deleted records too")).first()
    if row is not None and not actor.covers(row.object_type, Verb.EDIT, row.owner_id):
        raise Forbidden(f"{Verb.EDIT} is not granted on record {found}")
