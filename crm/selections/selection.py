"""Rows that somebody chose on a list: some of them, or all that it shows (SPEC 5.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from crm.db import db
from crm.filters.compiling import compile_filter
from crm.filters.tree import Eyes
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden
from crm.permissions.scopes import guarded, rows_visible_to, unguarded
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.records.ordering import IndexOrder, sort_expression
from crm.records.queries import RecordRow
from crm.records.values import display_name
from crm.search.in_object import MOST_FOUND
from crm.selections.listing import Listing, narrowed

MOST_TICKED = 500
NOTHING_TICKED = N_("Tick what you mean.")
TOO_MANY_TICKED = N_("Tick at most %(limit)s, or choose all that match.")


@dataclass(frozen=True)
class Selection:
    """The records or activities `ids`, or all that `listing` shows and that were there as it was made: up to `newest`.

    What is added later was on nobody's screen and is left alone.
    """

    listing: Listing
    ids: tuple[int, ...] = ()
    newest: int | None = None

    @property
    def object_type(self) -> ObjectType:
        """What they are."""
        return self.listing.object_type

    @property
    def is_all(self) -> bool:
        """Whether it is all that the listing shows."""
        return self.newest is not None


def some(listing: Listing, ids: Sequence[int]) -> Selection:
    """Those that were ticked; raises InvalidValue for none and for more than a page has."""
    if not ids:
        raise InvalidValue(NOTHING_TICKED)
    if len(set(ids)) > MOST_TICKED:
        raise InvalidValue(Message(TOO_MANY_TICKED, limit=MOST_TICKED))
    return Selection(listing, tuple(sorted(set(ids))))


def all_of(listing: Listing) -> Selection:
    """All that the listing shows now."""
    newest = sa.select(sa.func.max(Record.id))
    return Selection(listing, newest=db.session.scalar(unguarded(newest, "a bound that tells nothing")) or 0)


def ids_of(actor: Viewer, selection: Selection, after: int | None, limit: int) -> Sequence[int]:
    """The next ids of the selection in rising order, as far as the actor may see them.

    Raises Forbidden when they may see none of that object any longer, InvalidValue for a filter that means nothing.
    """
    record_id = selection.object_type.table.c.record_id
    wanted = _chosen(actor, selection, record_id)
    later = wanted.where(record_id > (after or 0)).order_by(record_id).limit(limit)
    return db.session.scalars(guarded(later, actor)).all()


def settled(actor: Viewer, selection: Selection) -> Selection:
    """The same; what a search of texts finds as the ids it finds now, so that no batch has to search again."""
    kind = selection.object_type
    if not (selection.is_all and selection.listing.q and kind.is_activity):
        return selection
    return Selection(Listing(kind), tuple(ids_of(actor, selection, None, MOST_FOUND + 1)))


def count_of(actor: Viewer, selection: Selection, limit: int | None = None) -> int:
    """How many they are, as far as the actor may see them; counted up to `limit`."""
    chosen = _chosen(actor, selection, sa.literal(1)).limit(limit).subquery()
    return db.session.scalar(guarded(sa.select(sa.func.count()).select_from(chosen), actor)) or 0


def values_of(actor: Viewer, kind: ObjectType, ids: Sequence[int], names: Sequence[str]) -> list[RecordRow]:
    """The rows with these ids that the actor may see, with the properties called `names`, in the order of the ids.

    Raises Forbidden when they may see none of that object any longer.
    """
    layout, table = kind.layout, kind.table
    needed = dict.fromkeys((*names, *layout.primary_display, *layout.fallback_display))
    shown = [name for name in needed if name in kind.properties]
    columns = [kind.column(name).label(f"p_{name}") for name in shown]
    wanted = _chosen(actor, Selection(Listing(kind), tuple(ids)), table.c.record_id, table.c.owner_id, *columns)
    found = {}
    for record_id, owner_id, *values in db.session.execute(guarded(wanted, actor)):
        held = dict(zip(shown, values, strict=True))
        found[record_id] = RecordRow(record_id, kind, display_name(kind, held), owner_id, 0, held)
    return [found[one] for one in ids if one in found]


def ordered_ids(actor: Viewer, selection: Selection, order: IndexOrder, limit: int) -> Sequence[int]:
    """The first ids of the selection in the order of an index page, as far as the actor may see them."""
    kind = selection.object_type
    record_id, way = kind.table.c.record_id, sa.desc if order.descending else sa.asc
    sort = sort_expression(kind.property(order.property_name), kind)
    wanted = _chosen(actor, selection, record_id).order_by(sort.is_(None), way(sort), way(record_id))
    return db.session.scalars(guarded(wanted.limit(limit), actor)).all()


def _chosen(actor: Viewer, selection: Selection, *columns: Any) -> sa.Select[Any]:
    listing, kind = selection.listing, selection.object_type
    if not actor.may(kind.name, Verb.VIEW):
        raise Forbidden(kind.plural_name)
    record_id = kind.table.c.record_id
    eyes = Eyes.of(actor, ZoneInfo(actor.time_zone))
    asked = listing if selection.is_all else Listing(kind)
    found = narrowed(actor, asked, compile_filter(kind, asked.filter, eyes))
    bounds = record_id <= selection.newest if selection.is_all else record_id.in_(selection.ids)
    wanted = sa.select(*columns).select_from(kind.table).where(rows_visible_to(actor, kind.name, kind.table), bounds)
    return wanted if found.condition is None else wanted.where(found.condition)


def stored(selection: Selection) -> dict[str, Any]:
    """The selection as JSON can hold it."""
    asked = selection.listing
    kept: dict[str, Any] = {"object_type": asked.object_type.name}
    if not selection.is_all:
        return kept | {"ids": list(selection.ids)}
    asking = {one.name: getattr(asked, one.name) for one in fields(asked) if one.name != "object_type"}
    return kept | {"newest": selection.newest, "asked": asking | {"filter": list(asked.filter)}}


def read(kept: Mapping[str, Any]) -> Selection:
    """The selection that `stored` wrote; raises NotFound when its object is gone."""
    kind = schema().object_type(kept["object_type"])
    if "ids" in kept:
        return Selection(Listing(kind), tuple(kept["ids"]))
    asked = kept["asked"]
    return Selection(Listing(kind, **(asked | {"filter": tuple(asked["filter"])})), newest=kept["newest"])
