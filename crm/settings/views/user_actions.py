"""What is done to one person's account besides editing it: links, deactivation, the second factor."""

from flask import Response, request

from crm.accounts import invitations, managing, two_factor
from crm.accounts.operations import InvalidAccount, about_user
from crm.accounts.queries import UserState, directory
from crm.audit.actions import Action
from crm.audit.operations import record
from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.permissions.actions import AccountRight
from crm.permissions.errors import NotFound
from crm.settings.handover import begin_hand_over, count_owned
from crm.settings.views.blueprint import blueprint
from crm.settings.views.users import NOBODY, USERS, show_link, user_page
from crm.web.auth import SUPER_ADMIN, requires, viewer
from crm.web.flashes import flash
from crm.web.htmx import redirect_to, render
from crm.web.numbers import whole_number


@blueprint.post("/users/<int:user_id>/invitation")
@requires(AccountRight.MANAGE_USERS)
def renew_invitation(user_id: int) -> Response:
    """Make a new invitation link and show it this once; the old one is worth nothing."""
    try:
        with unit_of_work():
            token = invitations.renew_invitation(viewer(), user_id)
    except InvalidAccount as error:
        return user_page(user_id, errors=error.errors)
    return show_link(user_id, "invitation", token)


@blueprint.post("/users/<int:user_id>/invitation/removal")
@requires(AccountRight.MANAGE_USERS)
def withdraw_invitation(user_id: int) -> Response:
    """Withdraw an invitation; the account goes with it."""
    user = managing.managed(viewer(), user_id)
    try:
        with unit_of_work():
            invitations.withdraw_invitation(viewer(), user_id)
    except InvalidAccount as error:
        return user_page(user_id, errors=error.errors)
    flash(Message("The invitation of %(name)s is withdrawn.", name=user.name))
    return redirect_to(USERS)


@blueprint.post("/users/<int:user_id>/password-link")
@requires(AccountRight.MANAGE_USERS)
def make_reset_link(user_id: int) -> Response:
    """Make a link to choose a new password and show it this once."""
    try:
        with unit_of_work():
            token = invitations.make_reset_link(viewer(), user_id)
    except InvalidAccount as error:
        return user_page(user_id, errors=error.errors)
    return show_link(user_id, "password", token)


@blueprint.get("/users/<int:user_id>/deactivation")
@requires(AccountRight.MANAGE_USERS)
def ask_deactivation(user_id: int) -> Response:
    """Ask what becomes of the person's records."""
    return _deactivation_form(user_id, {})


@blueprint.post("/users/<int:user_id>/deactivation")
@requires(AccountRight.MANAGE_USERS)
def deactivate(user_id: int) -> Response:
    """Let the person in no longer; their records go where the form says, by a job, or stay."""
    sent = request.form.get("handed_to", "")
    handed_to = whole_number(sent) if sent else None
    try:
        with unit_of_work():
            managing.deactivate(viewer(), user_id, handed_to)
            if handed_to is not None:
                begin_hand_over(viewer(), user_id, handed_to)
    except InvalidAccount as error:
        return _deactivation_form(user_id, error.errors)
    flash(N_("Deactivated and signed out everywhere."))
    return redirect_to(f"{USERS}/{user_id}")


@blueprint.post("/users/<int:user_id>/reactivation")
@requires(AccountRight.MANAGE_USERS)
def reactivate(user_id: int) -> Response:
    """Let the person in again."""
    try:
        with unit_of_work():
            managing.reactivate(viewer(), user_id)
    except InvalidAccount as error:
        return user_page(user_id, errors=error.errors)
    flash(N_("Reactivated."))
    return redirect_to(f"{USERS}/{user_id}")


@blueprint.post("/users/<int:user_id>/handover")
@requires(AccountRight.MANAGE_USERS)
def hand_over(user_id: int) -> Response:
    """Hand what a deactivated person still owns to somebody else, by a job."""
    sent, user = request.form.get("handed_to", ""), managing.managed(viewer(), user_id)
    try:
        with unit_of_work():
            begin_hand_over(viewer(), user_id, whole_number(sent) if sent else 0)
            heir = directory().name_of(whole_number(sent))
            record(viewer(), Action.RECORDS_HANDED_OVER, about_user(user_id, user.name), {"handed_to": heir})
    except InvalidAccount as error:
        return user_page(user_id, errors=error.errors)
    flash(N_("Handing over has begun; it runs in the background."))
    return redirect_to(f"{USERS}/{user_id}")


@blueprint.post("/users/<int:user_id>/two-factor/removal")
@requires(SUPER_ADMIN)
def reset_two_factor(user_id: int) -> Response:
    """Ask a person who lost their phone for codes no more."""
    with unit_of_work():
        two_factor.reset(viewer(), user_id)
    flash(N_("Two-factor sign-in is reset, and the person signed out everywhere."))
    return redirect_to(f"{USERS}/{user_id}")


def _deactivation_form(user_id: int, errors: dict[str, Message]) -> Response:
    user = managing.managed(viewer(), user_id)
    if user.state is not UserState.ACTIVE and not errors:
        raise NotFound(f"user {user_id} is not active")
    others = [(one.id, one.name) for one in directory().active_users() if one.id != user_id]
    return render(
        "settings/user_deactivation.html",
        status=422 if errors else 200,
        user=user,
        owned=count_owned(user_id),
        errors=errors or NOBODY,
        choices=[("", N_("Nobody: they stay with this person")), *others],
        chosen=request.form.get("handed_to", ""),
    )
