"""Imports and rules move the lifecycle stage of a record forward only; people may move it back (SPEC 2.8)."""

from crm.messages import N_, Message
from crm.records.automatic.became_dates import LIFECYCLE
from crm.records.changes import Change
from crm.records.checks import RecordCheck, record_checks
from crm.records.source import SourceKind

BACKWARD = N_("The lifecycle stage is further on; imports and rules never move it back.")
FORWARD_ONLY = frozenset({SourceKind.IMPORT, SourceKind.RULE})


def _errors(change: Change) -> dict[str, Message]:
    if change.source.kind not in FORWARD_ONLY or LIFECYCLE not in change.after or change.is_new:
        return {}
    order = [option.value for option in change.kind.property(LIFECYCLE).options]
    was, becomes = change.before.get(LIFECYCLE), change.after[LIFECYCLE]
    if was not in order or (becomes in order and order.index(becomes) > order.index(was)):
        return {}
    return {LIFECYCLE: Message(BACKWARD)}


record_checks.register(RecordCheck("lifecycle", _errors, position=35))
