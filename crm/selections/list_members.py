"""Putting all records of a selection on a static list, and taking them off one, in bulk (SPEC 5.1)."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from crm.accounts.sharing import Visibility
from crm.bulk.registry import Applied, Changed, Settings
from crm.db import db
from crm.lists.models import ListMember
from crm.lists.operations import add_members, remove_members
from crm.lists.queries import static_lists
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.selections.refusals import SO_ALREADY, Refusals
from crm.selections.registry import Asking

ADD, REMOVE = "add_to_list", "remove_from_list"
"""The kinds of work in bulk that do it."""

LABELS = {ADD: N_("Putting many records on a list"), REMOVE: N_("Taking many records off a list")}
TITLES = {ADD: N_("Adding to the list “%(list)s”"), REMOVE: N_("Removing from the list “%(list)s”")}
OF_PRIVATE = {ADD: N_("Adding to a private list"), REMOVE: N_("Removing from a private list")}
CHOOSE = N_("Choose a list.")


def title(kind_name: str) -> Callable[[Settings], Message]:
    """What people read of it; super admins, who see all work in bulk, are told no names of private lists."""

    def words(settings: Settings) -> Message:
        name = settings["list"]
        return Message(TITLES[kind_name], list=name) if name else Message(OF_PRIVATE[kind_name])

    return words


def is_for(viewer: Viewer, kind: ObjectType) -> bool:
    """Whether the viewer may fill lists with such records."""
    return not kind.is_activity and viewer.may(kind.name, Verb.EDIT)


def shown(asking: Asking) -> dict[str, Any]:
    """The lists to choose from."""
    lists = static_lists(asking.viewer, asking.kind)
    return {"lists": [(str(one.id), one.name) for one in lists], "list_id": asking.given.get("list", "")}


def settings(asking: Asking) -> dict[str, Any]:
    """The list that was chosen; raises InvalidValue."""
    lists = {str(one.id): one for one in static_lists(asking.viewer, asking.kind)}
    chosen = lists.get(asking.given.get("list", ""))
    if chosen is None:
        raise InvalidValue(CHOOSE)
    return {"list_id": chosen.id, "list": "" if chosen.visibility == Visibility.PRIVATE else chosen.name}


def add(actor: Viewer, run_id: int, settings: Settings, ids: Sequence[int]) -> Applied:
    """Put them on the list; raises NotFound, Forbidden when it is gone or no longer the actor's to fill."""
    return _told(ids, add_members(actor, settings["list_id"], ids, _source(run_id)))


def remove(actor: Viewer, run_id: int, settings: Settings, ids: Sequence[int]) -> Applied:
    """Take them off the list; raises NotFound, Forbidden as above."""
    return _told(ids, remove_members(actor, settings["list_id"], ids))


def undo_add(actor: Viewer, run_id: int, settings: Settings, changes: Sequence[Changed]) -> None:
    """Take those off that the run put on, and nobody anew since then."""
    member = ListMember.__table__.c
    mine = (member.list_id == settings["list_id"], member.source == _source(run_id))
    wanted = sa.select(member.record_id).where(*mine, member.record_id.in_([change.one_id for change in changes]))
    ids = db.session.scalars(unguarded(wanted, "a run takes back its own")).all()
    remove_members(actor, settings["list_id"], ids)


def undo_remove(actor: Viewer, run_id: int, settings: Settings, changes: Sequence[Changed]) -> None:
    """Put those on again that the run took off."""
    add_members(actor, settings["list_id"], [change.one_id for change in changes], _source(run_id))


def _told(ids: Sequence[int], changed: Sequence[int]) -> Applied:
    refusals = Refusals()
    refusals.add_many(SO_ALREADY, len(ids) - len(changed))
    return Applied([Changed(one) for one in changed], refusals.skipped, refusals.messages())


def _source(run_id: int) -> str:
    return f"bulk:{run_id}"
