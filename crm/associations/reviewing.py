"""All associations of a record, object by object, each with its label and where it comes from (SPEC 1.3)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.associations.labelling import offered_labels
from crm.associations.models import Association
from crm.associations.queries import COUNT_LIMIT, association_types, label_column, texts_of
from crm.db import db
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.scopes import guarded, visible_to
from crm.permissions.viewer import Viewer
from crm.records.counts import bounded_text
from crm.records.models import Record
from crm.records.queries import RecordRow

RECORD: sa.Table = Record.__table__  # type: ignore[assignment]
LINK: sa.Table = Association.__table__  # type: ignore[assignment]


@dataclass(frozen=True)
class Link:
    """One association of a record: with which other, since when, and where it comes from."""

    record_id: int
    display_name: str
    is_primary: bool
    moment: datetime
    source: str
    source_detail: str
    actor_id: int | None
    labels: tuple[str, ...]

    @property
    def title(self) -> str:
        """The name of the other record, or "#51" while it has none."""
        return self.display_name or f"#{self.record_id}"


@dataclass
class LinkPage:
    """Some of the associations with one object, the newest records first; `next_id` continues after them.

    `has_labels` says whether they could be given any.
    """

    object_type: ObjectType
    count: int = 0
    links: Sequence[Link] = field(default_factory=tuple)
    next_id: int | None = None
    has_labels: bool = False

    @property
    def count_text(self) -> str:
        """How many there are in all, for people: "5" or "1,000+"."""
        return bounded_text(self.count, COUNT_LIMIT)


def linkable(viewer: Viewer, object_type: str) -> list[ObjectType]:
    """The objects whose records such a record may be associated with, as far as the viewer may see any, in order."""
    types = association_types()
    kinds = [kind for kind in schema().record_types if types.between(object_type, kind.name) is not None]
    return sorted((kind for kind in kinds if viewer.may(kind.name, Verb.VIEW)), key=lambda one: one.name == object_type)


def link_pages(
    viewer: Viewer, record: RecordRow, kinds: Sequence[ObjectType], limit: int, after_id: int | None = None
) -> list[LinkPage]:
    """A page of the associations with each of these objects, from below `after_id`, in two queries for all of them."""
    here = record.object_type
    pages = {kind.name: LinkPage(kind, has_labels=bool(offered_labels(here, kind.name))) for kind in kinds}
    if not pages:
        return []
    found: dict[str, list[Link]] = {name: [] for name in pages}
    rows = sa.union_all(*(_rows(viewer, record, name, limit + 1, after_id) for name in pages))
    for object_type, *link, labels in db.session.execute(guarded(rows, viewer)):
        found[object_type].append(Link(*link, labels=texts_of(labels)))
    amounts = sa.union_all(*(_amount(viewer, record, name) for name in pages))
    for name, amount in db.session.execute(guarded(amounts, viewer)).tuples():
        pages[name].count = amount
    for name, page in pages.items():
        links = sorted(found[name], key=lambda one: one.record_id, reverse=True)
        page.links = links[:limit]
        page.next_id = links[limit - 1].record_id if len(links) > limit else None
    return list(pages.values())


def _rows(viewer: Viewer, record: RecordRow, object_type: str, limit: int, after_id: int | None) -> sa.Select[Any]:
    columns = [sa.literal(object_type).label("object_type"), RECORD.c.id, RECORD.c.display_name]
    columns += [_is_primary(record, object_type).label("is_primary")]
    columns += [LINK.c[name] for name in ("moment", "source", "source_detail", "actor_id")]
    some = _linked(viewer, record, object_type, columns).order_by(LINK.c.to_record_id.desc()).limit(limit)
    if after_id is not None:
        some = some.where(LINK.c.to_record_id < after_id)
    few = some.subquery()
    return sa.select(few, label_column(record.id, few.c.id, record.object_type, object_type))


def _is_primary(record: RecordRow, object_type: str) -> sa.ColumnElement[bool]:
    primary = association_types().primary(record.object_type, object_type)
    if primary is None or object_type != "company":
        return sa.literal(False)
    one = LINK.alias()
    same = (one.c.from_record_id == record.id, one.c.type_id == primary, one.c.to_record_id == RECORD.c.id)
    return sa.select(sa.literal(1)).where(*same).correlate(RECORD).exists()


def _amount(viewer: Viewer, record: RecordRow, object_type: str) -> sa.Select[Any]:
    counted = _linked(viewer, record, object_type, [sa.literal(1)]).limit(COUNT_LIMIT + 1).subquery()
    amount = sa.select(sa.func.count()).select_from(counted).scalar_subquery()
    return sa.select(sa.literal(object_type).label("object_type"), amount.label("amount"))


def _linked(viewer: Viewer, record: RecordRow, object_type: str, columns: Sequence[Any]) -> sa.Select[Any]:
    return (
        sa.select(*columns)
        .select_from(LINK.join(RECORD, RECORD.c.id == LINK.c.to_record_id))
        .where(
            LINK.c.from_record_id == record.id,
            LINK.c.type_id == association_types().between(record.object_type, object_type),
            visible_to(viewer, RECORD, object_types=(object_type,)),
        )
    )
