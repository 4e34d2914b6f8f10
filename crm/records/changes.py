"""What is about to be written to one record, as checks and automatic values see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from crm.clock import now
from crm.objects.schema import ObjectType
from crm.permissions.viewer import Viewer
from crm.records.rows import OWNER
from crm.records.source import Source


@dataclass(frozen=True)
class Change:
    """Values by property name: `before` is what is stored, `after` what will be written over it, and only that.

    `record_id` is None and `before` empty while the record is being made. `owner_id` is the owner it will have.
    `moment` is that of the change, one in everything that is written of it, and `made_at` when the record was made.
    `asked` are the properties somebody named for a new record, also to leave them empty, and `given` those of `after`
    that an automatic rule wrote.
    """

    actor: Viewer
    kind: ObjectType
    record_id: int | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    source: Source
    owner_id: int | None = None
    created_at: datetime | None = None
    moment: datetime = field(default_factory=now)
    asked: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()

    @property
    def made_at(self) -> datetime:
        """When the record was made: now, unless it is older or somebody said so."""
        return self.created_at or self.before.get("createdate") or self.moment

    @property
    def is_new(self) -> bool:
        """Whether the record is being made."""
        return self.record_id is None

    @cached_property
    def whole(self) -> dict[str, Any]:
        """Every value the record will have, its owner too, who of a new one stands in no value."""
        owned = {OWNER: self.owner_id} if self.is_new and OWNER in self.kind.properties else {}
        return {**self.before, **self.after, **owned}

    def adding(self, values: Mapping[str, Any]) -> "Change":
        """The same with more values to write; those that are stored already are left out."""
        more = {name: value for name, value in values.items() if self.before.get(name) != value}
        return replace(self, after={**self.after, **more}, given=self.given | more.keys())
