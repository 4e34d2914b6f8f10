"""What a stage asks for is known of a record that comes into it, and stays so while it is there (SPEC 2.5, 2.9)."""

from crm.messages import N_, Message
from crm.objects.schema import ObjectType, Stage
from crm.records.changes import Change
from crm.records.checks import RecordCheck, record_checks
from crm.records.stage_moves import move_of

REQUIRED = N_("%(label)s is required in “%(stage)s”.")


def _errors(change: Change) -> dict[str, Message]:
    move = move_of(change)
    if move is not None:
        return _missing(change, move.stage, move.stage.required)
    stage = _stage(change.kind, change)
    return _missing(change, stage, [name for name in stage.required if name in change.after]) if stage else {}


def _stage(kind: ObjectType, change: Change) -> Stage | None:
    if kind.stage_property is None or change.is_new:
        return None
    return kind.stages.get(change.before.get(kind.stage_property.name) or "")


def _missing(change: Change, stage: Stage, names: list[str] | tuple[str, ...]) -> dict[str, Message]:
    known = [change.kind.properties[name] for name in names if name in change.kind.properties]
    return {
        prop.name: Message(REQUIRED, label=prop.label, stage=stage.label)
        for prop in known
        if change.whole.get(prop.name) in (None, "")
    }


record_checks.register(RecordCheck("required_in_stage", _errors, position=15))
