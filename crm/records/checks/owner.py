"""For whom a record may be made (SPEC 0.2)."""

from crm.messages import Message
from crm.records.changes import Change
from crm.records.checks import RecordCheck, record_checks
from crm.records.owners import owner_errors


def _errors(change: Change) -> dict[str, Message]:
    return owner_errors(change.actor, change.kind, change.owner_id) if change.is_new else {}


record_checks.register(RecordCheck("owner", _errors, position=30))
