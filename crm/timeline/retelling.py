"""What happens to deals and tickets, told on the timelines of the contacts and companies they are linked to (SPEC 1.6).

Each of these entries is a copy of one of the other record's own. They come with the link and go with it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from crm.associations.models import Association
from crm.associations.queries import association_types
from crm.db import db
from crm.events import AssociationAdded, AssociationRemoved
from crm.messages import N_, Message
from crm.permissions.scopes import unguarded
from crm.timeline.entries import entry_types
from crm.timeline.entries.base import Data, EntryType, Retelling
from crm.timeline.models import TimelineEntry

MOST_TOLD = 100
"""On how many timelines one change is told again: those linked last."""

MOST_BROUGHT = 20
"""How many entries a new link brings along: the newest."""

WHY = "the timeline is written for hidden records too"
ENTRY: sa.Table = TimelineEntry.__table__  # type: ignore[assignment]
LINK: sa.Table = Association.__table__  # type: ignore[assignment]


def made_or_moved(data: Data, name: str, _record: str) -> Message:
    """The sentence of an entry that tells of another record: it was created, imported, or moved to a stage."""
    other = data.get("other") or "--"
    if "to" in data:
        return Message(N_("%(name)s moved %(record)s to %(stage)s"), name=name, record=other, stage=data["to"] or "--")
    if data.get("source") == "import":
        return Message(N_("%(record)s was imported by %(name)s"), record=other, name=name)
    return Message(N_("%(record)s was created by %(name)s"), record=other, name=name)


def tell_neighbours(told: str, object_type: str, values: Mapping[str, Any]) -> None:
    """Tell an entry of kind `told`, with these `values`, on the timelines of the records linked to its own."""
    for kind, retelling in _retellings():
        if retelling.of != object_type or told not in retelling.kinds:
            continue
        types = [association_types().between(object_type, name) for name in retelling.on]
        known = [one for one in types if one is not None]
        linked = sa.and_(LINK.c.from_record_id == values["record_id"], LINK.c.type_id.in_(known))
        newest = sa.select(LINK.c.to_record_id).where(linked).order_by(LINK.c.moment.desc()).limit(MOST_TOLD).subquery()
        fixed = values | {"kind": kind.name, "other_id": values["record_id"]}
        del fixed["record_id"]
        columns = [sa.literal(value, ENTRY.c[name].type) for name, value in fixed.items()]
        _insert(["record_id", *fixed], sa.select(newest.c.to_record_id, *columns))


def bring_along(event: AssociationAdded) -> None:
    """Tell on a timeline what had happened to the record that is linked now, at its own moments."""
    for kind, retelling, source, target in _ends(event):
        names = ["moment", "actor_id", "is_open", "data"]
        own = (
            sa.select(*(ENTRY.c[name] for name in names))
            .where(ENTRY.c.record_id == source, ENTRY.c.kind.in_(retelling.kinds))
            .order_by(ENTRY.c.moment.desc(), ENTRY.c.id.desc())
            .limit(MOST_BROUGHT)
            .subquery()
        )
        fixed = [sa.literal(target, ENTRY.c.record_id.type), sa.literal(kind.name), sa.literal(source)]
        brought = sa.select(*fixed, *(own.c[name] for name in names)).order_by(own.c.moment)
        _insert(["record_id", "kind", "other_id", *names], brought)


def take_away(event: AssociationRemoved) -> None:
    """Tell nothing more of a record that is not linked any more."""
    for kind, _retelling, source, target in _ends(event):
        gone = (ENTRY.c.record_id == target, ENTRY.c.kind == kind.name, ENTRY.c.other_id == source)
        db.session.execute(sa.delete(ENTRY).where(*gone))


def _retellings() -> Iterator[tuple[EntryType, Retelling]]:
    for kind in entry_types:
        if kind.retelling is not None:
            yield kind, kind.retelling


def _ends(event: AssociationAdded | AssociationRemoved) -> Iterator[tuple[EntryType, Retelling, int, int]]:
    """The kinds of entries a link asks for, each with the record that is told of and the one on whose timeline."""
    types = association_types()
    for kind, retelling in _retellings():
        for name in retelling.on:
            if types.between(retelling.of, name) == event.type_id:
                yield kind, retelling, event.from_record_id, event.to_record_id
            elif types.between(name, retelling.of) == event.type_id:
                yield kind, retelling, event.to_record_id, event.from_record_id


def _insert(names: list[str], found: sa.Select[Any]) -> None:
    db.session.execute(sa.insert(ENTRY).from_select(names, unguarded(found, WHY)))
