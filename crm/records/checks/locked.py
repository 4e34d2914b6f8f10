"""Where a pipeline locks what is closed, nothing of a closed record is changed any more (SPEC 2.9)."""

from crm.messages import N_, Message
from crm.records.changes import Change
from crm.records.checks import RecordCheck, record_checks

LOCKED = N_("This is closed, and what is closed in “%(pipeline)s” is locked.")


def _errors(change: Change) -> dict[str, Message]:
    kind = change.kind
    if change.is_new or change.actor.is_super_admin or kind.pipeline_property is None or kind.stage_property is None:
        return {}
    pipeline = kind.pipeline(change.before.get(kind.pipeline_property.name))
    stage = pipeline.stage(change.before.get(kind.stage_property.name)) if pipeline else None
    if pipeline is None or stage is None or not (pipeline.locks_closed and stage.is_closed):
        return {}
    message = Message(LOCKED, pipeline=pipeline.label)
    return {name: message for name in change.after if not kind.property(name).read_only}


record_checks.register(RecordCheck("locked", _errors, position=5, is_about_stages=True))
