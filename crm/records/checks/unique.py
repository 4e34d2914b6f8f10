"""Values no two live records of an object may have (SPEC 2.5)."""

from crm.messages import Message
from crm.records.changes import Change
from crm.records.checks import RecordCheck, record_checks
from crm.records.unique_values import taken_values


def _errors(change: Change) -> dict[str, Message]:
    return taken_values(change.actor, change.kind, change.after, change.record_id)


record_checks.register(RecordCheck("unique", _errors, position=90))
