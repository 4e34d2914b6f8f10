"""Filters of timelines kept under a name, for oneself or for everybody (SPEC 1.6)."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import sqlalchemy as sa

from crm.clock import now
from crm.db import db
from crm.messages import N_, InvalidValue, Message
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import Viewer
from crm.records.errors import InvalidInput
from crm.timeline.filters import timeline_filters
from crm.timeline.models import SavedFilterRow
from crm.timeline.selection import Pair, Selection

LONGEST_NAME = 60
MOST = 50
KEPT = timedelta(days=90)
"""How long a deleted one can be brought back."""

FILTER: sa.Table = SavedFilterRow.__table__  # type: ignore[assignment]
TOO_MANY = N_("You can keep at most %(limit)s filters.")
GONE = N_("Part of “%(name)s” does not exist any more and is left out.")


@dataclass(frozen=True)
class SavedFilter:
    """Filters under a name, for the timelines of the records of one object."""

    id: int
    object_type: str
    user_id: int
    name: str
    is_shared: bool
    pairs: tuple[Pair, ...]

    def read(self) -> tuple[Selection, Message | None]:
        """What it selects, and what to tell when kinds or people it names are gone: they are left out."""
        kept, is_whole = [], True
        for one in timeline_filters:
            for key, value in self.pairs:
                if key != one.key:
                    continue
                try:
                    one.parse([value])
                    kept.append((key, value))
                except InvalidValue:
                    is_whole = False
        return Selection.of(kept), None if is_whole else Message(GONE, name=self.name)

    def may_change(self, viewer: Viewer) -> bool:
        """Whether this person may rename it, share it and give it other filters: whose it is."""
        return self.user_id == viewer.user_id

    def may_delete(self, viewer: Viewer) -> bool:
        """Whether this person may delete it: whose it is, and super admins if it is shared."""
        return self.may_change(viewer) or (self.is_shared and viewer.is_super_admin)


def filters_of(viewer: Viewer, object_type: str) -> list[SavedFilter]:
    """Those a person can open on records of an object, their own first, then by name."""
    found = sa.select(FILTER).where(*_open_to(viewer, object_type), FILTER.c.deleted_at.is_(None))
    rows = [_saved(row) for row in db.session.execute(found)]
    return sorted(rows, key=lambda one: (one.user_id != viewer.user_id, one.name.casefold(), one.id))


def get_filter(viewer: Viewer, object_type: str, filter_id: int, is_deleted: bool = False) -> SavedFilter:
    """One a person can open on records of an object, or a deleted one; raises NotFound."""
    state = FILTER.c.deleted_at.is_not(None) if is_deleted else FILTER.c.deleted_at.is_(None)
    one = sa.select(FILTER).where(*_open_to(viewer, object_type), FILTER.c.id == filter_id, state)
    row = db.session.execute(one).first()
    if row is None:
        raise NotFound(f"no saved filter {filter_id} for {object_type}")
    return _saved(row)


def own_filter(viewer: Viewer, object_type: str, filter_id: int) -> SavedFilter:
    """One a person may change; raises NotFound, Forbidden."""
    saved = get_filter(viewer, object_type, filter_id)
    if not saved.may_change(viewer):
        raise Forbidden(f"saved filter {filter_id} belongs to somebody else")
    return saved


def _open_to(viewer: Viewer, object_type: str) -> tuple[sa.ColumnElement[bool], ...]:
    return FILTER.c.object_type == object_type, sa.or_(FILTER.c.user_id == viewer.user_id, FILTER.c.is_shared)


def _saved(row: sa.Row[tuple]) -> SavedFilter:
    pairs = tuple((str(key), str(value)) for key, value in json.loads(row.state))
    return SavedFilter(row.id, row.object_type, row.user_id, row.name, row.is_shared, pairs)


def save_filter(actor: Viewer, object_type: str, name: str, is_shared: bool, selection: Selection) -> int:
    """Keep filters under a name and return its id; inside a unit of work. Raises InvalidInput."""
    own = [one for one in filters_of(actor, object_type) if one.may_change(actor)]
    if len(own) >= MOST:
        raise InvalidInput({"name": Message(TOO_MANY, limit=MOST)})
    values = _checked(own, name, selection) | {"object_type": object_type, "user_id": actor.user_id}
    _sweep()
    return db.session.execute(sa.insert(FILTER).values(values | {"is_shared": is_shared})).inserted_primary_key[0]


def change_filter(
    actor: Viewer, object_type: str, filter_id: int, name: str, is_shared: bool, selection: Selection | None = None
) -> None:
    """Give one's own another name or other readers, and other filters if they are given.

    Raises NotFound, Forbidden, InvalidInput.
    """
    own_filter(actor, object_type, filter_id)
    others = [one for one in filters_of(actor, object_type) if one.may_change(actor) and one.id != filter_id]
    values = _checked(others, name, selection) | {"is_shared": is_shared}
    db.session.execute(sa.update(FILTER).where(FILTER.c.id == filter_id).values(values))


def delete_filter(actor: Viewer, object_type: str, filter_id: int) -> SavedFilter:
    """Delete one, restorably, and return what it was; raises NotFound, Forbidden."""
    return _mark(actor, get_filter(actor, object_type, filter_id), is_deleted=True)


def restore_filter(actor: Viewer, object_type: str, filter_id: int) -> SavedFilter:
    """Bring a deleted one back, under another name where its own is taken by now.

    Raises NotFound, Forbidden, and InvalidInput where its owner has as many as there can be.
    """
    saved = get_filter(actor, object_type, filter_id, is_deleted=True)
    others = _kept_by(saved)
    if len(others) >= MOST:
        raise InvalidInput({"name": Message(TOO_MANY, limit=MOST)})
    _mark(actor, saved, is_deleted=False)
    name = _free(saved.name, {one.casefold() for one in others})
    db.session.execute(sa.update(FILTER).where(FILTER.c.id == saved.id).values(name=name))
    return replace(saved, name=name)


def _kept_by(saved: SavedFilter) -> list[str]:
    """The names of what the owner of a filter keeps for the same object."""
    of_owner = (FILTER.c.user_id == saved.user_id, FILTER.c.object_type == saved.object_type)
    return list(db.session.scalars(sa.select(FILTER.c.name).where(*of_owner, FILTER.c.deleted_at.is_(None))))


def _free(name: str, taken: Collection[str]) -> str:
    found, number = name, 2
    while found.casefold() in taken:
        ending = f" ({number})"
        found, number = name[: LONGEST_NAME - len(ending)] + ending, number + 1
    return found


def _mark(actor: Viewer, saved: SavedFilter, is_deleted: bool) -> SavedFilter:
    if not saved.may_delete(actor):
        raise Forbidden(f"saved filter {saved.id} belongs to somebody else")
    values = {"deleted_at": now() if is_deleted else None}
    db.session.execute(sa.update(FILTER).where(FILTER.c.id == saved.id).values(values))
    return saved


def _sweep() -> None:
    db.session.execute(sa.delete(FILTER).where(FILTER.c.deleted_at < now() - KEPT))


def _checked(others: Sequence[SavedFilter], name: str, selection: Selection | None) -> dict[str, object]:
    """The columns that a form decides; raises InvalidInput."""
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise InvalidInput({"name": Message(N_("Give it a name."))})
    if len(name) > LONGEST_NAME:
        raise InvalidInput({"name": Message(N_("At most %(limit)s characters."), limit=LONGEST_NAME)})
    if any(one.name.casefold() == name.casefold() for one in others):
        raise InvalidInput({"name": Message(N_("You have another filter of this name."))})
    if selection is None:
        return {"name": name, "changed_at": now()}
    if not selection:
        raise InvalidInput({"form": Message(N_("There is no filter in use. Choose one first, then save it."))})
    state = json.dumps(selection.arguments(), ensure_ascii=False)
    return {"name": name, "changed_at": now(), "state": state}
