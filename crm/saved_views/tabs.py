"""Which views stand as tabs: what a person chooses, and what an administrator chooses for everybody else (K21)."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from crm.accounts.operations import change_preference
from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.db import db, queue_for, touch
from crm.messages import N_, Message
from crm.objects.models import ObjectTypeRow
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.errors import Forbidden
from crm.permissions.viewer import Viewer
from crm.records.errors import InvalidInput
from crm.saved_views.queries import TABS, default_tabs_of, find_views, shared_with_everyone, tabs_of
from crm.saved_views.shelf import DEFAULT_TABS, STAMP
from crm.saved_views.standard import standard_views
from crm.saved_views.view import View

MOST_TABS = 20
MOST_OFFERED = 500
TOO_MANY = N_("At most %(limit)s tabs.")
ONE_STAYS = N_("One tab stays.")


def add_tab(actor: Viewer, kind: ObjectType, key: str) -> None:
    """Let a view stand as the actor's last tab; nothing happens where it is one. Raises InvalidInput."""
    keys = _keys(actor, kind)
    if key not in keys:
        choose_tabs(actor, kind, [*keys, key])


def remove_tab(actor: Viewer, kind: ObjectType, key: str) -> None:
    """Take a view from the actor's tabs; raises InvalidInput for the last one."""
    choose_tabs(actor, kind, [one for one in _keys(actor, kind) if one != key])


def move_tab(actor: Viewer, kind: ObjectType, key: str, steps: int) -> None:
    """Move a tab so many places to the right; beyond the ends it stays there."""
    choose_tabs(actor, kind, moved(_keys(actor, kind), key, steps))


def order_tabs(actor: Viewer, kind: ObjectType, keys: Sequence[str]) -> None:
    """Put the actor's tabs in an order; tabs that are not named come after those that are."""
    there = _keys(actor, kind)
    known = [key for key in dict.fromkeys(keys) if key in there]
    choose_tabs(actor, kind, [*known, *(key for key in there if key not in known)])


def choose_tabs(actor: Viewer, kind: ObjectType, keys: Sequence[str]) -> None:
    """Let these views be the actor's tabs, as far as there are such; raises InvalidInput."""
    found = [view.key for view in find_views(actor, kind, keys)]
    _check_number(found)
    _keep(actor, lambda chosen: chosen | {kind.name: found})


def forget_tabs(actor: Viewer, kind: ObjectType) -> None:
    """Let the actor have the tabs again that everybody has."""
    _keep(actor, lambda chosen: {name: keys for name, keys in chosen.items() if name != kind.name})


def may_be_default(kind: ObjectType) -> list[View]:
    """The views that an administrator may choose for everybody: the standard ones and those for everyone."""
    return [*standard_views(kind), *shared_with_everyone(kind, MOST_OFFERED)]


def choose_default_tabs(actor: Viewer, kind: ObjectType, keys: Sequence[str]) -> None:
    """Let these be the tabs of everybody who has not chosen their own; the standard ones need not be kept.

    Raises Forbidden, and InvalidInput for none or too many.
    """
    _demand_super_admin(actor)
    queue_for(STAMP)
    offered = {view.key: view for view in may_be_default(kind)}
    chosen = [key for key in dict.fromkeys(keys) if key in offered]
    _check_number(chosen)
    before = default_tabs_of(kind)
    if chosen == [view.key for view in before]:
        return
    db.session.execute(sa.delete(DEFAULT_TABS).where(DEFAULT_TABS.c.object_type == kind.name))
    if chosen != [view.key for view in standard_views(kind)]:
        row = {"object_type": kind.name, "keys": json.dumps(chosen)}
        db.session.execute(sa.insert(DEFAULT_TABS).values(row))
    names = [", ".join(str(view.name) for view in views) for views in (before, [offered[key] for key in chosen])]
    row_id = db.session.scalar(sa.select(ObjectTypeRow.id).where(ObjectTypeRow.name == kind.name))
    about = About(Kind.OBJECT_TYPE, row_id or 0, kind.plural_label)
    record(actor, Action.DEFAULT_TABS_CHANGED, about, {"changes": " → ".join(names)})
    touch(STAMP)


def moved(keys: Sequence[str], key: str, steps: int) -> list[str]:
    """These keys with one of them so many places further on; beyond the ends it stays there."""
    rest = [one for one in keys if one != key]
    if len(rest) < len(keys):
        rest.insert(max(0, list(keys).index(key) + steps), key)
    return rest


def _keys(actor: Viewer, kind: ObjectType) -> list[str]:
    return [view.key for view in tabs_of(actor, kind)]


def _check_number(keys: Sequence[str]) -> None:
    if not keys:
        raise InvalidInput({"tabs": Message(ONE_STAYS)})
    if len(keys) > MOST_TABS:
        raise InvalidInput({"tabs": Message(TOO_MANY, limit=MOST_TABS)})


def _keep(actor: Viewer, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    known = schema().types

    def kept(before: Any) -> dict[str, Any] | None:
        chosen = {name: keys for name, keys in before.items() if name in known} if isinstance(before, dict) else {}
        return change(chosen) or None

    change_preference(actor, TABS, kept)


def _demand_super_admin(actor: Viewer) -> None:
    if not actor.is_super_admin:
        raise Forbidden("the tabs of everybody are chosen by super admins")
