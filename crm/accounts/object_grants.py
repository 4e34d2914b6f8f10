"""What the permission sets there are say of an object type that was just made, or is gone (SPEC 2.10, K10)."""

import sqlalchemy as sa

from crm.accounts.models import PermissionGrant, PermissionSet
from crm.accounts.queries import begin_change, end_change
from crm.db import db
from crm.permissions.actions import Scope, Verb


def grant_like(object_type: str, model: str) -> None:
    """Let every permission set say of `object_type` what it says of `model`; nothing where it says nothing of that.

    Stored for every verb, since a row that says none is a choice that syncing leaves alone.
    """
    begin_change()
    said = sa.select(PermissionGrant.permission_set_id, PermissionGrant.verb, PermissionGrant.scope)
    known = {
        (row.permission_set_id, row.verb): row.scope
        for row in db.session.execute(said.where(PermissionGrant.object_type == model))
    }
    sets = db.session.scalars(sa.select(PermissionSet.id).where(PermissionSet.is_super_admin.is_(False)))
    grants = [
        {
            "permission_set_id": set_id,
            "object_type": object_type,
            "verb": verb,
            "scope": known.get((set_id, verb), Scope.NONE),
        }
        for set_id in sets
        for verb in Verb
    ]
    forget_grants(object_type)
    if grants:
        db.session.execute(sa.insert(PermissionGrant), grants)
    end_change()


def forget_grants(object_type: str) -> None:
    """Let no permission set speak of `object_type` any longer."""
    gone = sa.delete(PermissionGrant).where(PermissionGrant.object_type == object_type)
    db.session.execute(gone.execution_options(synchronize_session=False))
    end_change()
