"""Putting all activities of a selection on one record, in bulk (SPEC 6.9)."""

from collections.abc import Sequence

from crm.activities.allowed import not_taken
from crm.activities.linking import NewLink, link_many, unlink_many
from crm.activities.links_of_runs import links_of_run
from crm.activities.reasons import Why
from crm.bulk.registry import Applied, Changed, Settings
from crm.messages import N_, InvalidValue
from crm.permissions.actions import Verb
from crm.permissions.viewer import Viewer
from crm.records.queries import current_id, get_passport
from crm.records.rows import lock_passports
from crm.selections.refusals import NOT_YOURS, SO_ALREADY, Refusals, demand_edit
from crm.selections.selection import read

PUT_ON = "put_on_record"
"""The kind of work in bulk that does it."""

LABEL = N_("Putting many activities on a record")
FULL = N_("%(count)s that are on as many records as one may be on.")


def apply(actor: Viewer, run_id: int, settings: Settings, ids: Sequence[int]) -> Applied:
    """Put those that the actor may edit on the record; the others are counted.

    Raises NotFound when the record is gone or hidden, InvalidValue when it takes no such activities.
    """
    kind = read(settings["selection"]).object_type
    record = get_passport(actor, current_id(actor, settings["record_id"]))
    if problem := not_taken(record.object_type, kind):
        raise InvalidValue(problem)
    editable = _editable(actor, kind.name, ids)
    done = link_many(actor, [NewLink(one, record.id, Why.BULK, str(run_id)) for one in editable])
    refusals = Refusals()
    refusals.add_many(NOT_YOURS, len(ids) - len(editable))
    refusals.add_many(SO_ALREADY, len(editable) - len(done.pairs) - len(done.full))
    refusals.add_many(FULL, len(done.full))
    return Applied([Changed(*pair) for pair in done.pairs], refusals.skipped, refusals.messages())


def undo(actor: Viewer, run_id: int, settings: Settings, changes: Sequence[Changed]) -> None:
    """Take those off the record that the run put there and nobody has ticked since; never off the last record."""
    kind = read(settings["selection"]).object_type
    demand_edit(actor, kind)
    editable = _editable(actor, kind.name, [change.one_id for change in changes])
    unlink_many(actor, links_of_run(run_id, Why.BULK, editable), Why.BULK, str(run_id))


def _editable(actor: Viewer, object_type: str, ids: Sequence[int]) -> list[int]:
    passports = lock_passports(ids)
    return [
        one
        for one, passport in passports.items()
        if passport.archived_at is None and actor.covers(object_type, Verb.EDIT, passport.owner_id)
    ]


