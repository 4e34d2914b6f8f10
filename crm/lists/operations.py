"""Making, changing and deleting lists, and putting records on static ones; all inside a unit of work."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from crm.accounts.queries import directory
from crm.accounts.sharing import Visibility, is_visibility
from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.clock import now
from crm.db import db, queue_for, touch
from crm.filters.addresses import join_groups, split_groups
from crm.filters.compiling import compile_filter
from crm.filters.tree import Eyes
from crm.folding import fold
from crm.lists.membership import (
    CHUNK,
    count_live,
    grow,
    note_pending,
    put_on,
    set_size,
    take_off,
)
from crm.lists.models import ANEW, ListKind, ListState
from crm.lists.naming import demand_no_circle, lists_named
from crm.lists.queries import LIST, MEMBER, ListRow, changeable_list, get_list
from crm.lists.watching import STAMP, wake, watched
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden
from crm.permissions.scopes import guarded, rows_visible_to
from crm.permissions.viewer import Viewer
from crm.records.errors import InvalidInput, refuse

LONGEST_NAME = 80
PRIVATE_NAME = N_("A private list")
MOST = 500
BY_HAND, BY_FILTER, BY_COPY = "hand", "filter", "copy"
AT_MOST = N_("At most %(limit)s characters.")
NEEDS_CONDITION = N_("An active list needs at least one condition.")
OVERTAKEN = N_("Somebody changed this list in the meantime. Saving again writes over that.")
NOT_BY_HAND = "the filter of list %s decides who is on it"


@dataclass(frozen=True)
class Content:
    """What a form says of a list, not checked yet; `filter` are the texts of an address."""

    name: str
    kind: str = ListKind.ACTIVE
    folder: str = ""
    visibility: str = Visibility.PRIVATE
    filter: Sequence[str] = ()


def create_list(actor: Viewer, object_type: ObjectType, content: Content) -> int:
    """Keep a new list and return its id; raises InvalidInput, Forbidden.

    A static one with a filter begins with the records that meet it, which a job puts on it.
    """
    demand_object(actor, object_type)
    queue_for(STAMP)
    own = sa.select(sa.func.count()).where(LIST.c.user_id == actor.user_id, LIST.c.deleted_at.is_(None))
    if (db.session.scalar(own) or 0) >= MOST:
        raise InvalidInput({"form": Message(N_("You can keep at most %(limit)s lists."), limit=MOST)})
    if content.kind not in {one.value for one in ListKind}:
        raise InvalidInput({"kind": Message(N_("Choose what decides who is on it."))})
    moment = now()
    values = checked(actor, object_type, content, None)
    values |= {"object_type": object_type.name, "kind": content.kind, "user_id": actor.user_id, "version": 1}
    values |= {"state": ListState.BUILDING if values["filter"] != "[]" else ListState.READY, "built_to": 0}
    values |= {"size": 0, "eyes": "", "members_changed_at": moment}
    values |= {"created_at": moment, "changed_at": moment, "changed_by_id": actor.user_id}
    list_id: int = db.session.execute(sa.insert(LIST).values(values)).inserted_primary_key[0]
    touch(STAMP)
    wake()
    _told(actor, Action.LIST_CREATED, get_list(actor, list_id))
    return list_id


def change_list(actor: Viewer, list_id: int, content: Content, version: int) -> None:
    """Change a list that had `version` when the form was opened; raises NotFound, Forbidden, InvalidInput.

    Kind and object stay what they are, and so does who is on a static list that is built. Another filter is answered
    for all records by a job.
    """
    queue_for(STAMP)
    found = changeable_list(actor, list_id)
    content = replace(content, kind=found.kind, filter=content.filter if found.has_filter else found.filter)
    values = checked(actor, found.type, content, found)
    values |= {"version": found.version + 1, "changed_at": now(), "changed_by_id": actor.user_id}
    if values["filter"] != json.dumps(found.filter):
        is_empty = values["filter"] == "[]"
        values |= {"state": ListState.READY, "built_at": now()} if is_empty else ANEW | {"built_at": None}
    same = (LIST.c.id == list_id, LIST.c.version == found.version)
    if version != found.version or not db.session.execute(sa.update(LIST).where(*same).values(values)).rowcount:
        raise InvalidInput({"version": Message(OVERTAKEN)})
    _build_resting_on(list_id)
    after = get_list(actor, list_id)
    _told(actor, Action.LIST_CHANGED, after, _changes(found, after))


def convert_to_static(actor: Viewer, list_id: int) -> None:
    """Leave who is on an active list to people from now on; raises NotFound, Forbidden, InvalidInput."""
    found = changeable_list(actor, list_id)
    if found.is_being_built:
        raise InvalidInput({"form": Message(N_("Wait until the list is built."))})
    if found.is_active:
        values = {"kind": ListKind.STATIC, "filter": "[]", "state": ListState.READY, "version": found.version + 1}
        values |= {"changed_at": now(), "changed_by_id": actor.user_id}
        db.session.execute(sa.update(LIST).where(LIST.c.id == list_id).values(values))
        touch(STAMP)
        _told(actor, Action.LIST_CHANGED, found, f"{ListKind.ACTIVE} → {ListKind.STATIC}")


def clone_list(actor: Viewer, list_id: int, name: str) -> int:
    """Make a private copy of a list, of a static one with the members that the actor sees; returns its id.

    Raises NotFound, InvalidInput.
    """
    found = get_list(actor, list_id)
    content = Content(name[:LONGEST_NAME], found.kind, found.folder, Visibility.PRIVATE, found.filter)
    copy_id = create_list(actor, found.type, content)
    if not found.is_active:
        copy, seen = get_list(actor, copy_id), _members_seen(actor, found)
        names = ["list_id", "record_id", "since", "source", "actor_id"]
        values = (sa.literal(copy_id), MEMBER.c.record_id, sa.literal(now(), LIST.c.created_at.type))
        told = seen.with_only_columns(*values, sa.literal(BY_COPY), sa.literal(actor.user_id, sa.Integer()))
        db.session.execute(sa.insert(MEMBER).from_select(names, guarded(told, actor)))
        set_size(copy_id, count_live(copy))
    return copy_id


def delete_list(actor: Viewer, list_id: int) -> ListRow:
    """Delete a list, restorably, and no record; returns what it was. Raises NotFound, Forbidden."""
    found = changeable_list(actor, list_id)
    db.session.execute(sa.update(LIST).where(LIST.c.id == list_id).values(deleted_at=now()))
    _build_resting_on(list_id)
    _told(actor, Action.LIST_DELETED, found)
    return found


def restore_list(actor: Viewer, list_id: int) -> None:
    """Bring a deleted list back; who is on it is looked at anew. Raises NotFound, Forbidden, InvalidValue."""
    queue_for(STAMP)
    found = changeable_list(actor, list_id, is_deleted=True)
    demand_no_circle(actor, found.id, found.filter)
    state = ANEW if found.has_filter else {}
    db.session.execute(sa.update(LIST).where(LIST.c.id == list_id).values(deleted_at=None, **state))
    if not found.has_filter:  # nobody counted while records came and went
        set_size(found.id, count_live(found))
    _build_resting_on(list_id)
    _told(actor, Action.LIST_RESTORED, found)


def add_members(actor: Viewer, list_id: int, record_ids: Collection[int], source: str = BY_HAND) -> list[int]:
    """Put those records on a static list that the actor sees; answers the ids that were not on it before.

    Raises NotFound, and Forbidden for who may not fill it and for an active list.
    """
    found = _fillable(actor, list_id)
    added = put_on(found, _seen(actor, found, record_ids), source, actor.user_id)
    _changed(found, added, len(added))
    return added


def remove_members(actor: Viewer, list_id: int, record_ids: Collection[int]) -> list[int]:
    """Take those records off a static list that the actor sees; answers the ids that were on it.

    Raises NotFound, and Forbidden for who may not fill it and for an active list.
    """
    found = _fillable(actor, list_id)
    removed = take_off(found, _seen(actor, found, record_ids))
    _changed(found, removed, -len(removed))
    return removed


def hand_over_lists(from_id: int, to_id: int) -> None:
    """Give somebody else the lists that a person shared; they are read through the new owner's eyes."""
    shared = (LIST.c.user_id == from_id, LIST.c.visibility != Visibility.PRIVATE.value)
    db.session.execute(sa.update(LIST).where(*shared).values(user_id=to_id, eyes=""))
    touch(STAMP)
    wake()


def checked(actor: Viewer, kind: ObjectType, content: Content, before: ListRow | None) -> dict[str, Any]:
    """The columns of what a form says; raises InvalidInput with all that is wrong."""
    name, folder = (" ".join(text.replace("\x00", "").split()) for text in (content.name, content.folder))
    errors: dict[str, Message] = {}
    if not name:
        errors["name"] = Message(N_("Give it a name."))
    for field, text in (("name", name), ("folder", folder)):
        if len(text) > LONGEST_NAME:
            errors[field] = Message(AT_MOST, limit=LONGEST_NAME)
    if not is_visibility(content.visibility):
        errors["visibility"] = Message(N_("Choose who can use it."))
    elif content.visibility == Visibility.TEAM and _team_of(before.owner_id if before else actor.user_id) is None:
        errors["visibility"] = Message(N_("There is no team to share it with."))
    texts = join_groups(split_groups(content.filter))
    if problem := _problem_with(actor, kind, texts, content.kind, before):
        errors["filter"] = problem
    refuse(errors)
    told = {"name": name, "folded_name": fold(name), "folder": folder, "visibility": content.visibility}
    return told | {"filter": json.dumps(texts)}


def owner_eyes(one: ListRow) -> Eyes:
    """Through which the filter of a list is read: those of its owner; raises NotFound."""
    owner = directory().viewer(one.owner_id)
    return Eyes.of(owner, ZoneInfo(owner.time_zone))


def demand_object(actor: Viewer, kind: ObjectType) -> None:
    """Raise Forbidden where a person can have no lists of an object: they see none, or it is one of activities."""
    if kind.is_activity or not actor.may(kind.name, Verb.VIEW):
        raise Forbidden(kind.plural_name)


def _problem_with(
    actor: Viewer, kind: ObjectType, texts: Sequence[str], list_kind: str, before: ListRow | None
) -> Message | None:
    if not texts:
        return Message(NEEDS_CONDITION) if list_kind == ListKind.ACTIVE else None
    try:
        compile_filter(kind, texts, owner_eyes(before) if before else Eyes.of(actor, ZoneInfo(actor.time_zone)))
        demand_no_circle(actor, before.id if before else None, texts)
    except InvalidValue as error:
        return error.message
    except InvalidInput as error:
        return next(iter(error.errors.values()))
    return None


def _fillable(actor: Viewer, list_id: int) -> ListRow:
    found = get_list(actor, list_id)
    if not found.may_fill(actor):
        raise Forbidden(NOT_BY_HAND % list_id if found.is_active else f"{actor.name} may not fill list {list_id}")
    return found


def _seen(actor: Viewer, one: ListRow, record_ids: Collection[int]) -> list[int]:
    table, wanted = one.type.table, sorted(set(record_ids))
    seen: list[int] = []
    for start in range(0, len(wanted), CHUNK):
        some = sa.select(table.c.record_id).where(table.c.record_id.in_(wanted[start : start + CHUNK]))
        seen += db.session.scalars(guarded(some.where(rows_visible_to(actor, one.object_type, table)), actor)).all()
    return seen


def _build_resting_on(list_id: int) -> None:
    """After a list came, went or is shared otherwise: have those built anew that ask for its members."""
    resting = {one.id for lists in watched().active.values() for one in lists if list_id in lists_named(one.filter)}
    if resting:
        db.session.execute(sa.update(LIST).where(LIST.c.id.in_(resting)).values(ANEW))
    touch(STAMP)
    wake()


def _members_seen(actor: Viewer, one: ListRow) -> sa.Select[Any]:
    table = one.type.table
    on = MEMBER.join(table, table.c.record_id == MEMBER.c.record_id)
    seen = sa.select(MEMBER.c.record_id).select_from(on).where(MEMBER.c.list_id == one.id)
    return seen.where(rows_visible_to(actor, one.object_type, table))


def _changed(one: ListRow, record_ids: Sequence[int], difference: int) -> None:
    """Keep up the size of a list, and have the lists that name it look at these records."""
    if not record_ids:
        return
    grow(one.id, difference)
    if one.id in watched().named:
        note_pending(record_ids)
        wake()


def _team_of(user_id: int | None) -> int | None:
    owner = directory().users.get(user_id or 0)
    return owner.team_id if owner else None


def _changes(before: ListRow, after: ListRow) -> str:
    """What is different, in the words of the program; what is private stays untold."""
    told = [f"{before.visibility} → {after.visibility}"] if before.visibility != after.visibility else []
    if Visibility.PRIVATE not in (before.visibility, after.visibility):
        told += [f"{before.name} → {after.name}"] if before.name != after.name else []
        told += [f"{list(before.filter)} → {list(after.filter)}"] if before.filter != after.filter else []
    return "; ".join(told)


def _told(actor: Viewer, action: Action, one: ListRow, changes: str = "") -> None:
    name = one.name if one.visibility != Visibility.PRIVATE else PRIVATE_NAME
    record(actor, action, About(Kind.RECORD_LIST, one.id, name), {"object": one.type.plural_label, "changes": changes})
