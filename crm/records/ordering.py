"""The order of an index page: by what a property sorts, and the rows that come after a place in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.accounts.queries import directory
from crm.objects.schema import ObjectType, Property
from crm.properties.models import PropertyOptionRow
from crm.records.page_keys import decode_key
from crm.records.values import type_of

MOMENT = "activity_date"
SORTED_LENGTH = 100
BEGINNING = (sa.literal_column("1", sa.Integer), sa.literal_column(str(SORTED_LENGTH), sa.Integer))
MOST_LISTED = 200
"""More options than these are looked up in the order of a statement, and not listed in it."""


@dataclass(frozen=True)
class IndexOrder:
    """What an index is sorted by; the record id decides between equals and empty values come last."""

    property_name: str
    descending: bool = False


def rows_after(
    object_type: ObjectType, order: IndexOrder, columns: Sequence[Any], key: str | None, limit: int
) -> sa.Select[Any]:
    """`columns` of the rows after `key`, with what they are sorted by as `sort_key`: one more than `limit`.

    The caller says which rows, through the gate. Raises InvalidValue for a key that is none.
    """
    record_id = object_type.table.c.record_id
    sort = sort_expression(object_type.property(order.property_name), object_type)
    rows = sa.select(*columns, sort.label("sort_key"))
    if key:
        rows = rows.where(_after(sort, record_id, order.descending, key))
    return rows.order_by(*_ordering(sort, record_id, order.descending)).limit(limit + 1)


def sort_expression(prop: Property, object_type: ObjectType) -> sa.ColumnElement[Any]:
    """What a property sorts by: people by name, choices by their order, texts by their beginning in small letters."""
    column = object_type.column(prop.name)
    if object_type.is_activity and prop.name == MOMENT:
        return happened_at(object_type)
    if type_of(prop).name == "user":
        users = sorted(directory().users.values(), key=lambda user: user.name.lower())
        return _ranked(column, [user.id for user in users])
    if len(prop.options) > MOST_LISTED and not prop.settings.keys() & {"options_from", "options_like"}:
        return _placed(column, prop)
    if prop.options:
        return _ranked(column, [option.value for option in prop.options])
    # No longer than this: the last value of a page stands in the address of the next.
    # The numbers are words of the statement: with bound ones it would not be what an index holds.
    return sa.func.lower(sa.func.substr(column, *BEGINNING)) if isinstance(column.type, sa.Text) else column


def happened_at(object_type: ObjectType) -> sa.ColumnElement[Any]:
    """When an activity happened or will, as its timeline says it: never empty, and indexed as it stands here."""
    table = object_type.table
    return sa.func.coalesce(object_type.column(MOMENT), table.c.created_at, type_=table.c.created_at.type)


def _ranked(column: sa.Column[Any], values: Sequence[Any]) -> sa.ColumnElement[Any]:
    if not values:
        return column
    return sa.case({value: place for place, value in enumerate(values)}, value=column, else_=None)


def _placed(column: sa.Column[Any], prop: Property) -> sa.ColumnElement[Any]:
    """The same, asked of the rows of the options: a statement that lists thousands of them takes seconds to write."""
    rows = PropertyOptionRow.__table__
    return sa.select(rows.c.position).where(rows.c.property_id == prop.id, rows.c.value == column).scalar_subquery()


def _ordering(sort: sa.ColumnElement[Any], record_id: sa.Column[int], descending: bool) -> list[Any]:
    ordered = [sort.desc(), record_id.desc()] if descending else [sort.asc(), record_id.asc()]
    return ordered if _is_never_empty(sort) else [sort.is_(None), *ordered]


def _is_never_empty(sort: sa.ColumnElement[Any]) -> bool:
    """Whether the order needs no word about empty values, which would keep the database from using an index."""
    return isinstance(sort, sa.Column) and not sort.nullable or isinstance(sort, sa.sql.functions.coalesce)


def _after(
    sort: sa.ColumnElement[Any], record_id: sa.Column[int], descending: bool, key: str
) -> sa.ColumnElement[bool]:
    value, last_id = decode_key(key, sort.type)
    beyond_id = record_id < last_id if descending else record_id > last_id
    if value is None:
        return sa.and_(sort.is_(None), beyond_id)
    value = sa.literal(value, sort.type)
    beyond = sort < value if descending else sort > value
    if _is_never_empty(sort):
        start = sort <= value if descending else sort >= value
        return sa.and_(start, sa.or_(beyond, beyond_id))
    return sa.or_(beyond, sa.and_(sort == value, beyond_id), sort.is_(None))
