"""Whether a lead is in a stage for those that were disqualified (SPEC 2.7, 2.8)."""

from collections.abc import Mapping
from typing import Any

from crm.objects.schema import ObjectType
from crm.records.automatic import AutomaticValue, automatic_values
from crm.records.changes import Change

IS_DISQUALIFIED = "hs_lead_is_disqualified"
UNQUALIFIED = "UNQUALIFIED"


def is_disqualified(kind: ObjectType, stage_name: str | None) -> bool | None:
    """What the stage says; None where there is no such stage."""
    stage = kind.stages.get(stage_name or "")
    return stage.meta.get("state") == UNQUALIFIED if stage else None


def _values(change: Change) -> Mapping[str, Any]:
    prop = change.kind.stage_property
    if prop is None or IS_DISQUALIFIED not in change.kind.properties or prop.name not in change.after:
        return {}
    return {IS_DISQUALIFIED: is_disqualified(change.kind, change.whole.get(prop.name))}


automatic_values.register(AutomaticValue("disqualified", _values))
