"""Saving, renaming, sharing and deleting views; all inside a unit of work, each told in the audit log."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from crm.accounts.queries import directory
from crm.accounts.sharing import Visibility, is_visibility
from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.clock import now
from crm.db import db, queue_for, touch
from crm.events import ObjectTypeLeaving, TeamDeleted
from crm.folding import fold
from crm.jobs.queue import enqueue
from crm.messages import N_, InvalidValue, Lowered, Message
from crm.objects.schema import ObjectType
from crm.permissions.viewer import Viewer
from crm.properties.types.cleaning import clean_line
from crm.records.errors import InvalidInput, refuse
from crm.saved_views.queries import changeable_view
from crm.saved_views.shelf import DEFAULT_TABS, STAMP, VIEW
from crm.saved_views.state import ViewState
from crm.saved_views.view import SavedView

LONGEST_NAME = 80
LONGEST_STATE = 100_000
MOST = 100
"""How many views of one object a person may keep."""
KEPT = timedelta(days=90)
"""How long a deleted one can be brought back."""
UPKEEP = "index_views"
"""The job that gives the properties of views an index (crm/jobs/kinds/index_views.py)."""
PRIVATE_NAME = N_("Private view")
"""What the audit log calls a view that is nobody else's business."""
TOO_MANY = N_("You can keep at most %(limit)s views of %(objects)s.")
OVERTAKEN = N_(
    "%(name)s changed this view in the meantime, and nothing was saved. This is what it shows now, with your changes "
    "over it: look at it, and save it again."
)
SOMEBODY = N_("Somebody")


class Overtaken(Exception):
    """A view is not what it was when somebody began to change it; `view` is what it is now."""

    def __init__(self, view: SavedView) -> None:
        super().__init__(f"view {view.id} has version {view.version}")
        self.view = view

    @property
    def message(self) -> Message:
        """Who was quicker."""
        return Message(OVERTAKEN, name=directory().name_of(self.view.changed_by_id) or SOMEBODY)


def create_view(actor: Viewer, kind: ObjectType, name: str, visibility: str, state: ViewState) -> int:
    """Keep a new view and return its id; raises InvalidInput."""
    queue_for(STAMP)
    moment = now()
    own = sa.select(sa.func.count()).where(
        VIEW.c.owner_id == actor.user_id, VIEW.c.object_type == kind.name, VIEW.c.deleted_at.is_(None)
    )
    if (db.session.scalar(own) or 0) >= MOST:
        raise InvalidInput({"form": Message(TOO_MANY, limit=MOST, objects=Lowered(kind.plural_label))})
    errors: dict[str, Message] = {}
    values: dict[str, Any] = _named(name, errors) | _shared(actor.team_id, visibility, errors)
    refuse(errors)
    values |= {"object_type": kind.name, "owner_id": actor.user_id, "state": _kept(state), "version": 1}
    values |= {"created_at": moment, "created_by_id": actor.user_id}
    values |= {"changed_at": moment, "changed_by_id": actor.user_id}
    db.session.execute(sa.delete(VIEW).where(VIEW.c.deleted_at < moment - KEPT))
    view_id: int = db.session.execute(sa.insert(VIEW).values(values)).inserted_primary_key[0]
    _told(actor, Action.VIEW_CREATED, kind, About(Kind.SAVED_VIEW, view_id, _told_name(values["name"], visibility)))
    enqueue(UPKEEP, {"object_type": kind.name}, unique_key=kind.name)
    return view_id


def save_state(actor: Viewer, kind: ObjectType, view_id: int, state: ViewState, version: int) -> None:
    """Let a view that had `version` when it was opened show something else; raises NotFound, Forbidden, Overtaken."""
    found = _begun(actor, kind, view_id)
    if version != found.version:
        raise Overtaken(found)
    if state != found.state:
        _change(actor, kind, found, {"state": _kept(state)}, N_("What it shows"))
        enqueue(UPKEEP, {"object_type": kind.name}, unique_key=kind.name)


def rename_view(actor: Viewer, kind: ObjectType, view_id: int, name: str) -> None:
    """Call a view otherwise; raises NotFound, Forbidden, InvalidInput."""
    found = _begun(actor, kind, view_id)
    errors: dict[str, Message] = {}
    values = _named(name, errors)
    refuse(errors)
    if values["name"] != found.name:
        is_private = found.visibility == Visibility.PRIVATE
        _change(actor, kind, found, values, "" if is_private else f"{found.name} → {values['name']}")


def share_view(actor: Viewer, kind: ObjectType, view_id: int, visibility: str) -> None:
    """Say who may use a view; raises NotFound, Forbidden, InvalidInput.

    A team is that of its owner at this moment; a view that is shared with a team stays with that one.
    """
    found = _begun(actor, kind, view_id)
    if visibility == found.visibility:
        return
    owner = directory().users.get(found.owner_id)
    errors: dict[str, Message] = {}
    values = _shared(owner.team_id if owner else None, visibility, errors)
    refuse(errors)
    _change(actor, kind, found, values, f"{found.visibility} → {visibility}")


def delete_view(actor: Viewer, kind: ObjectType, view_id: int) -> SavedView:
    """Delete a view, restorably, and return what it was; raises NotFound, Forbidden."""
    found = _begun(actor, kind, view_id)
    db.session.execute(sa.update(VIEW).where(VIEW.c.id == found.id).values(deleted_at=now()))
    _told(actor, Action.VIEW_DELETED, kind, _about(found))
    return found


def restore_view(actor: Viewer, kind: ObjectType, view_id: int) -> SavedView:
    """Bring a deleted view back; raises NotFound, Forbidden."""
    queue_for(STAMP)
    found = changeable_view(actor, kind, view_id, is_deleted=True)
    db.session.execute(sa.update(VIEW).where(VIEW.c.id == found.id).values(deleted_at=None))
    _told(actor, Action.VIEW_RESTORED, kind, _about(found))
    return found


def hand_over_views(from_id: int, to_id: int) -> None:
    """Give somebody else the views that a person shared; their private ones were for nobody else."""
    shared = (VIEW.c.owner_id == from_id, VIEW.c.visibility != Visibility.PRIVATE.value)
    db.session.execute(sa.update(VIEW).where(*shared).values(owner_id=to_id))
    touch(STAMP)


def on_team_deleted(event: TeamDeleted) -> None:
    """What was shared with a team that goes is its owner's alone: a later team must not inherit it by its number."""
    private = {"visibility": Visibility.PRIVATE.value, "team_id": None}
    if db.session.execute(sa.update(VIEW).where(VIEW.c.team_id == event.team_id).values(private)).rowcount:
        touch(STAMP)


def on_object_type_leaving(event: ObjectTypeLeaving) -> None:
    """Forget the views of an object that is removed, and its tabs."""
    for table in (VIEW, DEFAULT_TABS):
        db.session.execute(sa.delete(table).where(table.c.object_type == event.object_type))
    touch(STAMP)


def _begun(actor: Viewer, kind: ObjectType, view_id: int) -> SavedView:
    """The view, once nobody else is changing one."""
    queue_for(STAMP)
    return changeable_view(actor, kind, view_id)


def _change(actor: Viewer, kind: ObjectType, found: SavedView, values: dict[str, Any], changes: str) -> None:
    told = {"version": found.version + 1, "changed_at": now(), "changed_by_id": actor.user_id}
    db.session.execute(sa.update(VIEW).where(VIEW.c.id == found.id).values(values | told))
    _told(actor, Action.VIEW_CHANGED, kind, _about(found), changes)


def _named(name: str, errors: dict[str, Message]) -> dict[str, Any]:
    try:
        cleaned = " ".join(clean_line(name).split())
    except InvalidValue as error:
        errors["name"] = error.message
        return {}
    if not cleaned:
        errors["name"] = Message(N_("Give it a name."))
    elif len(cleaned) > LONGEST_NAME:
        errors["name"] = Message(N_("At most %(limit)s characters."), limit=LONGEST_NAME)
    return {"name": cleaned, "folded_name": fold(cleaned)}


def _shared(team_id: int | None, visibility: str, errors: dict[str, Message]) -> dict[str, Any]:
    if not is_visibility(visibility):
        errors["visibility"] = Message(N_("Choose who can use it."))
    elif visibility == Visibility.TEAM and team_id is None:
        errors["visibility"] = Message(N_("There is no team to share it with."))
    return {"visibility": visibility, "team_id": team_id if visibility == Visibility.TEAM else None}


def _kept(state: ViewState) -> str:
    text = state.to_json()
    if len(text) > LONGEST_STATE:
        raise InvalidInput({"form": Message(N_("This filter is too long to be saved."))})
    return text


def _about(view: SavedView) -> About:
    return About(Kind.SAVED_VIEW, view.id, _told_name(str(view.name), view.visibility))


def _told_name(name: str, visibility: str) -> str:
    return name if visibility != Visibility.PRIVATE else PRIVATE_NAME


def _told(actor: Viewer, action: Action, kind: ObjectType, about: About, changes: str = "") -> None:
    record(actor, action, about, {"object": kind.plural_label, "changes": changes})
    touch(STAMP)
