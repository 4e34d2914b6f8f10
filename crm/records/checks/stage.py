"""A record is in one stage of one pipeline of its object (SPEC 2.9)."""

from crm.messages import N_, Message
from crm.records.changes import Change
from crm.records.checks import RecordCheck, record_checks
from crm.records.values import stage_errors

CHOOSE = N_("Choose the stage in “%(pipeline)s”.")


def _errors(change: Change) -> dict[str, Message]:
    errors = stage_errors(change.kind, change.whole)
    pipeline_property, stage_property = change.kind.pipeline_property, change.kind.stage_property
    if not errors or change.is_new or pipeline_property is None or stage_property is None:
        return errors
    # Whoever names another pipeline alone has not said anything wrong yet.
    if pipeline_property.name in change.after and stage_property.name not in change.after:
        pipeline = change.kind.pipeline(change.after[pipeline_property.name])
        if pipeline is not None:
            return {stage_property.name: Message(CHOOSE, pipeline=pipeline.label)}
    return errors


record_checks.register(RecordCheck("stage", _errors, position=20))
