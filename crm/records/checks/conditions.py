"""What the value of one property demands of others, and which choices it leaves, on the screens (SPEC 2.5)."""

from collections.abc import Mapping
from typing import Any

from crm.messages import N_, Message
from crm.objects.schema import ObjectType
from crm.records.changes import Change
from crm.records.checks import RecordCheck, record_checks
from crm.records.form_logic import possible_names
from crm.records.source import SourceKind

REQUIRED = N_("%(label)s is required for this %(deciding)s.")
NOT_OFFERED = N_("“%(choice)s” cannot be chosen for this %(deciding)s.")


def _errors(change: Change) -> dict[str, Message]:
    if change.source.kind != SourceKind.SCREEN or not change.kind.logic:
        return {}
    names = change.kind.properties if change.is_new else possible_names(change.kind, change.after)
    errors = {}
    for name in names:
        message = _missing(change, name) or _not_offered(change, name)
        if message is not None:
            errors[name] = message
    return errors


def _missing(change: Change, name: str) -> Message | None:
    kind, values = change.kind, change.whole
    prop = kind.properties.get(name)
    if prop is None or values.get(name) not in (None, "") or not kind.logic.is_required(name, values):
        return None
    if not prop.is_open_to(change.actor):
        return None
    return Message(REQUIRED, label=prop.label, deciding=_deciding(kind, name, values))


def _deciding(kind: ObjectType, name: str, values: Mapping[str, Any]) -> str:
    holding = (one for one in kind.logic.depending[name] if one.holds(values.get(one.decided_by)))
    return kind.property(next(holding).decided_by).label


def _not_offered(change: Change, name: str) -> Message | None:
    kind, values = change.kind, change.whole
    narrowing, value = kind.logic.narrowed.get(name), values.get(name)
    if narrowing is None or value is None or narrowing.allows(value, values.get(narrowing.decided_by)):
        return None
    choice = kind.property(name).labels.get(value, value)
    return Message(NOT_OFFERED, choice=choice, deciding=kind.property(narrowing.decided_by).label)


record_checks.register(RecordCheck("conditions", _errors, position=50))
