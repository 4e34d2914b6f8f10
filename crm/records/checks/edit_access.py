"""Properties that only some people may write, whatever records they may edit (SPEC 2.4)."""

from collections.abc import Mapping

from crm.messages import N_, Message
from crm.records.changes import Change
from crm.records.checks import RecordCheck, record_checks
from crm.records.source import SourceKind

CLOSED = N_("Only some people may write %(label)s, and you are not one of them.")
BY_THE_PROGRAM = frozenset({SourceKind.RULE, SourceKind.SYNC, SourceKind.SAMPLE})


def _errors(change: Change) -> Mapping[str, Message]:
    if change.source.kind in BY_THE_PROGRAM:
        return {}
    asked = (change.kind.properties[name] for name in change.after if name not in change.given)
    closed = [prop for prop in asked if prop.editors is not None and not prop.is_open_to(change.actor)]
    return {
        prop.name: Message(CLOSED, label=prop.label)
        for prop in closed
        if not change.is_new or change.after[prop.name] != prop.default
    }


record_checks.register(RecordCheck("edit_access", _errors, position=5))
