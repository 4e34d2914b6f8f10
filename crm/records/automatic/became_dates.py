"""When a contact or company reached each lifecycle stage: "Became a lead date" and its like (SPEC 2.7)."""

from collections.abc import Mapping
from typing import Any

from crm.records.automatic import AutomaticValue, automatic_values
from crm.records.changes import Change

LIFECYCLE = "lifecyclestage"


def became_date(stage: str) -> str:
    """The property that says when a record reached this lifecycle stage."""
    return f"hs_lifecyclestage_{stage}_date"


def _values(change: Change) -> Mapping[str, Any]:
    stage = change.after.get(LIFECYCLE)
    name = became_date(stage) if stage else ""
    return {name: change.moment} if name in change.kind.properties else {}


automatic_values.register(AutomaticValue("became_dates", _values))
