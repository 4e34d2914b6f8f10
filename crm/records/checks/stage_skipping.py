"""Where a pipeline forbids it, no stage is skipped; a closed one may be reached from everywhere (SPEC 2.9)."""

from crm.messages import N_, Message
from crm.records.changes import Change
from crm.records.checks import RecordCheck, at_stage, record_checks
from crm.records.stage_moves import move_of

SKIPPING = N_("In “%(pipeline)s”, no stage may be skipped: “%(stage)s” comes first.")


def _errors(change: Change) -> dict[str, Message]:
    move = move_of(change)
    if change.actor.is_super_admin or move is None or not move.pipeline.forbids_skipping or move.skipped is None:
        return {}
    return at_stage(change, Message(SKIPPING, pipeline=move.pipeline.label, stage=move.skipped.label))


record_checks.register(RecordCheck("stage_skipping", _errors, position=23, is_about_stages=True))
