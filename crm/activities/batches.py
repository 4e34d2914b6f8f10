"""Many activities of all kinds at once, as a timeline shows them: one query for texts, values and counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.activities.queries import ActivityRow, Counts, counted
from crm.db import db
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Property
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.statements import Statements, among

NOT_ON_THE_TIMELINE = frozenset({"createdate", "lastmodifieddate", "hs_object_id"})


def load_many(
    ids_by_object_type: Mapping[str, Sequence[int]], counted_for: Viewer | None = None
) -> dict[int, ActivityRow]:
    """Activities by id, of any number of object types, in one query; with the counts that `counted_for` may see.

    The caller has found the ids through the gate; nothing is checked again here.
    """
    names = tuple(sorted(name for name, ids in ids_by_object_type.items() if ids))
    if not names:
        return {}
    shape = (schema().token, names, counted_for and counted_for.rights)
    many: _Many = _statements.get(shape, lambda: _many(names, counted_for))
    rows = db.session.execute(many.statement, {f"ids_{name}": list(ids_by_object_type[name]) for name in names})
    return {row[RECORD_PLACE]: many.activity(row) for row in rows.all()}


_statements = Statements()
FIXED_COLUMNS = TYPE_PLACE, RECORD_PLACE, CREATED_PLACE, COMMENTS_PLACE, LINKS_PLACE = range(5)


@dataclass(frozen=True)
class _Many:
    """A statement that reads activities of several object types, and where in its rows their values stand."""

    statement: Any
    types: Mapping[str, ObjectType]
    places: Mapping[str, Sequence[tuple[str, int]]]
    owner_place: int

    def activity(self, row: sa.Row[Any]) -> ActivityRow:
        name = row[TYPE_PLACE]
        return ActivityRow(
            id=row[RECORD_PLACE],
            object_type=self.types[name],
            owner_id=row[self.owner_place],
            created_at=row[CREATED_PLACE],
            values={prop: row[place] for prop, place in self.places[name]},
            counts=Counts(row[COMMENTS_PLACE], row[LINKS_PLACE]),
        )


def _many(names: tuple[str, ...], counted_for: Viewer | None) -> _Many:
    types = {name: schema().types[name] for name in names}
    columns = _timeline_columns(types.values())
    branches = [_branch(kind, columns, counted_for) for kind in types.values()]
    statement = branches[0] if len(branches) == 1 else sa.union_all(*branches)
    place = {name: number for number, name in enumerate(columns, len(FIXED_COLUMNS))}
    return _Many(
        statement=unguarded(statement, "ids come from a guarded select"),
        types=types,
        places={name: [(prop.name, place[prop.column_name]) for prop in _shown(kind)] for name, kind in types.items()},
        owner_place=place["owner_id"],
    )


def _shown(kind: ObjectType) -> list[Property]:
    return [prop for prop in kind.properties.values() if prop.name not in NOT_ON_THE_TIMELINE]


def _timeline_columns(types: Iterable[ObjectType]) -> dict[str, sa.types.TypeEngine[Any]]:
    columns: dict[str, sa.types.TypeEngine[Any]] = {}
    for kind in types:
        for prop in _shown(kind):
            columns.setdefault(prop.column_name, kind.table.c[prop.column_name].type)
    return columns


def _branch(
    kind: ObjectType, names: Mapping[str, sa.types.TypeEngine[Any]], counted_for: Viewer | None
) -> sa.Select[Any]:
    table = kind.table
    columns = [
        (table.c[name] if name in table.c else sa.cast(sa.null(), column_type)).label(name)
        for name, column_type in names.items()
    ]
    counts = (sa.literal(0), sa.literal(0)) if counted_for is None else counted(counted_for, table.c.record_id)
    fixed = (sa.literal(kind.name).label("object_type"), table.c.record_id, table.c.created_at)
    labelled = (counts[0].label("comments"), counts[1].label("links"))
    return sa.select(*fixed, *labelled, *columns).where(among(table.c.record_id, f"ids_{kind.name}"))
