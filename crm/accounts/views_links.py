"""What follows a right password or a link: the code of the second factor, accepting an invitation, a new password."""

from collections.abc import Mapping

from flask import Response, current_app, request, session

from crm.accounts.invitations import accept_invitation, reset_password
from crm.accounts.links import Purpose, find_link
from crm.accounts.operations import InvalidAccount, prepare_user
from crm.accounts.own import checked_password, told_to_wait
from crm.accounts.queries import UserEntry, directory
from crm.accounts.sign_in import WrongCredentials, confirm_code, let_in
from crm.accounts.throttle import TooManyAttempts
from crm.accounts.two_factor import WRONG_CODE
from crm.accounts.views import QUESTION, blueprint, browser, enter, time_zones
from crm.db import end_read, unit_of_work
from crm.i18n import reader
from crm.messages import N_, Message
from crm.permissions.errors import NotFound
from crm.web.auth import local_path, public, session_token
from crm.web.flashes import flash
from crm.web.htmx import redirect_to, render

TOO_LATE = N_("That took too long. Sign in again.")
NEW_PASSWORD = N_("Your new password is saved. Sign in with it.")


@blueprint.get("/login/code")
@public
def code() -> Response:
    """Ask for the code of the second factor; without a question, back to the sign-in page."""
    if QUESTION not in session:
        return redirect_to("/login")
    return render("accounts/code.html", error=None)


@blueprint.post("/login/code")
@public
def check_code() -> Response:
    """Sign in with the code; 422 when it is wrong, 429 after too many tries."""
    question, wanted = session.get(QUESTION) or ("", "/")
    try:
        token = confirm_code(question, request.form.get("code", "")[:100], **browser(), old_token=session_token())
    except NotFound:
        session.pop(QUESTION, None)
        flash(TOO_LATE, kind="failed")
        return redirect_to("/login")
    except WrongCredentials:
        return render("accounts/code.html", status=422, error=WRONG_CODE)
    except TooManyAttempts as error:
        told = told_to_wait(error.retry_at)
        answer = render("accounts/code.html", status=429, error=told)
        answer.headers["Retry-After"] = str(told.params["minutes"] * 60)
        return answer
    return enter(token, local_path(wanted))


@blueprint.get("/invitation/<token>")
@public
def invitation(token: str) -> Response:
    """The form of somebody who was invited; 404 once the link is used, withdrawn or too old."""
    user = _person_of(token, Purpose.INVITATION)
    return _invitation_form(user, {"name": user.name, "time_zone": current_app.config["KARTOTEK"].time_zone}, {})


@blueprint.post("/invitation/<token>")
@public
def accept(token: str) -> Response:
    """Take the name and password of somebody who was invited and sign them in; 422 with what was wrong."""
    user = _person_of(token, Purpose.INVITATION)
    end_read()
    form = {name: request.form.get(name, "") for name in ("name", "time_zone")}
    time_zone = form["time_zone"] or current_app.config["KARTOTEK"].time_zone
    try:
        new = prepare_user(form["name"], user.email, request.form.get("password", ""), time_zone, reader().locale)
    except InvalidAccount as error:
        return _invitation_form(user, form, error.errors)
    with unit_of_work():
        user_id = accept_invitation(token, new)
        session_begun = let_in(user_id, **browser(), old_token=session_token())
    return enter(session_begun, "/")


@blueprint.get("/password/<token>")
@public
def new_password(token: str) -> Response:
    """The form for a new password; 404 once the link is used or too old."""
    return _password_form(_person_of(token, Purpose.PASSWORD_RESET), {})


@blueprint.post("/password/<token>")
@public
def set_password(token: str) -> Response:
    """Store the new password, after which one signs in with it; 422 with what was wrong."""
    user = _person_of(token, Purpose.PASSWORD_RESET)
    end_read()
    typed = request.form.get("password", "")
    try:
        password_hash = checked_password(typed, request.form.get("password_again", ""), (user.name, user.email))
    except InvalidAccount as error:
        return _password_form(user, error.errors)
    with unit_of_work():
        reset_password(token, password_hash)
    flash(NEW_PASSWORD)
    return redirect_to("/login")


def _person_of(token: str, purpose: Purpose) -> UserEntry:
    user = directory().users.get(find_link(token, purpose).user_id or 0)
    if user is None:
        raise NotFound(f"a {purpose} link for nobody")
    return user


def _invitation_form(user: UserEntry, values: Mapping[str, str], errors: Mapping[str, Message]) -> Response:
    return render(
        "accounts/invitation.html",
        status=422 if errors else 200,
        action=request.path,
        email=user.email,
        values=values,
        errors=errors,
        time_zones=time_zones(values["time_zone"]),
    )


def _password_form(user: UserEntry, errors: Mapping[str, Message]) -> Response:
    status = 422 if errors else 200
    return render("accounts/new_password.html", status=status, action=request.path, email=user.email, errors=errors)
