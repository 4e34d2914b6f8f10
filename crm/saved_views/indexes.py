"""Which columns the saved views of an object want indexed, and keeping those indexes (DESIGN 4.4).

A view is read in its order, fifty rows at a time. So it gets an index in that order, and for each choice it demands one
that has the choice before the order: the newest open deals of a stage are then read without looking at any other. What
else the view compares stands at its end, so that they are also counted without looking at their rows. A plain index on
the choice would be worse than none, since SQLite would take it and sort all it finds. Numbers and dates that are
compared have one by themselves, for counting. Texts are compared in small letters, which no index holds.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from crm.clock import now
from crm.db import db, end_read, unit_of_work
from crm.filters.addresses import readable_conditions
from crm.filters.families import Family, family_of
from crm.filters.registry import subject_kind_of
from crm.jobs.queue import enqueue
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.objects.storage import BASE_COLUMNS
from crm.objects.storage_of_views import (
    ViewIndex,
    add_view_index,
    alone,
    drop_view_index,
    unfinished_indexes,
    view_indexes,
)
from crm.permissions.scopes import unguarded
from crm.records.ordering import SORTED_LENGTH, sort_expression
from crm.records.tables import DESCENDING
from crm.saved_views.operations import UPKEEP
from crm.saved_views.queries import all_live_views
from crm.saved_views.view import SavedView

MOST = 12
"""How many indexes the views of one object may have: each makes every write of its records a little dearer."""
MOST_BESIDES = 3
FEW = 1_000
"""Below so many records none is needed."""
IS_ANY = "any"
LONGEST_PAUSE = 2.0
AGAIN, ALL_OBJECTS = timedelta(minutes=1), "all objects"
WHY = "how large a table is tells nothing of its rows"


def keep_indexes(payload: Mapping[str, Any]) -> None:
    """The job: make what is missing and drop what no view wants any more, of one object or of all.

    Each is a step of its own with a pause behind it, so that writers wait for one at most (SQLite: 0.2 s for each
    100,000 records, up to 0.9 on a busy machine; PostgreSQL makes and drops them beside the writers). While another
    worker is at it, it is put off.
    """
    with alone() as is_ours:
        if not is_ours:
            with unit_of_work():
                enqueue(UPKEEP, payload, run_at=now() + AGAIN, unique_key=payload.get("object_type", ALL_OBJECTS))
            return
        for name in [payload["object_type"]] if "object_type" in payload else list(schema().types):
            end_read()
            kind = schema().types.get(name)
            if kind is not None:
                _keep_those_of(kind)


def _keep_those_of(kind: ObjectType) -> None:
    wanted = {one.name_on(kind.name): one for one in wanted_indexes(kind)}
    there, unfinished = view_indexes(kind.name), unfinished_indexes(kind.name)
    end_read()
    for gone in sorted(unfinished | (there - wanted.keys())):
        _step(partial(drop_view_index, gone))
    for missing in sorted(wanted.keys() - there):
        _step(partial(add_view_index, kind.name, wanted[missing]))


def _step(change: Callable[[], None]) -> None:
    begun = time.monotonic()
    change()
    time.sleep(min(time.monotonic() - begun, LONGEST_PAUSE))


def wanted_indexes(kind: ObjectType) -> list[ViewIndex]:
    """The indexes that the views of an object want, those of the views changed last first; none while it is small."""
    if not _is_large(kind):
        return []
    views = [view for view in all_live_views() if view.object_type == kind.name]
    views.sort(key=lambda view: view.changed_at, reverse=True)
    wanted = dict.fromkeys(index for view in views for index in _of_view(kind, view))
    return list(wanted)[:MOST]


def _of_view(kind: ObjectType, view: SavedView) -> Iterator[ViewIndex]:
    order = _order(kind, view)
    if order is not None:
        compared = dict(_compared(kind, view.state.filter))
        for name in (name for name, is_choice in compared.items() if is_choice and name != view.state.sort):
            others = {kind.property(one).column_name for one in compared.keys() - {name, view.state.sort}}
            yield order.after(kind.property(name).column_name, tuple(sorted(others)[:MOST_BESIDES]))
        if order.may_be_empty or order.sort not in BASE_COLUMNS:
            yield order
    for name, is_choice in _compared(kind, view.state.filter):
        if not is_choice:
            yield ViewIndex(kind.property(name).column_name)


def _order(kind: ObjectType, view: SavedView) -> ViewIndex | None:
    """The order of a view as an index has it; None where it is sorted by what is no column of its table."""
    prop = kind.properties.get(view.state.sort)
    if prop is None:
        return None
    sort, column, descending = sort_expression(prop, kind), kind.column(prop.name), view.state.direction == DESCENDING
    if isinstance(sort, sa.Column):
        return ViewIndex("", column.name, descending, bool(column.nullable))
    is_text = isinstance(sort, sa.sql.functions.Function) and sort.name == "lower"
    return ViewIndex("", column.name, descending, letters=SORTED_LENGTH) if is_text else None


def _compared(kind: ObjectType, texts: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """The own properties a filter compares in a way that an index helps with, each with whether it is a choice."""
    for condition in readable_conditions(texts):
        prop = kind.properties.get(condition.subject)
        if prop is None or subject_kind_of(condition.subject) is not None:
            continue
        family = family_of(prop)
        if family in (Family.CHOICE, Family.USER) and condition.operator == IS_ANY:
            yield prop.name, True
        elif family in (Family.NUMBER, Family.DAY, Family.MOMENT) and prop.column_name not in BASE_COLUMNS:
            yield prop.name, False


def _is_large(kind: ObjectType) -> bool:
    last = sa.select(sa.literal(1)).select_from(kind.table).offset(FEW).limit(1)
    return db.session.scalar(unguarded(last, WHY)) is not None
