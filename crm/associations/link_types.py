"""Which kinds of links there are: plain, primary and labelled, cached until one changes (DESIGN 5, SPEC 6.3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import sqlalchemy as sa

from crm.associations.models import AssociationTypeRow
from crm.caches import StampedCache
from crm.db import db
from crm.permissions.errors import NotFound

STAMP = "association_types"


@dataclass(frozen=True)
class LinkType:
    """One direction of a kind of link; `label` is "" for the plain one, which every link has.

    `limit` is how many such links one record may have, None for any number.
    """

    id: int
    name: str
    from_object: str
    to_object: str
    label: str
    inverse_id: int
    is_primary: bool = False
    limit: int | None = None
    is_archived: bool = False

    def joins(self, from_object: str, to_object: str) -> bool:
        """Whether it leads from records of the first object to records of the second."""
        return (self.from_object, self.to_object) == (from_object, to_object)


@dataclass(frozen=True)
class Label:
    """What a link may be called, as seen from one of its records (SPEC 6.3).

    `text` names the record at the other end ("Manager"), `inverse_text` the one it is seen from ("Employee"); they are
    the same unless it `is_paired`. Up to `limit` such links may lead from one record, None for any number.
    """

    type_id: int
    name: str
    text: str
    inverse_text: str
    is_paired: bool
    is_primary: bool
    limit: int | None
    inverse_id: int


@dataclass(frozen=True)
class AssociationTypes:
    """The association types by name and id; those of deleted labels only by id."""

    ids: Mapping[str, int]
    by_id: Mapping[int, LinkType] = field(default_factory=dict)

    def id_of(self, name: str) -> int:
        """The id of the type called `name`; raises NotFound."""
        try:
            return self.ids[name]
        except KeyError:
            raise NotFound(f"there is no association type {name!r}") from None

    def name_of(self, type_id: int) -> str:
        """The name of a type that exists."""
        return self.by_id[type_id].name

    def inverse_of(self, type_id: int) -> int:
        """The type of the way back."""
        return self.by_id[type_id].inverse_id

    def between(self, from_object: str, to_object: str) -> int | None:
        """The type of a plain link from one object to another."""
        return self.ids.get(f"{from_object}_to_{to_object}")

    def primary(self, from_object: str, to_object: str) -> int | None:
        """The type of the primary link from one object to another, where there is one."""
        return self.ids.get(f"{from_object}_to_{to_object}_primary")

    def labels(self, from_object: str, to_object: str) -> tuple[Label, ...]:
        """The labels of links from one object to another, "Primary" first, then by their texts."""
        return self._labels.get((from_object, to_object), ())

    def label(self, type_id: int) -> Label | None:
        """The label that is this type, None for a plain link and for one that was deleted."""
        return self._label_by_id.get(type_id)

    def given(self, type_ids: Iterable[int]) -> tuple[Label, ...]:
        """The labels people gave among the types of some links, by their texts: no plain ones, no "Primary"."""
        found = (self.label(type_id) for type_id in type_ids)
        return tuple(sorted((one for one in found if one and not one.is_primary), key=_by_text))

    @cached_property
    def _labels(self) -> Mapping[tuple[str, str], tuple[Label, ...]]:
        found: dict[tuple[str, str], list[Label]] = {}
        for one in self.by_id.values():
            if one.label and not one.is_archived:
                found.setdefault((one.from_object, one.to_object), []).append(self._as_label(one))
        ordered = {pair: sorted(some, key=_by_text) for pair, some in found.items()}
        return {pair: tuple(some) for pair, some in ordered.items()}

    @cached_property
    def _label_by_id(self) -> Mapping[int, Label]:
        return {one.type_id: one for some in self._labels.values() for one in some}

    def _as_label(self, one: LinkType) -> Label:
        back = self.by_id[one.inverse_id]
        paired = back.label != one.label
        return Label(one.id, one.name, one.label, back.label, paired, one.is_primary, one.limit, back.id)


def _by_text(label: Label) -> tuple[bool, str, int]:
    return not label.is_primary, label.text.casefold(), label.type_id


def association_types() -> AssociationTypes:
    """All association types, cached until one changes."""
    return _cache.get()


def _load() -> AssociationTypes:
    row = AssociationTypeRow
    columns = (row.id, row.name, row.from_object, row.to_object, row.label, sa.func.coalesce(row.inverse_id, row.id))
    rest = (row.is_primary, row.most, row.archived_at.is_not(None))
    types = [LinkType(*one) for one in db.session.execute(sa.select(*columns, *rest)).tuples()]
    return AssociationTypes({one.name: one.id for one in types if not one.is_archived}, {one.id: one for one in types})


_cache = StampedCache(STAMP, _load)
