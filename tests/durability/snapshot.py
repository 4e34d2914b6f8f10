"""The whole database at one moment, and what of it the histories of clients speak of."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from crm.db import Base, db, end_read
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from tests.durability.history import BOOLEAN, Register

TABLES = (
    "activity_link",
    "association",
    "association_type",
    "attachment",
    "comment",
    "form_key",
    "import_row",
    "import_run",
    "job",
    "imported_message",
    "link_history",
    "property_history",
    "record",
    "record_deletion",
    "record_term",
    "search_outbox",
    "stored_file",
    "timeline_entry",
)
WHY = "the checker looks at everything"
WORD = 12

Row = Any


class Snapshot:
    """Every row of the tables of records and activities, read in one transaction.

    `tables` are the static ones by name, `objects` those of the object types, typed, by the name of the type.
    """

    def __init__(self) -> None:
        end_read()
        if db.engine.dialect.name == "postgresql":
            db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        try:
            self.tables = {name: _rows(Base.metadata.tables[name]) for name in TABLES}
            self.kinds = dict(schema().types)
            self.objects = {name: _rows(kind.table) for name, kind in self.kinds.items()}
        finally:
            end_read()
        self.records = {row["id"]: row for row in self.tables["record"]}
        self.values = {row["record_id"]: row for rows in self.objects.values() for row in rows}
        self._links = {(row["activity_id"], row["record_id"]) for row in self.tables["activity_link"]}
        self._associations = {(row["from_record_id"], row["to_record_id"]) for row in self.tables["association"]}

    def marks(self) -> Counter[tuple[str, str]]:
        """How often each mark is there."""
        found: Counter[tuple[str, str]] = Counter()
        found.update(("history", bare(row["new"])) for row in self.tables["property_history"])
        found.update(("comment", row["body"]) for row in self.tables["comment"])
        found.update(("key", row["key"]) for row in self.tables["form_key"] if row["location"])
        found.update(("term", word) for word, _ in {(r["term"][:WORD], r["record_id"]) for r in self._terms()})
        found.update(("email", row["email"]) for row in self.objects["contact"])
        found.update(("spare", row["email"]) for row in self.objects["contact"])
        found.update(("company", row["name"]) for row in self.objects["company"])
        found.update(("note", word) for word in self.notes().values())
        found.update(("call", row["title"]) for row in self.objects["call"])
        found.update(("follow-up of", word) for word in self._followed_up())
        return found

    def get(self, register: Register) -> Any:
        """What a register holds."""
        kind, where = register[0], register[1]
        if where not in self.records:
            return False if kind in BOOLEAN else None
        if kind == "linked":
            return (where, register[2]) in self._associations
        if kind == "on":
            return (where, register[2]) in self._links
        if kind == "archived":
            return self.records[where]["archived_at"] is not None
        if kind == "pin":
            return self.records[where]["pinned_activity_id"]
        return bare(self.values[where][kind])

    def notes(self) -> dict[int, str]:
        """The word each note was logged with, whatever it says by now."""
        words = {row["record_id"]: bare(row["body"]) for row in self.objects["note"]}
        for row in reversed(self.tables["property_history"]):
            if row["property_name"] == "body" and row["record_id"] in words:
                words[row["record_id"]] = bare(row["old"])
        return words

    def jobs(self) -> list[str]:
        """The kinds of the jobs there are."""
        return [row["kind"] for row in self.tables["job"]]

    def activity_links(self) -> dict[int, set[int]]:
        """The records each activity is on."""
        found: dict[int, set[int]] = defaultdict(set)
        for activity_id, record_id in self._links:
            found[activity_id].add(record_id)
        return found

    def _terms(self) -> list[Row]:
        return self.tables["record_term"]

    def _followed_up(self) -> Iterator[str]:
        """The titles of the calls on those records that have as many tasks as calls; one call makes one task."""
        by_record: dict[int, list[int]] = defaultdict(list)
        for row in self.tables["activity_link"]:
            if row["source"] == "origin":
                by_record[row["record_id"]].append(row["activity_id"])
        for activities in by_record.values():
            types = [self.records[one]["object_type"] for one in activities]
            if types.count("task") == types.count("call"):
                calls = (one for one in activities if self.records[one]["object_type"] == "call")
                yield from (self.values[one]["title"] for one in calls)


def bare(html: str | None) -> str | None:
    """What a text says, without the paragraph around it."""
    return html.removeprefix("<p>").removesuffix("</p>") if html else html


def _rows(table: sa.Table) -> list[Row]:
    order = [table.c[column.name] for column in table.primary_key]
    statement = sa.select(table).order_by(*order)
    return list(db.session.execute(unguarded(statement, WHY)).mappings())
