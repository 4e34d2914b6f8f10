"""Nothing comes into a stage or pipeline that is being deleted (SPEC 2.9)."""

from crm.messages import N_, Message
from crm.records.changes import Change
from crm.records.checks import RecordCheck, at_stage, record_checks
from crm.records.stage_moves import move_of

LEAVING = N_("“%(stage)s” is being deleted.")


def _errors(change: Change) -> dict[str, Message]:
    move = move_of(change)
    if move is None or not (move.stage.is_leaving or move.pipeline.is_leaving):
        return {}
    return at_stage(change, Message(LEAVING, stage=move.stage.label))


record_checks.register(RecordCheck("stage_leaving", _errors, position=21, is_about_stages=True))
