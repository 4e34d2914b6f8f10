"""The form controls of an activity, the same in composer and inline edit."""

from collections.abc import Mapping
from typing import Any

from crm.activities.types.base import ActivityType
from crm.messages import Message
from crm.objects.schema import ObjectType
from crm.records.shown import Field, field_for
from crm.web.context import reading_context
from crm.web.form_data import typed_values

BODY = "body"
EDITABLE_TOO = ("status", "outcome", "hubspot_owner_id")

Typed = dict[str, str | list[str]]


def activity_fields(
    kind: ActivityType,
    object_type: ObjectType,
    values: Mapping[str, Any],
    typed: Mapping[str, Any],
    errors: Mapping[str, Message],
    extra: tuple[str, ...] = (),
) -> tuple[list[Field], Field | None]:
    """The controls above the body, and the body's own, if the kind has one."""
    context = reading_context()
    asked = (*kind.composer_fields, *kind.more_fields, *extra)
    names = [name for name in asked if name in object_type.properties and name != BODY]
    fields = [
        field_for(
            object_type.property(name),
            context,
            value=values.get(name),
            typed=typed.get(name) if typed else None,
            required=name in kind.required_fields,
            error=errors.get(name),
        )
        for name in dict.fromkeys(names)
        if not object_type.property(name).read_only
    ]
    if BODY not in object_type.properties:
        return fields, None
    body = field_for(
        object_type.property(BODY),
        context,
        value=values.get(BODY),
        typed=typed.get(BODY) if typed else None,
        required=BODY in kind.required_fields,
        error=errors.get(BODY),
    )
    return fields, body


def typed_activity(kind: ActivityType, object_type: ObjectType, extra: tuple[str, ...] = ()) -> Typed:
    """What was typed into the controls that `activity_fields` made."""
    names = dict.fromkeys((*kind.composer_fields, *kind.more_fields, *people_fields(object_type), *extra, BODY))
    typed = typed_values(object_type, names, absent_is_empty=False)
    # A hidden field without a value goes with tick boxes, so that none ticked is told from none shown.
    return {name: [one for one in text if one] if isinstance(text, list) else text for name, text in typed.items()}


def people_fields(object_type: ObjectType) -> tuple[str, ...]:
    """The properties that hold people of the team; they stand beside the contacts who took part."""
    return tuple(prop.name for prop in object_type.properties.values() if prop.type == "users" and not prop.read_only)
