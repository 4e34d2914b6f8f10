"""Finding the records that a batch of rows means, with one query per kind of name instead of one per row."""
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa

from crm.db import db
from crm.imports.folding import fold_name
from crm.imports.models import ImportRow, ImportRun
from crm.imports.run_state import RunState
from crm.objects.queries import schema
from crm.permissions.scopes import guarded, rows_visible_to, unguarded
from crm.permissions.viewer import Viewer
from crm.records.identifiers import identifiers_in, is_primary, visible_holders
from crm.records.models import Record
from crm.records.queries import became


class Finder:
    """What is known of existing records, for one batch; lives as long as the batch's transaction."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._known: dict[tuple[str, str], dict[Any, list[int]]] = defaultdict(dict)
        self._names: dict[str, list[int]] = {}

    def load(self, object_type: str, property_name: str, values: Iterable[Any]) -> None:
        """Look up all `values` of one property that are not known yet."""
        known = self._known[object_type, property_name]
        missing = {value for value in values if value is not None and value not in known}
        if not missing:
            return
        kind = schema().object_type(object_type)
        column, table = kind.column(property_name), kind.table
        known.update({value: [] for value in missing})
        if is_primary(kind, property_name):
            for value, found in visible_holders(self._viewer, kind, missing).items():
                known[value].extend(found)
            return
        statement = (
            sa.select(column, table.c.record_id)
            .where(column.in_(missing), rows_visible_to(self._viewer, object_type, table))
            .order_by(table.c.record_id)
        )
        for value, record_id in db.session.execute(guarded(statement, self._viewer)):
            known.setdefault(value, []).append(record_id)

    def load_company_names(self, names: Collection[str]) -> None:
        """Look up companies by name, as they are written and in lower case."""
        missing = {name for name in names if fold_name(name) not in self._names}
        if not missing:
            return
        kind = schema().object_type("company")
        column, table = kind.column("name"), kind.table
        self._names.update({fold_name(name): [] for name in missing})
        same = sa.or_(column.in_(missing), sa.func.lower(column).in_({name.lower() for name in missing}))
        statement = (
            sa.select(column, table.c.record_id)
            .where(same, rows_visible_to(self._viewer, "company", table))
            .order_by(table.c.record_id)
        )
        for name, record_id in db.session.execute(guarded(statement, self._viewer)):
            self._names.setdefault(fold_name(name), []).append(record_id)

    def by_value(self, object_type: str, property_name: str, value: Any) -> list[int]:
        """The live, visible records with this value, oldest first."""
        if value is None:
            return []
        if value not in self._known[object_type, property_name]:
            self.load(object_type, property_name, [value])
        return self._known[object_type, property_name][value]

    def companies_called(self, name: str) -> list[int]:
        """The live, visible companies of this name, oldest first; case does not count."""
        if fold_name(name) not in self._names:
            self.load_company_names([name])
        return self._names[fold_name(name)]

    def remember(self, object_type: str, record_id: int, values: dict[str, Any]) -> None:
        """Take a record just written into account, for the rows that follow."""
        for (kind, name), known in self._known.items():
            if kind == object_type and is_primary(schema().object_type(kind), name):
                for identifier in identifiers_in(schema().object_type(kind), values):
                    found = known.setdefault(identifier, [])
                    if record_id not in found:
                        found.append(record_id)
            elif kind == object_type and values.get(name) is not None:
                found = known.setdefault(values[name], [])
                if record_id not in found:
                    found.append(record_id)
        if object_type == "company" and values.get("name"):
            found = self._names.setdefault(fold_name(values["name"]), [])
            if record_id not in found:
                found.append(record_id)


def rows_imported_before(run: RunState, numbers: Collection[int]) -> dict[int, int]:
    """The records that rows of this very file became in earlier runs, by row number; merged ones are followed.

    Deleted records are left out: their rows make new ones.
    """
    statement = (
        sa.select(ImportRow.row_number, ImportRow.run_id, Record.id, Record.archived_at, Record.merged_into_id)
        .join(ImportRun, ImportRun.id == ImportRow.run_id)
        .join(Record, Record.id == ImportRow.record_id)
        .where(
            ImportRun.file_sha256 == run.file_sha256,
            ImportRun.object_type == run.object_type,
            ImportRow.row_number.in_(numbers),
        )
        .order_by(ImportRow.run_id)
    )
    found: dict[int, int] = {}
    rows = db.session.execute(unguarded(statement, "ids are checked again by the operation that writes them"))
    for row in rows:
        current = became(row.id) if row.merged_into_id is not None else row.id if row.archived_at is None else None
        if current is not None:
            found[row.row_number] = current
        else:
            found.pop(row.row_number, None)
    return found
