"""The columns of a table that leaves the program: properties, those of a view, and what a record is associated with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.activities.index import name_of
from crm.activities.models import ActivityLink
from crm.activities.queries import ActivityRow
from crm.associations.link_types import association_types
from crm.associations.queries import ASSOCIATION, RECORD
from crm.db import db
from crm.exports.cells import Cell, cell_of, text_cell
from crm.messages import N_, InvalidValue, Lowered, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.scopes import guarded, visible_to
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.columns import TableColumn, cells_of, column_named
from crm.records.queries import RecordRow
from crm.records.shown import for_record, with_currency

ASSOCIATED = "associated:"
"""`associated:company` names the columns of all associated companies: no property has a colon in its name."""
MOST_COLUMNS = 1_000
MOST_ASSOCIATED = 1_000
READ_OF_ACTIVITIES = ("title", "body", "subject", "status", "outcome", "channel", "activity_date", "createdate")
RECORD_ID, NAME = N_("Record ID"), N_("Name")
NAMES, IDS = N_("Associated %(objects)s"), N_("Associated %(objects)s: record IDs")
NO_COLUMNS = N_("Choose at least one column.")
BETWEEN = "; "
Linked = Mapping[int, list[tuple[int, str]]]
"""The ids and names of what each of some records is linked to."""


@dataclass(frozen=True)
class Columns:
    """The columns of a table after the id and the name of each record, for one reader.

    What is gone by now, or hidden from them, is left out.
    """

    kind: ObjectType
    table: Sequence[TableColumn]
    associated: Sequence[ObjectType]

    @classmethod
    def of(cls, viewer: Viewer, kind: ObjectType, names: Iterable[str]) -> "Columns":
        """Those called so."""
        wanted = list(dict.fromkeys(names))[:MOST_COLUMNS]
        found = (column_named(viewer, kind, name) for name in wanted if not name.startswith(ASSOCIATED))
        others = {f"{ASSOCIATED}{one.name}": one for one in associable(viewer, kind)}
        return cls(kind, [one for one in found if one], [others[name] for name in wanted if name in others])

    @property
    def names_read(self) -> list[str]:
        """The properties of the rows that they need."""
        own = [one.name for one in self.table if one.is_own]
        read = (name for name in READ_OF_ACTIVITIES if self.kind.is_activity and name in self.kind.properties)
        return list(dict.fromkeys([*with_currency(self.kind, own), *read]))

    def header(self, context: Context) -> list[str]:
        """What stands above them."""
        words = context.translate
        heads = [RECORD_ID, NAME, *(one.label for one in self.table)]
        for other in self.associated:
            label = Lowered(other.plural_label)
            heads += [Message(NAMES, objects=label), Message(IDS, objects=label)]
        return [words(head) for head in heads]

    def rows(self, viewer: Viewer, rows: Sequence[RecordRow], context: Context) -> list[list[Cell]]:
        """What stands in them for records that were read through the gate; a query for each object besides."""
        ids = [row.id for row in rows]
        strange = [one for one in self.table if not one.is_own]
        cells = cells_of(viewer, self.kind, strange, rows, context) if strange else [()] * len(rows)
        linked = [_linked(viewer, self.kind, other, ids) for other in self.associated]
        return [self._row(row, list(some), linked, context) for row, some in zip(rows, cells, strict=True)]

    def _row(self, row: RecordRow, strange: list[Any], linked: Sequence[Linked], context: Context) -> list[Cell]:
        own = for_record(context, row.values)
        found = [Cell("n", str(row.id)), text_cell(_title(row, context))]
        for column in self.table:
            if column.is_own and column.prop is not None:
                found.append(cell_of(column.prop, row.values.get(column.name), own))
            else:
                found.append(text_cell(strange.pop(0).text))
        for links in linked:
            pairs = links.get(row.id, [])
            found.append(text_cell(BETWEEN.join(name for _id, name in pairs)))
            found.append(text_cell(BETWEEN.join(str(one) for one, _name in pairs)))
        return found


def associable(viewer: Viewer, kind: ObjectType) -> list[ObjectType]:
    """The objects whose records may be named beside those of `kind`."""
    there = [one for one in schema().record_types if viewer.may(one.name, Verb.VIEW)]
    if kind.is_activity:
        return [one for one in there if one.takes(kind.name)]
    types = association_types()
    return [one for one in there if types.between(kind.name, one.name) is not None]


def checked(viewer: Viewer, kind: ObjectType, names: Iterable[str]) -> tuple[str, ...]:
    """Those of the names that are columns, each once; raises InvalidValue for none."""
    columns = Columns.of(viewer, kind, names)
    found = [one.name for one in columns.table] + [f"{ASSOCIATED}{one.name}" for one in columns.associated]
    if not found:
        raise InvalidValue(NO_COLUMNS)
    return tuple(found)


def _title(row: RecordRow, context: Context) -> str:
    if not row.type.is_activity:
        return row.title
    made = row.values.get("createdate")
    return name_of(ActivityRow(row.id, row.type, row.owner_id, made, row.values), context.translate)  # type: ignore[arg-type]


def _linked(viewer: Viewer, kind: ObjectType, other: ObjectType, ids: Sequence[int]) -> Linked:
    """The records of `other` that each of these is linked to, as far as the viewer may see them, the newest first."""
    link: Any = ActivityLink.__table__ if kind.is_activity else ASSOCIATION
    here, there = (link.c.activity_id if kind.is_activity else link.c.from_record_id), RECORD.c.id
    of_type = [] if kind.is_activity else [link.c.type_id == association_types().between(kind.name, other.name)]
    on = link.c.record_id if kind.is_activity else link.c.to_record_id
    wanted = (
        sa.select(here, there, RECORD.c.display_name)
        .select_from(link.join(RECORD, there == on))
        .where(here.in_(ids), *of_type, visible_to(viewer, RECORD, object_types=(other.name,)))
        .order_by(here, RECORD.c.id.desc())
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for one, other_id, name in db.session.execute(guarded(wanted, viewer)):
        pairs = found.setdefault(one, [])
        if len(pairs) < MOST_ASSOCIATED:
            pairs.append((other_id, name or f"#{other_id}"))
    return found

