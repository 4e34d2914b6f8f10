"""Records come into a pipeline only in the stages that allow it: new ones, and those of another pipeline (SPEC 2.9)."""

from crm.messages import N_, Message
from crm.records.changes import Change
from crm.records.checks import RecordCheck, at_stage, record_checks
from crm.records.stage_moves import move_of

START = N_("In “%(pipeline)s”, records start in: %(stages)s.")


def _errors(change: Change) -> dict[str, Message]:
    move = move_of(change)
    if change.actor.is_super_admin or move is None or not move.enters or move.stage.allows_creation:
        return {}
    open_ones = [stage.label for stage in move.pipeline.stages if stage.allows_creation and not stage.is_leaving]
    return at_stage(change, Message(START, pipeline=move.pipeline.label, stages=", ".join(open_ones)))


record_checks.register(RecordCheck("stage_start", _errors, position=22, is_about_stages=True))
