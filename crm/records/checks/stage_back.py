"""Where a pipeline forbids it, no record goes back to an earlier stage (SPEC 2.9)."""

from crm.messages import N_, Message
from crm.records.changes import Change
from crm.records.checks import RecordCheck, at_stage, record_checks
from crm.records.stage_moves import move_of

BACK = N_("In “%(pipeline)s”, records may not go back to an earlier stage.")


def _errors(change: Change) -> dict[str, Message]:
    move = move_of(change)
    if change.actor.is_super_admin or move is None or not move.pipeline.forbids_going_back or not move.goes_back:
        return {}
    return at_stage(change, Message(BACK, pipeline=move.pipeline.label))


record_checks.register(RecordCheck("stage_back", _errors, position=24, is_about_stages=True))
