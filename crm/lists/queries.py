"""Lists that a person may use, and the records on them that the person may see."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from crm.accounts.sharing import may_change, shared_with
from crm.db import db
from crm.folding import folded_words
from crm.lists.models import ListKind, ListMember, ListSize, ListState, RecordList
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Scope, Verb
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.scopes import guarded, rows_visible_to
from crm.permissions.viewer import Viewer
from crm.records.counts import Counted
from crm.records.queries import COUNT_LIMIT, RecordRow

LIST: sa.Table = RecordList.__table__  # type: ignore[assignment]
MEMBER: sa.Table = ListMember.__table__  # type: ignore[assignment]
SIZE: sa.Table = ListSize.__table__  # type: ignore[assignment]
After = tuple[str, int]


@dataclass(frozen=True)
class ListRow:
    """A list as its row has it; `filter` are the texts of an address, `size` counts what nobody need be able to see."""

    id: int
    object_type: str
    kind: str
    name: str
    folder: str
    filter: tuple[str, ...]
    visibility: str
    owner_id: int
    version: int
    state: str
    built_at: datetime | None
    size: int
    members_changed_at: datetime
    created_at: datetime
    changed_at: datetime
    folded_name: str = ""

    @property
    def is_active(self) -> bool:
        """Whether its filter decides who is on it."""
        return self.kind == ListKind.ACTIVE

    @property
    def has_filter(self) -> bool:
        """Whether a filter decides who is on it: of a static list until it is built."""
        return bool(self.filter)

    @property
    def is_broken(self) -> bool:
        """Whether its filter means nothing any more."""
        return self.state == ListState.BROKEN

    @property
    def is_being_built(self) -> bool:
        """Whether its filter has not been answered for every record yet."""
        return self.state == ListState.BUILDING and self.built_at is None

    @property
    def type(self) -> ObjectType:
        """The object of its records; raises NotFound when that is gone."""
        return schema().object_type(self.object_type)

    @property
    def url(self) -> str:
        """Its page."""
        return f"/lists/{self.id}"

    def updated_at(self, viewer: Viewer) -> datetime:
        """When it or who is on it changed last; who does not see every record is told the former alone."""
        sees_all = viewer.scope(self.object_type, Verb.VIEW) is Scope.EVERYTHING
        return max(self.members_changed_at, self.changed_at) if sees_all else self.changed_at

    def may_change(self, viewer: Viewer) -> bool:
        """Whether this person may change and delete it: whose it is, and super admins if it is shared."""
        return may_change(viewer, self.owner_id, self.visibility)

    def may_fill(self, viewer: Viewer) -> bool:
        """Whether this person may put records on it and take them off; never where a filter decides that."""
        mine = self.owner_id == viewer.user_id
        return not self.is_active and (mine or viewer.may(self.object_type, Verb.EDIT))


@dataclass(frozen=True)
class Membership:
    """That a record is on a list, and since when."""

    list: ListRow
    since: datetime


@dataclass(frozen=True)
class Asked:
    """What a page of lists shows: those with all words of `q` in their names, of an object, a kind, a folder."""

    q: str = ""
    object_type: str = ""
    kind: str = ""
    folder: str = ""


def lists_for(viewer: Viewer, asked: Asked | None = None, limit: int = 50, after: After | None = None) -> list[ListRow]:
    """The lists a person may use, by name; `after` is the folded name and the id of the last one that was shown."""
    asked = asked or Asked()
    statement = _lists().where(*open_to(viewer), LIST.c.deleted_at.is_(None))
    for word in folded_words(asked.q):
        statement = statement.where(LIST.c.folded_name.contains(word, autoescape=True))
    for name in ("object_type", "kind", "folder"):
        if wanted := getattr(asked, name):
            statement = statement.where(LIST.c[name] == wanted)
    if after is not None:
        last = sa.tuple_(after[0], _number(after[1]))
        statement = statement.where(sa.tuple_(LIST.c.folded_name, LIST.c.id) > last)
    ordered = statement.order_by(LIST.c.folded_name, LIST.c.id).limit(limit)
    return [read_row(row) for row in db.session.execute(ordered)]


def static_lists(viewer: Viewer, object_type: ObjectType) -> list[ListRow]:
    """The lists that this person may put records of an object on, by name."""
    wanted = lists_for(viewer, Asked(object_type=object_type.name, kind=ListKind.STATIC), limit=1_000)
    return [one for one in wanted if one.may_fill(viewer)]


def lists_by_id(viewer: Viewer, list_ids: Collection[int]) -> dict[int, ListRow]:
    """Those of these lists that a person may use."""
    wanted = _lists().where(*open_to(viewer), LIST.c.deleted_at.is_(None), LIST.c.id.in_(list_ids))
    return {row.id: read_row(row) for row in db.session.execute(wanted)} if list_ids else {}


def get_list(viewer: Viewer, list_id: int, is_deleted: bool = False) -> ListRow:
    """One a person may use, or a deleted one; raises NotFound."""
    state = LIST.c.deleted_at.is_not(None) if is_deleted else LIST.c.deleted_at.is_(None)
    row = db.session.execute(_lists().where(*open_to(viewer), LIST.c.id == _number(list_id), state)).first()
    if row is None:
        raise NotFound(f"no list {list_id}")
    return read_row(row)


def changeable_list(actor: Viewer, list_id: int, is_deleted: bool = False) -> ListRow:
    """One a person may change; raises NotFound, Forbidden."""
    found = get_list(actor, list_id, is_deleted)
    if not found.may_change(actor):
        raise Forbidden(f"list {list_id} belongs to somebody else")
    return found


def folders(viewer: Viewer) -> list[str]:
    """The folders of the lists a person may use, by name."""
    named = sa.select(LIST.c.folder).where(*open_to(viewer), LIST.c.deleted_at.is_(None), LIST.c.folder != "")
    return sorted(db.session.scalars(named.distinct()), key=str.casefold)


def open_to(viewer: Viewer) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions for lists a person may use: of objects they see; own, everybody's, shared within their team."""
    seen = [one.name for one in schema().record_types if viewer.may(one.name, Verb.VIEW)]
    return shared_with(viewer, LIST), LIST.c.object_type.in_(seen)


def on_lists(list_ids: Iterable[int], record_id: Any) -> sa.ColumnElement[bool]:
    """The condition that the record in column `record_id` is on one of these lists."""
    there = MEMBER.alias()
    found = sa.select(sa.literal(1)).where(there.c.list_id.in_(sorted(list_ids)), there.c.record_id == record_id)
    return found.correlate(record_id.table).exists()


def memberships(viewer: Viewer, record: RecordRow) -> list[Membership]:
    """The lists a record is on that the person may use, by name; the caller has passed the gate of the record."""
    on = sa.and_(MEMBER.c.list_id == LIST.c.id, MEMBER.c.record_id == record.id)
    wanted = _lists().add_columns(MEMBER.c.since).join(MEMBER, on)
    wanted = wanted.where(*open_to(viewer), LIST.c.deleted_at.is_(None)).order_by(LIST.c.folded_name, LIST.c.id)
    return [Membership(read_row(row), row.since) for row in db.session.execute(guarded(wanted, viewer))]


def counts(viewer: Viewer, lists: Sequence[ListRow]) -> dict[int, Counted]:
    """How many records on each of these lists the viewer may see; at most one query.

    What is kept of a list serves those who see every record of its object; for others it is counted.
    """
    found, branches = {}, []
    for one in lists:
        if viewer.scope(one.object_type, Verb.VIEW) is Scope.EVERYTHING:
            found[one.id] = Counted(one.size)
            continue
        table = one.type.table
        on = MEMBER.join(table, table.c.record_id == MEMBER.c.record_id)
        seen = sa.select(sa.literal(1)).select_from(on).where(MEMBER.c.list_id == one.id)
        seen = seen.where(rows_visible_to(viewer, one.object_type, table)).limit(COUNT_LIMIT + 1)
        number = sa.select(sa.func.count()).select_from(seen.subquery()).scalar_subquery()
        branches.append(sa.select(sa.literal(one.id).label("id"), number.label("number")))
    if branches:
        for row in db.session.execute(guarded(sa.union_all(*branches), viewer)):
            found[row.id] = Counted(min(row.number, COUNT_LIMIT), row.number <= COUNT_LIMIT)
    return found


def count_meeting(viewer: Viewer, kind: ObjectType, condition: sa.ColumnElement[bool]) -> Counted:
    """How many records the viewer may see meet a condition, counted as far as people read."""
    seen = sa.select(sa.literal(1)).select_from(kind.table).where(rows_visible_to(viewer, kind.name, kind.table))
    found = seen.where(condition).limit(COUNT_LIMIT + 1).subquery()
    number = db.session.scalar(guarded(sa.select(sa.func.count()).select_from(found), viewer)) or 0
    return Counted(min(number, COUNT_LIMIT), number <= COUNT_LIMIT)


def sizes(viewer: Viewer, one: ListRow, first: date) -> list[tuple[date, int]]:
    """How many were on a list at the end of each day since `first` when that changed, the last day before it included.

    Nothing for who does not see every record of its object: that counts those nobody tells them of.
    """
    if viewer.scope(one.object_type, Verb.VIEW) is not Scope.EVERYTHING:
        return []
    before = sa.select(sa.func.max(SIZE.c.day)).where(SIZE.c.list_id == one.id, SIZE.c.day < first).scalar_subquery()
    wanted = sa.select(SIZE.c.day, SIZE.c.size).where(
        SIZE.c.list_id == one.id, sa.or_(SIZE.c.day >= first, SIZE.c.day == before)
    )
    return [(row.day, row.size) for row in db.session.execute(wanted.order_by(SIZE.c.day))]


def read_row(row: Any) -> ListRow:
    """The list that a row of `record_list` is."""
    return ListRow(
        id=row.id,
        object_type=row.object_type,
        kind=row.kind,
        name=row.name,
        folder=row.folder,
        filter=tuple(json.loads(row.filter)),
        visibility=row.visibility,
        owner_id=row.user_id,
        version=row.version,
        state=row.state,
        built_at=row.built_at,
        size=row.size,
        members_changed_at=row.members_changed_at,
        created_at=row.created_at,
        changed_at=row.changed_at,
        folded_name=row.folded_name,
    )


def _lists() -> sa.Select[Any]:
    return sa.select(LIST)


def _number(sent: int) -> sa.ColumnElement[int]:
    """A number that may be larger than any id of a list: PostgreSQL takes offence at it as one."""
    return sa.literal(sent, sa.BigInteger())
