"""The pipeline and stage a new record starts in when none is named (SPEC 3)."""

from collections.abc import Mapping
from typing import Any

from crm.records.automatic import AutomaticValue, automatic_values
from crm.records.changes import Change
from crm.records.values import stage_defaults, stage_errors


def _values(change: Change) -> Mapping[str, Any]:
    if not change.is_new:
        return {}
    found = stage_defaults(change.kind, change.whole)
    if not stage_errors(change.kind, found):
        return found
    # A default of a property does not go with what somebody named.
    return stage_defaults(change.kind, {name: change.whole.get(name) for name in change.asked})


automatic_values.register(AutomaticValue("first_stage", _values, position=10))
