"""Permission sets: making, copying, changing and deleting them; only super admins do.

A change holds from the next request of the people who have the set: their rights are read by the stamp of accounts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from crm.accounts.models import PermissionGrant, PermissionRight, PermissionSet
from crm.accounts.operations import InvalidAccount, demand_super_admin
from crm.accounts.queries import PermissionSetEntry, begin_change, directory, end_change
from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.db import db
from crm.messages import N_, Message
from crm.permissions.actions import AccountRight, Scope, Verb
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import Viewer

LONGEST_SET_NAME = 60
VIEW_FIRST = N_("Whoever may do something must be able to see it: view is less than the rest.")
ORDER = (Scope.NONE, Scope.OWN, Scope.TEAM, Scope.EVERYTHING)

Scopes = Mapping[tuple[str, Verb], Scope]


@dataclass(frozen=True)
class SetContent:
    """What a permission set shall say: its name, the scope of each verb on each object type, the account rights."""

    name: str
    scopes: Scopes
    rights: frozenset[AccountRight]


def create_permission_set(actor: Viewer, content: SetContent, copied_from: str = "") -> int:
    """Make a permission set and return its id. Raises Forbidden, InvalidAccount."""
    demand_super_admin(actor)
    begin_change()
    name = _checked(content)
    added = sa.insert(PermissionSet).values(name=name, is_super_admin=False).returning(PermissionSet.id)
    set_id = db.session.execute(added).scalar_one()
    _write(set_id, content)
    record(
        actor,
        Action.PERMISSION_SET_CREATED,
        About(Kind.PERMISSION_SET, set_id, name),
        {"copied_from": copied_from, "changes": _told(_differences({}, frozenset(), content))},
    )
    return set_id


def change_permission_set(actor: Viewer, permission_set_id: int, content: SetContent) -> None:
    """Let a permission set say `content` from now on. Raises Forbidden, also for the super admins' set; NotFound."""
    demand_super_admin(actor)
    begin_change()
    before = changeable(permission_set_id)
    name = _checked(content, but_for=permission_set_id)
    told = _differences(before.scopes, before.account_rights, content)
    if name == before.name and not told:
        return
    db.session.execute(sa.update(PermissionSet).where(PermissionSet.id == permission_set_id).values(name=name))
    _write(permission_set_id, content)
    about = About(Kind.PERMISSION_SET, permission_set_id, before.name)
    renamed = f"{before.name} → {name}" if name != before.name else ""
    record(actor, Action.PERMISSION_SET_CHANGED, about, {"name": renamed, "changes": _told(told)})


def delete_permission_set(actor: Viewer, permission_set_id: int) -> None:
    """Delete a permission set nobody has, deactivated people included. Raises Forbidden, NotFound, InvalidAccount."""
    demand_super_admin(actor)
    begin_change()
    found = changeable(permission_set_id)
    users = people_with(permission_set_id)
    if users:
        raise InvalidAccount(
            {"form": Message("It is in use (%(number)s). Give those people another one first.", number=users)}
        )
    for table, column in (
        (PermissionGrant, PermissionGrant.permission_set_id),
        (PermissionRight, PermissionRight.permission_set_id),
        (PermissionSet, PermissionSet.id),
    ):
        _run(sa.delete(table).where(column == permission_set_id))
    end_change()
    record(actor, Action.PERMISSION_SET_DELETED, About(Kind.PERMISSION_SET, found.id, found.name))


def people_with(permission_set_id: int) -> int:
    """How many people have this permission set, in whatever state they are."""
    return sum(user.permission_set_id == permission_set_id for user in directory().users.values())


def find_permission_set(permission_set_id: int) -> PermissionSetEntry:
    """The permission set with this id; raises NotFound."""
    found = directory().permission_sets.get(permission_set_id)
    if found is None:
        raise NotFound(f"no permission set {permission_set_id}")
    return found


def changeable(permission_set_id: int) -> PermissionSetEntry:
    """The same, which must not be that of the super admins; raises Forbidden for it."""
    found = find_permission_set(permission_set_id)
    if found.is_super_admin:
        raise Forbidden("the permission set of super admins stays as it is")
    return found


def _checked(content: SetContent, but_for: int | None = None) -> str:
    errors: dict[str, Message] = {}
    name = " ".join(content.name.split())
    taken = {one.name.casefold() for one in directory().permission_sets.values() if one.id != but_for}
    if not name:
        errors["name"] = Message("Enter a name")
    elif len(name) > LONGEST_SET_NAME:
        errors["name"] = Message("At most %(limit)s characters", limit=LONGEST_SET_NAME)
    elif name.casefold() in taken:
        errors["name"] = Message("There is a permission set of this name already")
    for object_type in {object_type for object_type, _verb in content.scopes}:
        seen = ORDER.index(content.scopes.get((object_type, Verb.VIEW), Scope.NONE))
        done = (Verb.EDIT, Verb.DELETE)
        if any(ORDER.index(content.scopes.get((object_type, verb), Scope.NONE)) > seen for verb in done):
            errors[object_type] = Message(VIEW_FIRST)
    if errors:
        raise InvalidAccount(errors)
    return name


def _write(permission_set_id: int, content: SetContent) -> None:
    """Store grants, those of nothing too: a row that says none is a choice, and `sync` leaves it alone."""
    _run(sa.delete(PermissionRight).where(PermissionRight.permission_set_id == permission_set_id))
    spoken_of = {object_type for object_type, _verb in content.scopes}
    same_set = PermissionGrant.permission_set_id == permission_set_id
    _run(sa.delete(PermissionGrant).where(same_set, PermissionGrant.object_type.in_(spoken_of)))
    grants = [
        {"permission_set_id": permission_set_id, "object_type": object_type, "verb": verb, "scope": scope}
        for (object_type, verb), scope in content.scopes.items()
    ]
    if grants:
        db.session.execute(sa.insert(PermissionGrant), grants)
    rights = [{"permission_set_id": permission_set_id, "account_right": right} for right in content.rights]
    if rights:
        db.session.execute(sa.insert(PermissionRight), rights)
    end_change()


def _run(change: sa.Delete) -> None:
    db.session.execute(change.execution_options(synchronize_session=False))


def _differences(scopes: Scopes, rights: frozenset[AccountRight], content: SetContent) -> list[str]:
    changed = [
        f"{object_type} {verb}: {before} → {scope}"
        for (object_type, verb), scope in sorted(content.scopes.items())
        if (before := scopes.get((object_type, verb), Scope.NONE)) is not scope
    ]
    return (
        changed
        + [f"+{right}" for right in sorted(content.rights - rights)]
        + [f"-{right}" for right in sorted(rights - content.rights)]
    )


def _told(lines: Iterable[str]) -> str:
    return ", ".join(lines)
