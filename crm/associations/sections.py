"""Associated records ready to be shown: cards of the right column, tables of the overview (SPEC 1.6, 1.9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from crm.associations.queries import COUNT_LIMIT, Neighbour, Neighbourhood, association_types, neighbourhoods
from crm.db import db
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.counts import bounded_text
from crm.records.models import Record
from crm.records.queries import RecordRow
from crm.records.shown import Shown, show_all, with_currency
from crm.statements import Statements, among


@dataclass(frozen=True)
class Card:
    """One associated record, or one that could be; `note` says in a picker what kind of record it is.

    `values` are those that were read for what is `shown` of it, `labels` what people call it here.
    """

    record_id: int
    display_name: str
    object_type: str
    is_primary: bool = False
    can_remove: bool = False
    ticked: bool = False
    locked: bool = False
    shown: Sequence[Shown] = ()
    note: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    labels: Sequence[str] = ()

    @property
    def url(self) -> str:
        """The record's page."""
        return f"/records/{self.record_id}"


@dataclass(frozen=True)
class Section:
    """The associated records of one object type: the first few, and how many there are."""

    object_type: ObjectType
    count: int
    cards: Sequence[Card] = field(default_factory=tuple)
    can_add: bool = False
    can_create: bool = False
    url_all: str | None = None

    @property
    def count_text(self) -> str:
        """The count for people: "5" or "1,000+"."""
        return bounded_text(self.count, COUNT_LIMIT)


def sections(
    viewer: Viewer,
    record: RecordRow,
    context: Context,
    wanted: Mapping[str, Sequence[str]],
    numbers: Mapping[str, int],
) -> list[Section]:
    """One section for each object in `numbers` that the viewer may see, in order; two queries.

    It has so many records, with the values of the properties `wanted` of their object; `with_shown` shows them.
    """
    types = association_types()
    limits = {
        kind.name: numbers[kind.name]
        for kind in schema().record_types
        if kind.name in numbers and types.between(record.object_type, kind.name) and viewer.may(kind.name, Verb.VIEW)
    }
    found = neighbourhoods(viewer, record.id, record.object_type, limits)
    ids = [one.record_id for part in found for one in part.neighbours]
    values = values_of(ids, {name: with_currency(schema().object_type(name), wanted.get(name, ())) for name in limits})
    may_edit = viewer.covers(record.object_type, Verb.EDIT, record.owner_id)
    return [_section(viewer, record, part, values, may_edit) for part in found]


def _section(
    viewer: Viewer, record: RecordRow, part: Neighbourhood, values: Mapping[int, Mapping[str, Any]], may_edit: bool
) -> Section:
    kind = part.object_type
    return Section(
        object_type=kind,
        count=part.count,
        cards=[
            Card(
                record_id=one.record_id,
                display_name=one.display_name or f"#{one.record_id}",
                object_type=one.object_type,
                is_primary=one.is_primary,
                can_remove=may_edit,
                values=values.get(one.record_id, {}),
                labels=one.labels,
            )
            for one in part.neighbours
        ],
        can_add=may_edit,
        can_create=may_edit and viewer.may(kind.name, Verb.CREATE),
        url_all=f"/objects/{kind.plural_name}?associated={record.id}",
    )


def with_shown(section: Section, properties: Sequence[str], number: int, context: Context) -> Section:
    """The section with so many of its records, each with these properties in words."""
    kind = section.object_type
    first = section.cards[:number]
    return replace(
        section, cards=[replace(one, shown=show_all(kind, properties, one.values, context)) for one in first]
    )


def card(
    neighbour: Neighbour, values: Mapping[str, Any], context: Context, **more: Any
) -> Card:
    """The card of one record with the properties its object shows on cards."""
    kind = schema().object_type(neighbour.object_type)
    return Card(
        record_id=neighbour.record_id,
        display_name=neighbour.display_name or f"#{neighbour.record_id}",
        object_type=neighbour.object_type,
        is_primary=neighbour.is_primary,
        shown=show_all(kind, kind.layout.card_columns, values, context),
        **more,
    )


def values_of(record_ids: Sequence[int], wanted: Mapping[str, Sequence[str]]) -> dict[int, dict[str, Any]]:
    """The values of properties called `wanted`, by object type, of records found through the gate; one query."""
    if not record_ids:
        return {}
    shape = (schema().token, tuple((name, tuple(properties)) for name, properties in wanted.items()))
    statement = _statements.get(shape, lambda: _values_of(wanted))
    found = {}
    for row in db.session.execute(statement, {"ids": list(record_ids)}).mappings().all():
        names = wanted.get(row["object_type"], ())
        found[row["id"]] = {one: row.get(f"{row['object_type']}__{one}") for one in names}
    return found


_statements = Statements()


def _values_of(wanted: Mapping[str, Sequence[str]]) -> Any:
    record = Record.__table__
    source: Any = record
    columns: list[Any] = []
    for name, properties in wanted.items():
        kind = schema().object_type(name)
        source = source.outerjoin(kind.table, kind.table.c.record_id == record.c.id)
        columns += [kind.column(one).label(f"{name}__{one}") for one in properties if one in kind.properties]
    statement = sa.select(record.c.id, record.c.object_type, *columns).select_from(source)
    return unguarded(statement.where(among(record.c.id, "ids")), "ids come from a guarded select")
