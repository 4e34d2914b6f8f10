"""What a record was linked to: every link made and taken away, and which there were at a moment (SPEC 1.3, 2.6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.associations.history import ACTIVITY, Change
from crm.associations.models import Association, AssociationTypeRow, LinkHistoryRow
from crm.associations.queries import Neighbour
from crm.db import db
from crm.permissions.scopes import guarded, unguarded, visible_to
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.records.page_moments import Place, beyond
from crm.statements import among

WHY = "the record was found through the gate, the other end is asked for next"
LINKS: sa.Table = LinkHistoryRow.__table__  # type: ignore[assignment]
ONE_TYPE = sa.orm.aliased(AssociationTypeRow)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the history tells of every link that was made or taken away."""

    id: int
    is_added: bool
    source: str
    source_detail: str
    actor_id: int | None
    moment: datetime

    @property
    def place(self) -> Place:
        """Where it stands in the order of changes."""
        return Place(self.moment, self.id)


TOLD = ("id", "change", "source", "source_detail", "actor_id", "moment")
"""The columns of the history in which that is."""


def told(row: sa.RowMapping) -> dict[str, Any]:
    """What a row with the columns TOLD tells, by the names of Told."""
    return {name: row[name] for name in TOLD if name != "change"} | {"is_added": row["change"] == Change.ADDED}


@dataclass(frozen=True, kw_only=True)
class LinkChange(Told):
    """One link of a record that was made or taken away; `label` is that of the other end, "" for a plain link."""

    other: Neighbour
    label: str


def link_changes(viewer: Viewer, record_id: int, before: Place | None = None, limit: int = 50) -> list[LinkChange]:
    """The changes of the links of a record the viewer has been let into, newest first, after `before`.

    Links to records the viewer may not see are left out, deleted ones too, as if they had never been.
    """
    kinds = _kinds()
    halves = [_half(viewer, record_id, here, there, before, limit) for here, there in _ENDS]
    both = sa.union_all(*halves).subquery()
    newest = sa.select(both).order_by(both.c.moment.desc(), both.c.id.desc()).limit(limit)
    return [_change(row, kinds) for row in db.session.execute(guarded(newest, viewer)).mappings()]


_ENDS = (("record_id", "other_id"), ("other_id", "record_id"))


def _half(
    viewer: Viewer, record_id: int, here: str, there: str, before: Place | None, limit: int
) -> sa.Select[Any]:
    columns = [LINKS.c[name] for name in ("relation", *TOLD)]
    other = (Record.id.label("other"), Record.object_type, Record.display_name)
    half = (
        sa.select(*columns, *other, sa.literal(here).label("here"))
        .join_from(LINKS, Record, Record.id == LINKS.c[there])
        .where(LINKS.c[here] == record_id, LINKS.c.relation != ACTIVITY, visible_to(viewer), *beyond(LINKS, before))
        .order_by(LINKS.c.moment.desc(), LINKS.c.id.desc())
        .limit(limit)
    )
    return sa.select(half.subquery())


@dataclass(frozen=True)
class _Kinds:
    """The types of links by name: the label of each, and the name of its way back."""

    labels: Mapping[str, str]
    inverse: Mapping[str, str]

    def seen(self, relation: str, is_forth: bool) -> str:
        """The type as it leads away from the record that is looked at."""
        return relation if is_forth else self.inverse.get(relation, relation)


def _kinds() -> _Kinds:
    there, back = AssociationTypeRow, ONE_TYPE
    types = sa.select(there.name, there.label, back.name).outerjoin(back, back.id == there.inverse_id)
    rows = db.session.execute(types).tuples().all()
    return _Kinds({name: label for name, label, _ in rows}, {name: inverse or name for name, _, inverse in rows})


def _change(row: sa.RowMapping, kinds: _Kinds) -> LinkChange:
    return LinkChange(
        **told(row),
        other=Neighbour(row["other"], row["object_type"], row["display_name"]),
        label=kinds.labels.get(kinds.seen(row["relation"], row["here"] == "record_id"), ""),
    )


@dataclass(frozen=True)
class LinkThen:
    """A record another was linked to at a moment, with the labels of the links, "" being a plain one."""

    other: Neighbour
    labels: Sequence[str]


def links_as_of(viewer: Viewer, record_id: int, moment: datetime) -> list[LinkThen]:
    """What a record the viewer has been let into was linked to at the end of `moment` (aware), by name.

    Records the viewer may not see are left out, as are those that are deleted by now.
    """
    kinds = _kinds()
    linked: dict[int, set[str]] = {}
    for (other, relation), is_linked in _states(record_id, moment, kinds).items():
        if is_linked:
            linked.setdefault(other, set()).add(kinds.labels.get(relation, ""))
    others = sa.select(Record.id, Record.object_type, Record.display_name).where(
        among(Record.id, "ids"), visible_to(viewer)
    )
    by_name = others.order_by(sa.func.lower(Record.display_name), Record.id)
    rows = db.session.execute(guarded(by_name, viewer), {"ids": sorted(linked)}).tuples()
    return [LinkThen(Neighbour(*row), sorted(linked[row[0]])) for row in rows]


State = dict[tuple[int, str], bool]


def _states(record_id: int, moment: datetime, kinds: _Kinds) -> State:
    """By other record and type, as it leads there: whether there was a link."""
    states: State = {}
    known: set[tuple[int, str]] = set()
    here, there = LINKS.c.record_id, LINKS.c.other_id
    history = sa.select(here, there, LINKS.c.relation, LINKS.c.change, LINKS.c.moment).where(
        sa.or_(here == record_id, there == record_id), LINKS.c.relation != ACTIVITY
    )
    ordered = history.order_by(LINKS.c.moment, LINKS.c.id)
    for one, other, relation, change, changed in db.session.execute(unguarded(ordered, WHY)).tuples():
        is_forth = one == record_id
        key = (other if is_forth else one, kinds.seen(relation, is_forth))
        known.add(key)
        if changed <= moment:
            states[key] = change == Change.ADDED
    return states | _never_told(record_id, moment, known)


def _never_told(record_id: int, moment: datetime, known: set[tuple[int, str]]) -> State:
    """Links written past the operations, of which no history tells: each is there since its own moment."""
    links = (
        sa.select(Association.to_record_id, AssociationTypeRow.name)
        .join(AssociationTypeRow, AssociationTypeRow.id == Association.type_id)
        .where(Association.from_record_id == record_id, Association.moment <= moment)
    )
    rows = db.session.execute(unguarded(links, WHY)).tuples()
    return {(other, name): True for other, name in rows if (other, name) not in known}
