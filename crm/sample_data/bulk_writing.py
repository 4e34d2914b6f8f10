"""Writing many rows at once, past the operations: every table they would write, history left out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.activities.models import ActivityLink
from crm.activities.types import activity_types
from crm.associations.models import Association
from crm.associations.operations import PRIMARY, type_name
from crm.associations.queries import association_types
from crm.db import db, unit_of_work
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.records.identifiers import insert_identifiers
from crm.records.models import Record
from crm.records.rows import columns
from crm.records.source import SourceKind
from crm.records.stage_history import VISIT, first_visit
from crm.records.values import display_name
from crm.search.records import insert_terms
from crm.timeline.models import TimelineEntry

SOURCE = str(SourceKind.SAMPLE)


class BulkWriter:
    """Collects rows and writes them in one unit of work; numbers the records itself."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        highest = unguarded(sa.select(sa.func.max(Record.id)), "a number for the next record, nothing of this one")
        self._next_id = (db.session.scalar(highest) or 0) + 1
        self._types = schema()
        self._rows: dict[sa.FromClause, list[dict[str, Any]]] = defaultdict(list)
        self._terms: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)

    def record(self, object_type: str, values: dict[str, Any], owner_id: int, moment: datetime) -> int:
        """A record with a page of its own: passport, values, words, and the entry that it was made."""
        record_id = self._insert(object_type, values, owner_id, moment)
        self._terms[object_type][record_id] = values
        data = f'{{"object": "{object_type}", "source": "{SOURCE}"}}'
        self._entry(record_id, "created", moment, None, owner_id, data=data)
        return record_id

    def activity(
        self, kind: str, values: dict[str, Any], owner_id: int, moment: datetime, record_ids: Iterable[int]
    ) -> int:
        """An activity on the given records, the first being where it was logged."""
        known = activity_types.get(kind)
        assert known is not None
        values = {**values, "created_by": owner_id}
        activity_id = self._insert(known.object_type, values, owner_id, moment)
        is_open = known.is_open(values, self._now)
        for place, record_id in enumerate(record_ids):
            self._rows[ActivityLink.__table__].append(
                {
                    "activity_id": activity_id,
                    "record_id": record_id,
                    "source": "rule" if place else "origin",
                    "source_detail": "",
                    "actor_id": owner_id,
                    "moment": moment,
                }
            )
            self._entry(record_id, kind, values["activity_date"], owner_id, owner_id, activity_id, is_open)
        return activity_id

    def relate(self, one: tuple[str, int], other: tuple[str, int], actor_id: int, moment: datetime) -> None:
        """Associate two records, given as (object type, id); a company that comes second becomes the primary one."""
        suffixes = ("", PRIMARY) if other[0] == "company" else ("",)
        types = association_types()
        for suffix in suffixes:
            for (from_object, from_id), (to_object, to_id) in ((one, other), (other, one)):
                self._rows[Association.__table__].append(
                    {
                        "from_record_id": from_id,
                        "type_id": types.id_of(type_name(from_object, to_object, suffix)),
                        "to_record_id": to_id,
                        "source": SOURCE,
                        "source_detail": "",
                        "actor_id": actor_id,
                        "moment": moment,
                    }
                )

    def write(self) -> None:
        """Store what was collected, in one unit of work."""
        passports = self._rows.pop(Record.__table__, [])
        with unit_of_work():
            _insert_all(Record.__table__, passports)
            for table, rows in self._rows.items():
                _insert_all(table, rows)
            for object_type, values in self._terms.items():
                insert_terms(self._types.object_type(object_type), values)
                insert_identifiers(self._types.object_type(object_type), values)
            self._tell_numbers()
        self._rows.clear()
        self._terms.clear()

    def _tell_numbers(self) -> None:
        """PostgreSQL numbers rows by a sequence that does not see numbers given by hand."""
        if db.engine.dialect.name == "postgresql":
            sequence = sa.func.pg_get_serial_sequence(Record.__tablename__, "id")
            db.session.execute(sa.select(sa.func.setval(sequence, self._next_id, False)))

    def _insert(self, object_type: str, values: Mapping[str, Any], owner_id: int, moment: datetime) -> int:
        kind = self._types.object_type(object_type)
        record_id, self._next_id = self._next_id, self._next_id + 1
        self._rows[Record.__table__].append(
            {
                "id": record_id,
                "object_type": object_type,
                "display_name": display_name(kind, values),
                "owner_id": owner_id,
                "created_at": moment,
                "version": 1,
            }
        )
        row = {"record_id": record_id, "owner_id": owner_id, "created_at": moment, "updated_at": moment}
        visit = first_visit(kind, record_id, values, owner_id, moment)
        if visit is not None:
            self._rows[VISIT].append(visit[0])
            values = {**values, **visit[1]}
        self._rows[kind.table].append(row | columns(kind, values))
        return record_id

    def _entry(
        self,
        record_id: int,
        kind: str,
        moment: datetime,
        owner_id: int | None,
        actor_id: int,
        activity_id: int | None = None,
        is_open: bool = False,
        data: str = "{}",
    ) -> None:
        self._rows[TimelineEntry.__table__].append(
            {
                "record_id": record_id,
                "moment": moment,
                "kind": kind,
                "activity_id": activity_id,
                "owner_id": owner_id,
                "actor_id": actor_id,
                "is_open": is_open,
                "data": data,
            }
        )


def _insert_all(table: Any, rows: list[dict[str, Any]]) -> None:
    """Insert rows of one table; those with different columns in as many statements."""
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_columns[tuple(row)].append(row)
    for alike in by_columns.values():
        db.session.execute(sa.insert(table), alike)
