"""What can be done with the rows that are ticked on a list: one file for each action in actions/ (DESIGN 10)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from crm.objects.schema import ObjectType
from crm.permissions.viewer import Viewer
from crm.registry import Registry


class Given(Protocol):
    """What a form sent, read by key."""

    def get(self, key: str, default: str) -> str:
        """The first value given for `key`, `default` without one."""
        ...

    def getlist(self, key: str) -> list[str]:
        """All values given for `key`, in order."""
        ...


@dataclass(frozen=True)
class SelectionAction:
    """One action: a form that asks what it needs, and the kind of work in bulk that does it (crm/bulk).

    `is_for(viewer, object_type)` says whether it is offered. `shown(viewer, object_type, given)` is what its `template`
    shows, `settings(viewer, object_type, given)` what the work needs besides the selection; that raises InvalidValue
    when something is missing or wrong.
    """

    name: str
    label: str
    icon: str
    template: str
    bulk_kind: str
    is_for: Callable[[Viewer, ObjectType], bool]
    shown: Callable[[Viewer, ObjectType, Given], dict[str, Any]]
    settings: Callable[[Viewer, ObjectType, Given], dict[str, Any]]
    position: int = 100


selection_actions: Registry[SelectionAction] = Registry("selection action")


def actions_for(viewer: Viewer, object_type: ObjectType) -> list[SelectionAction]:
    """What this person may do with the rows of a list, in order."""
    return [action for action in selection_actions if action.is_for(viewer, object_type)]
