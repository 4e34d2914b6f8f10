"""The activity buttons of a record page: in which order, and which of them lead nowhere (SPEC 1.4)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from crm.activities.types import activity_types
from crm.activities.types.base import ActivityType
from crm.layouts.layout import Personal
from crm.layouts.personal import change_personal
from crm.messages import N_
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.viewer import Viewer
from crm.records.queries import RecordRow

IN_ROW = 5
REASONS = {"email": N_("No email address is known here."), "phone": N_("No phone number is known here.")}


@dataclass(frozen=True)
class ActivityButton:
    """One kind of activity as a button; `reason` says why it does nothing now, "" when it does."""

    kind: ActivityType
    reason: str = ""


@dataclass(frozen=True)
class ActivityButtons:
    """The buttons of the row, the kinds under "More", and the properties by which a button comes alive."""

    row: Sequence[ActivityButton]
    more: Sequence[ActivityType]
    watched: Sequence[str] = ()

    @property
    def trigger(self) -> str:
        """The events of the page after which the buttons are read again."""
        return ", ".join(f"{name}-changed from:body" for name in ("buttons", *self.watched))


def kinds_for(viewer: Viewer, object_type: ObjectType, personal: Personal) -> list[ActivityType]:
    """The kinds of activity the viewer may log on records of an object, in their own order: main ones first."""
    taken = [kind for kind in activity_types if object_type.takes(kind.object_type)]
    kinds = [kind for kind in taken if viewer.may(kind.object_type, Verb.CREATE)]
    place = {name: number for number, name in enumerate(personal.buttons)}
    return sorted(kinds, key=lambda kind: (place.get(kind.name, len(place)), not kind.is_main))


def in_row(kinds: Sequence[ActivityType], personal: Personal) -> int:
    """How many of the kinds stand in the row: the main ones until somebody put them in another order."""
    return IN_ROW if personal.buttons else sum(kind.is_main for kind in kinds)


def buttons_for(viewer: Viewer, record: RecordRow, personal: Personal) -> ActivityButtons:
    """The buttons of a record page.

    One that reaches nobody is off where the object has properties for such an address and none of them is filled in;
    what was said otherwise can still be logged, under "More".
    """
    kinds = kinds_for(viewer, record.type, personal)
    number = in_row(kinds, personal)
    row = [ActivityButton(kind, _reason(kind, record)) for kind in kinds[:number]]
    off = [button.kind for button in row if button.reason]
    watched = [name for kind in kinds for name in _addresses(kind, record.type)]
    return ActivityButtons(row, [*off, *kinds[number:]], list(dict.fromkeys(watched)))


def _reason(kind: ActivityType, record: RecordRow) -> str:
    names = _addresses(kind, record.type)
    return REASONS[kind.reached_by[0]] if names and not any(record.values.get(name) for name in names) else ""


def _addresses(kind: ActivityType, object_type: ObjectType) -> list[str]:
    return [name for name, prop in object_type.properties.items() if prop.type in kind.reached_by]


def put_buttons_in_order(actor: Viewer, object_type: ObjectType, names: Sequence[str]) -> Personal:
    """Put the buttons on the pages of an object in the order of `names` for the actor; without any, as they were.

    Inside a unit of work. Names of no kind are left out.
    """
    known = {kind.name for kind in activity_types}
    kept = tuple(name for name in dict.fromkeys(names) if name in known)
    return change_personal(actor, object_type.name, lambda personal: replace(personal, buttons=kept))
