"""Drafts: what somebody is making of a layout, seen by nobody else until it is saved (SPEC 1.7).

The functions that write run inside a unit of work and raise Forbidden for people without the right.
"""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from crm.clock import now
from crm.db import db, queue_for
from crm.layouts.content import from_text, to_text
from crm.layouts.layout import RecordLayout
from crm.layouts.models import LayoutDraft
from crm.layouts.operations import demand_right, store_layout
from crm.layouts.reading import STAMP
from crm.layouts.stored import StoredLayout, fingerprint, stored_layout
from crm.objects.schema import ObjectType
from crm.permissions.viewer import Viewer

Change = Callable[[RecordLayout], RecordLayout]


class SavedMeanwhile(RuntimeError):
    """The layout is no longer what the draft was begun with: somebody else has saved it."""


@dataclass(frozen=True)
class Draft:
    """What somebody has made of a layout so far; `is_outdated` once somebody else has saved that layout."""

    layout: RecordLayout
    can_undo: bool
    is_outdated: bool


def draft_of(viewer: Viewer, stored: StoredLayout) -> Draft | None:
    """What the viewer has made of a layout and not saved; None where there is nothing."""
    row = _row(viewer, stored.object_type, stored.id)
    if row is None:
        return None
    return Draft(from_text(row.content), row.previous is not None, row.based_on != stored.fingerprint)


def drafts_of(viewer: Viewer, object_type: ObjectType) -> frozenset[int]:
    """The ids of the layouts of an object of which the viewer has a draft."""
    mine = LayoutDraft.user_id == viewer.user_id, LayoutDraft.object_type == object_type.name
    return frozenset(db.session.scalars(sa.select(LayoutDraft.layout_id).where(*mine)))


def change_draft(actor: Viewer, object_type: ObjectType, layout_id: int, change: Change) -> None:
    """Make `change` in the actor's draft, begun now if there is none; one that equals the layout is no draft any more.

    Raises NotFound, and whatever `change` raises.
    """
    stored = _begin(actor, object_type, layout_id)
    row = _row(actor, object_type.name, layout_id)
    before = to_text(from_text(row.content) if row else stored.layout)
    after = to_text(change(from_text(before)))
    if after == before:
        return
    if row is not None and row.based_on == fingerprint(from_text(after)) == stored.fingerprint:
        discard_draft(actor, object_type, layout_id)
        return
    _keep(actor, stored, after, before, row.based_on if row else stored.fingerprint)


def undo_draft(actor: Viewer, object_type: ObjectType, layout_id: int) -> None:
    """Take back the latest change of the actor's draft; doing it again brings that change back. Raises NotFound."""
    stored = _begin(actor, object_type, layout_id)
    row = _row(actor, object_type.name, layout_id)
    if row is not None and row.previous is not None:
        _keep(actor, stored, row.previous, row.content, row.based_on)


def discard_draft(actor: Viewer, object_type: ObjectType, layout_id: int) -> None:
    """Forget what the actor made of a layout. Raises NotFound."""
    _begin(actor, object_type, layout_id)
    db.session.execute(sa.delete(LayoutDraft).where(*_place(actor, object_type.name, layout_id)))


def save_draft(actor: Viewer, object_type: ObjectType, layout_id: int, over: str = "") -> None:
    """Make the actor's draft the layout that everybody sees; nothing happens without a draft. Raises NotFound.

    Raises SavedMeanwhile when somebody else saved the layout after the draft was begun, unless the actor has seen that
    and saves `over` it: the fingerprint of what they saw.
    """
    stored = _begin(actor, object_type, layout_id)
    row = _row(actor, object_type.name, layout_id)
    if row is None:
        return
    if stored.fingerprint not in (row.based_on, over):
        raise SavedMeanwhile(f"{stored.name} of {object_type.name}")
    store_layout(actor, object_type, layout_id, from_text(row.content))
    db.session.execute(sa.delete(LayoutDraft).where(*_place(actor, object_type.name, layout_id)))


def _begin(actor: Viewer, object_type: ObjectType, layout_id: int) -> StoredLayout:
    demand_right(actor)
    queue_for(STAMP)
    return stored_layout(object_type, layout_id)


def _place(viewer: Viewer, object_type: str, layout_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    draft = LayoutDraft
    return draft.user_id == viewer.user_id, draft.object_type == object_type, draft.layout_id == layout_id


def _row(viewer: Viewer, object_type: str, layout_id: int) -> sa.Row[tuple[str, str | None, str]] | None:
    columns = LayoutDraft.content, LayoutDraft.previous, LayoutDraft.based_on
    return db.session.execute(sa.select(*columns).where(*_place(viewer, object_type, layout_id))).first()


def _keep(actor: Viewer, stored: StoredLayout, content: str, previous: str, based_on: str) -> None:
    place = _place(actor, stored.object_type, stored.id)
    values = {"content": content, "previous": previous, "based_on": based_on, "changed_at": now()}
    if db.session.execute(sa.update(LayoutDraft).where(*place).values(values)).rowcount:
        return
    key = {"user_id": actor.user_id, "object_type": stored.object_type, "layout_id": stored.id}
    db.session.execute(sa.insert(LayoutDraft).values(key | values))
