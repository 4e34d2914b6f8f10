"""Letting people in, and back in: invitations and links to choose a new password."""

import sqlalchemy as sa

from crm.accounts.links import Purpose, create_link, forget_links_of, use_link
from crm.accounts.managing import UserChange, checked_change, demand_manager, managed
from crm.accounts.models import UserAccount
from crm.accounts.operations import InvalidAccount, NewUser, about_user, insert_user, update_user
from crm.accounts.queries import UserState, begin_change, directory, end_change, viewer_for
from crm.accounts.sessions import end_sessions_of
from crm.accounts.throttle import forget_attempts
from crm.audit.actions import Action
from crm.audit.operations import record
from crm.clock import now
from crm.db import db
from crm.messages import Message
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer


def invite(actor: Viewer, change: UserChange, time_zone: str = "UTC") -> tuple[int, str]:
    """Make the account of somebody who is to come, and the link that lets them; returns the id and the link's token.

    Raises Forbidden, and InvalidAccount with all that is wrong.
    """
    demand_manager(actor)
    begin_change()
    new = checked_change(actor, change)
    person = NewUser(new.name, new.email, None, time_zone)
    user_id = insert_user(person, new.team_id, new.permission_set_id or 0, has_joined=False)
    sets = directory().permission_sets
    record(
        actor,
        Action.USER_INVITED,
        about_user(user_id, new.name),
        {"email": new.email, "permission_set": sets[new.permission_set_id or 0].name},
    )
    return user_id, create_link(Purpose.INVITATION, user_id)


def renew_invitation(actor: Viewer, user_id: int) -> str:
    """Make a new link for somebody who has not come yet and return its token; older ones are worth nothing."""
    user = managed(actor, user_id)
    _demand_state(user.state, UserState.INVITED, Message("%(name)s is not invited.", name=user.name))
    forget_links_of(user_id, Purpose.INVITATION)
    record(actor, Action.INVITATION_RENEWED, about_user(user_id, user.name))
    return create_link(Purpose.INVITATION, user_id)


def withdraw_invitation(actor: Viewer, user_id: int) -> None:
    """Take the account of somebody who has not come yet away again.

    Should something hang on it (an import may name anybody as owner), it stays, deactivated.
    """
    begin_change()
    user = managed(actor, user_id)
    _demand_state(user.state, UserState.INVITED, Message("%(name)s is not invited.", name=user.name))
    forget_links_of(user_id)
    gone = sa.delete(UserAccount).where(UserAccount.id == user_id)
    try:
        with db.session.begin_nested():
            db.session.execute(gone.execution_options(synchronize_session=False))
        end_change()
    except sa.exc.IntegrityError:
        update_user(user_id, joined_at=now())
    record(actor, Action.INVITATION_WITHDRAWN, about_user(user_id, user.name), {"email": user.email})


def accept_invitation(token: str, new: NewUser) -> int:
    """Use the link up and let the person in, as they call themselves; returns their id. Raises NotFound."""
    begin_change()
    user_id = use_link(token, Purpose.INVITATION)
    user = directory().users.get(user_id or 0)
    if user is None or user.state is not UserState.INVITED:
        raise NotFound("an invitation for nobody")
    update_user(
        user.id,
        name=new.name,
        password_hash=new.password_hash,
        time_zone=new.time_zone,
        locale=new.locale,
        is_active=True,
        joined_at=now(),
    )
    record(viewer_for(user.id), Action.INVITATION_ACCEPTED, about_user(user.id, new.name))
    return user.id


def make_reset_link(actor: Viewer, user_id: int) -> str:
    """Make a link by which a person chooses a new password, and return its token; older ones are worth nothing.

    Nobody makes one for themselves: whoever sits down at an open browser could have the account for good.
    """
    user = managed(actor, user_id)
    if actor.user_id == user_id:
        raise InvalidAccount({"form": Message("Change your own password on your profile, with the present one.")})
    _demand_state(user.state, UserState.ACTIVE, Message("%(name)s is not active.", name=user.name))
    forget_links_of(user_id, Purpose.PASSWORD_RESET)
    record(actor, Action.RESET_LINK_MADE, about_user(user_id, user.name))
    return create_link(Purpose.PASSWORD_RESET, user_id)


def reset_password(token: str, password_hash: str) -> None:
    """Use a reset link up and store the new password; the person is signed out everywhere. Raises NotFound.

    Whoever forgot a password has often tried too many: those tries no longer count.
    """
    begin_change()
    user_id = use_link(token, Purpose.PASSWORD_RESET)
    user = directory().users.get(user_id or 0)
    if user is None or not user.is_active:
        raise NotFound("a reset link for nobody")
    update_user(user.id, password_hash=password_hash)
    end_sessions_of(user.id)
    forget_links_of(user.id)
    forget_attempts(user.email)
    record(viewer_for(user.id), Action.PASSWORD_RESET, about_user(user.id, user.name))


def _demand_state(state: UserState, wanted: UserState, otherwise: Message) -> None:
    if state is not wanted:
        raise InvalidAccount({"form": otherwise})
