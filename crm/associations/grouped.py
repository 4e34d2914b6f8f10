"""Associated records by the kind of link: the primary one, those with a label, those without any (SPEC 1.6, 6.3)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from crm.associations.link_types import STAMP, LinkType, association_types
from crm.associations.queries import ASSOCIATION, COUNT_LIMIT, RECORD, Neighbour
from crm.db import db, stamps
from crm.objects.queries import schema
from crm.permissions.scopes import guarded, visible_to
from crm.permissions.viewer import Viewer
from crm.records.counts import bounded_text
from crm.records.models import RECORD_ID
from crm.statements import Statements, one_of


@dataclass
class LinkGroup:
    """The newest records that are linked in one way, and how many the viewer may see in all."""

    type: LinkType
    count: int = 0
    neighbours: list[Neighbour] = field(default_factory=list)

    @property
    def count_text(self) -> str:
        """The count for people: "5" or "1,000+"."""
        return bounded_text(self.count, COUNT_LIMIT)


def link_types(from_object: str) -> list[LinkType]:
    """The kinds of link that lead from an object, by the place of the other object, the plain one last."""
    places = {kind.name: place for place, kind in enumerate(schema().record_types)}
    known = association_types()
    found = [known.by_id[one] for one in known.ids.values()]
    found = [one for one in found if one.from_object == from_object and one.to_object in places]
    return sorted(found, key=lambda one: (places[one.to_object], not one.label, one.label, one.name))


_statements = Statements()


def link_groups(viewer: Viewer, record_id: int, types: Sequence[LinkType], limit: int) -> list[LinkGroup]:
    """What a record the viewer has been let into is linked to in each of these ways, one group each; one query.

    Under a plain link stand the records that have no other one to this record.
    """
    if not types:
        return []
    shape = (schema().token, stamps().get(STAMP), viewer.rights, tuple(types), limit)
    statement = _statements.get(shape, lambda: _groups(viewer, types, limit))
    found = {one.id: LinkGroup(one) for one in types}
    for row in db.session.execute(statement, {"record_id": record_id}):
        group = found[row.type_id]
        if row.record_id is None:
            group.count = row.number
        else:
            group.neighbours.append(Neighbour(row.record_id, group.type.to_object, row.display_name))
    for group in found.values():
        group.neighbours.sort(key=lambda one: one.record_id, reverse=True)
    return list(found.values())


def _groups(viewer: Viewer, types: Sequence[LinkType], limit: int) -> Any:
    branches: list[sa.Select[Any]] = []
    for one in types:
        columns = (
            sa.literal(one.id).label("type_id"),
            RECORD.c.id.label("record_id"),
            RECORD.c.display_name,
            sa.literal(0).label("number"),
        )
        newest = _linked(viewer, one, *columns).order_by(ASSOCIATION.c.to_record_id.desc()).limit(limit)
        counted = _linked(viewer, one, sa.literal(1)).limit(COUNT_LIMIT + 1).subquery()
        number = sa.select(sa.func.count()).select_from(counted).scalar_subquery()
        nobody = sa.cast(sa.null(), sa.BigInteger)
        branches += [
            sa.select(newest.subquery()),
            sa.select(sa.literal(one.id), nobody, sa.literal(""), number),
        ]
    return guarded(sa.union_all(*branches), viewer)


def _linked(viewer: Viewer, one: LinkType, *columns: Any) -> sa.Select[Any]:
    linked = (
        sa.select(*columns)
        .select_from(ASSOCIATION.join(RECORD, RECORD.c.id == ASSOCIATION.c.to_record_id))
        .where(
            ASSOCIATION.c.from_record_id == sa.bindparam("record_id", type_=RECORD_ID),
            ASSOCIATION.c.type_id == one.id,
            visible_to(viewer, RECORD, object_types=(one.to_object,)),
        )
    )
    return linked if one.label else linked.where(sa.not_(_labelled(one)))


def _labelled(plain: LinkType) -> sa.ColumnElement[bool]:
    """Whether there is another link between the same two records besides the plain one."""
    other = ASSOCIATION.alias()
    others = [one.id for one in link_types(plain.from_object) if one.to_object == plain.to_object and one.label]
    same = (other.c.from_record_id == ASSOCIATION.c.from_record_id, other.c.to_record_id == ASSOCIATION.c.to_record_id)
    return sa.select(sa.literal(1)).where(*same, one_of(other.c.type_id, others)).correlate(ASSOCIATION).exists()
