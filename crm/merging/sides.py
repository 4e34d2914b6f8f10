"""Two records about to become one, as the rules of merging see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from crm.db import db
from crm.objects.schema import ObjectType
from crm.permissions.scopes import unguarded
from crm.properties.models import PropertyHistoryRow
from crm.records.queries import RecordRow

MERGED_IDS = "hs_merged_object_ids"
SEPARATOR = ";"


class Which(StrEnum):
    """Which of the two."""

    PRIMARY = "primary"
    SECONDARY = "secondary"

    @property
    def other(self) -> "Which":
        """The other one."""
        return Which.SECONDARY if self is Which.PRIMARY else Which.PRIMARY


@dataclass(frozen=True)
class Pair:
    """The two records, and when each value of theirs was last set, by record id and property name."""

    records: Mapping[Which, RecordRow]
    set_at: Mapping[int, Mapping[str, datetime]]

    @property
    def kind(self) -> ObjectType:
        """Their object type."""
        return self.records[Which.PRIMARY].type

    def value(self, which: Which, name: str) -> Any:
        """A value of one of them, None when it is empty."""
        value = self.records[which].values.get(name)
        return None if is_empty(value) else value

    def values(self, name: str) -> tuple[Any, Any]:
        """The values of both, the primary one's first."""
        return self.value(Which.PRIMARY, name), self.value(Which.SECONDARY, name)

    def moment(self, which: Which, name: str) -> datetime | None:
        """When the value of one of them was last set, as far as its history says."""
        return self.set_at.get(self.records[which].id, {}).get(name)


def is_empty(value: Any) -> bool:
    """Whether a record has no value there; a number of 0 and a plain no are values."""
    return value is None or value == "" or (isinstance(value, list | tuple | set | frozenset) and not value)


def read_moments(record_ids: Sequence[int]) -> dict[int, dict[str, datetime]]:
    """When each property of these records was last changed; the caller has read them through the gate. One query."""
    history = PropertyHistoryRow
    newest = sa.func.max(history.moment).label("newest")
    columns = (history.record_id, history.property_name, newest)
    statement = sa.select(*columns).where(history.record_id.in_(record_ids))
    found: dict[int, dict[str, datetime]] = {}
    grouped = statement.group_by(history.record_id, history.property_name)
    for row in db.session.execute(unguarded(grouped, "the records were read through the gate")):
        found.setdefault(row.record_id, {})[row.property_name] = row.newest
    return found


def merged_ids(record: RecordRow) -> list[int]:
    """The records that have become this one, oldest merge last."""
    stored = str(record.values.get(MERGED_IDS) or "")
    return [int(part) for part in stored.split(SEPARATOR) if part.strip().isdecimal()]
