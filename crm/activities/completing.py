"""What an activity is written with besides what was typed, and what it cannot be written without (SPEC 8)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from crm.activities.origin import Origin
from crm.activities.types.base import ActivityType
from crm.messages import N_, Message
from crm.objects.schema import ObjectType
from crm.permissions.viewer import Viewer
from crm.records.errors import InvalidInput


def complete(
    actor: Viewer,
    kind: ActivityType,
    object_type: ObjectType,
    values: Mapping[str, Any],
    origin: Origin,
    moment: datetime,
) -> dict[str, Any]:
    """The values of a new activity with what its kind adds to those given; raises InvalidInput."""
    written = {name: value for name, value in values.items() if value is not None and name in object_type.properties}
    written |= dict(kind.fixed_values)
    for name, value in kind.defaults(moment, ZoneInfo(actor.time_zone)).items():
        if name not in values:
            written.setdefault(name, value)
    if "activity_date" not in kind.required_fields:
        written.setdefault("activity_date", moment.replace(microsecond=moment.microsecond // 1000 * 1000))
    written |= {"created_by": actor.user_id, "created_via": origin.created_via}
    refuse_incomplete(kind, object_type, written)
    return {name: value for name, value in written.items() if value is not None}


def refuse_incomplete(kind: ActivityType, object_type: ObjectType, values: Mapping[str, Any]) -> None:
    """Raise InvalidInput when something that the kind requires is missing, or its values do not fit together."""
    text = N_("%(label)s is required.")
    errors = {
        name: Message(text, label=object_type.property(name).label)
        for name in kind.required_fields
        if values.get(name) in (None, "")
    }
    errors |= kind.faults(values)
    if errors:
        raise InvalidInput(errors)
