"""What can be done with the rows that are ticked on a list: one file for each action in actions/ (DESIGN 10)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from crm.messages import N_, Message
from crm.objects.schema import ObjectType
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.registry import Registry

EXACTLY = N_("Tick exactly %(count)s.")


class Given(Protocol):
    """What a form sent, read by key."""

    def get(self, key: str, default: str) -> str:
        """The first value given for `key`, `default` without one."""
        ...

    def getlist(self, key: str) -> list[str]:
        """All values given for `key`, in order."""
        ...


@dataclass(frozen=True)
class Asking:
    """The form of an action: whom it asks, for which object, how they read and write, and what it holds so far."""

    viewer: Viewer
    kind: ObjectType
    given: Given
    context: Context


@dataclass(frozen=True)
class SelectionAction:
    """One action: a form that asks what it needs, and the kind of work in bulk that does it (crm/bulk).

    `is_for(viewer, object_type)` says whether it is offered. `shown(asking)` is what its `template` shows,
    `settings(asking)` what the work needs besides the selection; that raises InvalidValue when something is missing or
    wrong. `refusal(viewer, object_type, count)` says why this person may not do it to so many.

    One without a `bulk_kind` is done elsewhere: by the address to which its form is sent, or, where it has no
    `template` either, on the page that `page(ids)` finds for `exactly` so many rows.
    """

    name: str
    label: str
    icon: str
    template: str
    bulk_kind: str
    is_for: Callable[[Viewer, ObjectType], bool]
    shown: Callable[[Asking], dict[str, Any]] = lambda asking: {}
    settings: Callable[[Asking], dict[str, Any]] = lambda asking: {}
    refusal: Callable[[Viewer, ObjectType, int], Message | None] = lambda viewer, kind, count: None
    page: Callable[[Sequence[int]], str] | None = None
    exactly: int | None = None
    is_dangerous: bool = False
    position: int = 100

    def refused(self, viewer: Viewer, kind: ObjectType, count: int) -> Message | None:
        """Why it cannot be done with so many rows, None where it can."""
        if self.exactly is not None and count != self.exactly:
            return Message(EXACTLY, count=self.exactly)
        return self.refusal(viewer, kind, count)


selection_actions: Registry[SelectionAction] = Registry("selection action")


def actions_for(viewer: Viewer, object_type: ObjectType) -> list[SelectionAction]:
    """What this person may do with the rows of a list, in order."""
    return [action for action in selection_actions if action.is_for(viewer, object_type)]
