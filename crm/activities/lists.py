"""The lists of activities that administrators set: outcomes, and the one list of call and meeting types (SPEC 8.2).

A list may be that of several properties, which then always have the same options.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from crm.activities.operations import update_activity
from crm.messages import N_, Message
from crm.objects import options
from crm.objects.definition_errors import InvalidDefinition
from crm.objects.definitions.base import OptionDefinition
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Option, Property
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer
from crm.records.option_moving import begin_moving, move_records

MOVE_ACTIVITY_OPTION = "move_activity_option"


@dataclass(frozen=True)
class ActivityList:
    """One list: what it is called, what it is for, and the properties, by object and name, that it belongs to."""

    name: str
    label: str
    text: str
    properties: tuple[tuple[str, str], ...]

    @property
    def places(self) -> list[tuple[ObjectType, Property]]:
        """Its properties; the first one speaks for all."""
        kinds = [(schema().object_type(kind), name) for kind, name in self.properties]
        return [(kind, kind.property(name)) for kind, name in kinds]

    @property
    def options(self) -> tuple[Option, ...]:
        """Its options in order."""
        return self.places[0][1].options


LISTS = (
    ActivityList(
        "call-outcomes", N_("Call outcomes"), N_("What came of a call."), (("call", "outcome"),)
    ),
    ActivityList(
        "meeting-outcomes", N_("Meeting outcomes"), N_("What became of a meeting."), (("meeting", "outcome"),)
    ),
    ActivityList(
        "types",
        N_("Call and meeting types"),
        N_("What calls and meetings are about: one list for both."),
        (("call", "call_type"), ("meeting", "meeting_type")),
    ),
)


def get_list(name: str) -> ActivityList:
    """The list called `name`; raises NotFound."""
    found = next((one for one in LISTS if one.name == name), None)
    if found is None:
        raise NotFound(f"there is no list of activities called {name!r}")
    return found


def add_to_list(actor: Viewer, wanted: ActivityList, option: OptionDefinition) -> None:
    """Add an option behind the others. Raises Forbidden, InvalidDefinition."""
    for kind, name in wanted.properties:
        option = replace(option, value=options.add_option(actor, kind, name, option))


def change_in_list(actor: Viewer, wanted: ActivityList, value: str, option: OptionDefinition) -> None:
    """Let an option be called otherwise, coloured or left out of forms.

    Raises Forbidden, NotFound, InvalidDefinition.
    """
    for kind, name in wanted.properties:
        options.change_option(actor, kind, name, value, option)


def move_in_list(actor: Viewer, wanted: ActivityList, value: str, steps: int) -> None:
    """Move an option by so many places. Raises Forbidden, NotFound."""
    for kind, name in wanted.properties:
        options.move_option(actor, kind, name, value, steps)


def sort_list(actor: Viewer, wanted: ActivityList) -> None:
    """Put the options in the order of their labels. Raises Forbidden."""
    for kind, name in wanted.properties:
        options.sort_options(actor, kind, name)


def delete_from_list(actor: Viewer, wanted: ActivityList, value: str, target: str) -> bool:
    """Delete an option; activities that have it get `target`, in the background. Whether any had it.

    Raises Forbidden, NotFound, InvalidDefinition, also when activities have it and no `target` is named.
    """
    held = [options.records_with(kind, prop, value, limit=1) > 0 for kind, prop in wanted.places]
    if any(held) and not target:
        raise InvalidDefinition({"move_to": Message(options.HAS_RECORDS)})
    for (kind, name), is_held in zip(wanted.properties, held, strict=True):
        if is_held:
            begin_moving(actor, kind, name, value, target, job=MOVE_ACTIVITY_OPTION)
        else:
            options.delete_option(actor, kind, name, value)
    return any(held)


def held_by(wanted: ActivityList, value: str, limit: int) -> int:
    """How many live activities have an option, counted to `limit` for each of the list's properties."""
    return sum(options.records_with(kind, prop, value, limit) for kind, prop in wanted.places)


def move_activities(payload: Mapping[str, Any]) -> None:
    """The job: give activities another option of a list, in batches, with history."""
    move_records(payload, update=update_activity)
