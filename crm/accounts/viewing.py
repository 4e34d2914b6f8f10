"""Viewing as another person: a super admin looks at the program with somebody else's eyes and changes nothing."""

import sqlalchemy as sa

from crm.accounts.models import UserSession
from crm.accounts.operations import about_user, demand_super_admin
from crm.accounts.queries import directory, viewer_for
from crm.accounts.sessions import token_hash
from crm.audit.actions import Action
from crm.audit.operations import record
from crm.db import db
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import Viewer


def start_viewing(actor: Viewer, user_id: int, token: str) -> None:
    """Let the actor's browser with `token` see what the person `user_id` sees, until it stops.

    Raises NotFound for nobody active, Forbidden for oneself and for everybody but super admins.
    """
    demand_super_admin(actor)
    user = directory().users.get(user_id)
    if user is None or not user.is_active:
        raise NotFound(f"no active user {user_id}")
    if user_id == actor.user_id or actor.seen_through_by:
        raise Forbidden("one views as somebody else")
    _store(token, user_id)
    record(actor, Action.VIEWING_STARTED, about_user(user_id, user.name))


def stop_viewing(token: str) -> int | None:
    """Give the browser its own person's eyes back; the id of whom it viewed as, None for nobody."""
    wanted = sa.select(UserSession.user_id, UserSession.viewing_as_id)
    found = db.session.execute(wanted.where(UserSession.token_hash == token_hash(token))).first()
    if found is None or found.viewing_as_id is None:
        return None
    _store(token, None)
    viewed: int = found.viewing_as_id
    about = about_user(viewed, directory().name_of(viewed))
    record(viewer_for(found.user_id), Action.VIEWING_ENDED, about)
    return viewed


def _store(token: str, viewing_as_id: int | None) -> None:
    changed = sa.update(UserSession).where(UserSession.token_hash == token_hash(token))
    db.session.execute(changed.values(viewing_as_id=viewing_as_id).execution_options(synchronize_session=False))
