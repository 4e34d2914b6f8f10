"""Why some of many were left as they were, counted: "12 you may not edit" (SPEC 5.1)."""

from collections import Counter

from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import Viewer
from crm.records.errors import Conflict, InvalidInput

NOT_YOURS = N_("%(count)s you may not edit.")
GONE = N_("%(count)s that are no longer there.")
SO_ALREADY = N_("%(count)s that were so already.")
BECAUSE = N_("%(count)s for this reason: %(reason)s")
REFUSALS = (Forbidden, NotFound, InvalidValue, InvalidInput, Conflict)
"""What stops one of many, and no other."""


def demand_edit(actor: Viewer, kind: ObjectType) -> None:
    """Raise Forbidden for who may edit none of them, so that undoing stops instead of passing over each."""
    if not actor.may(kind.name, Verb.EDIT):
        raise Forbidden(f"{actor.name} may edit no {kind.plural_name}")


class Refusals:
    """The reasons met so far."""

    def __init__(self) -> None:
        self._counted: Counter[str] = Counter()
        self._others: Counter[Message] = Counter()

    @property
    def skipped(self) -> int:
        """How many were left as they were."""
        return self._counted.total() + self._others.total()

    def add(self, error: Exception) -> None:
        """One that could not be changed."""
        if isinstance(error, InvalidInput):
            self._others[next(iter(error.errors.values()))] += 1
        elif isinstance(error, InvalidValue):
            self._others[error.message] += 1
        else:
            self._counted[NOT_YOURS if isinstance(error, Forbidden) else GONE] += 1

    def add_many(self, text: str, count: int) -> None:
        """So many for one of the reasons above."""
        if count:
            self._counted[text] += count

    def messages(self) -> list[Message]:
        """What people read of them."""
        counted = [Message(text, count=count) for text, count in self._counted.items()]
        return counted + [Message(BECAUSE, count=count, reason=reason) for reason, count in self._others.items()]
