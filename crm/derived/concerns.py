"""What happened in a unit of work that derived values may follow from, as events tell it; settled at its end."""

from collections import defaultdict
from collections.abc import Callable

LAST_MODIFIED = "lastmodifieddate"


class Concerns:
    """The records that were made, changed, deleted or restored, linked or unlinked, in one unit of work.

    By object type where the event says it. `changed` holds the names of the properties; `rearranged` are records about
    which everything is to be looked at anew.
    """

    def __init__(self, settle: Callable[["Concerns"], None]) -> None:
        self._settle = settle
        self.made: dict[str, set[int]] = defaultdict(set)
        self.changed: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.deleted: dict[str, set[int]] = defaultdict(set)
        self.restored: dict[str, set[int]] = defaultdict(set)
        self.linked: set[tuple[int, int]] = set()
        self.rearranged: set[int] = set()

    def finish(self) -> None:
        """Settle what follows from all of this."""
        self._settle(self)
