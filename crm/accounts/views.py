"""Signing in and out, the set-up of a new Kartotek, and one-time links."""

from zoneinfo import available_timezones

from flask import Blueprint, Response, current_app, request, session

from crm.accounts.links import Purpose, create_link, find_link, use_link
from crm.accounts.operations import AlreadySetUp, InvalidAccount, NewUser, create_owner, prepare_user
from crm.accounts.own import told_to_wait
from crm.accounts.queries import has_users
from crm.accounts.sessions import end_session, viewer_of_session
from crm.accounts.sign_in import WrongCredentials, let_in, sign_in
from crm.accounts.throttle import TooManyAttempts
from crm.accounts.two_factor import is_on
from crm.accounts.viewing import stop_viewing
from crm.audit.actions import Action
from crm.audit.operations import record
from crm.db import end_read, unit_of_work
from crm.i18n import reader
from crm.jobs.queue import enqueue
from crm.messages import N_, Message
from crm.permissions.errors import NotFound
from crm.web.auth import (
    SIGNED_IN,
    even_while_viewing,
    local_path,
    public,
    requires,
    session_token,
    sign_browser_in,
    sign_browser_out,
    viewer_or_none,
)
from crm.web.htmx import redirect_to, render

blueprint = Blueprint("accounts", __name__)

WRONG = N_("E-mail or password is wrong.")
SAMPLE_DATA = "sample_data"
QUESTION = "second_factor"
"""Where the form cookie keeps the question for a code, and where its answer leads."""


@blueprint.get("/login")
@public
def login() -> Response:
    """The sign-in page; whoever is signed in already goes on."""
    wanted = local_path(request.args.get("next"))
    if viewer_or_none():
        return redirect_to(wanted)
    return render("accounts/login.html", next=wanted, email="", error=None)


@blueprint.post("/login")
@public
def log_in() -> Response:
    """Sign in by e-mail and password; 422 with the form when they are wrong, 429 after too many tries."""
    email, wanted = request.form.get("email", "")[:254], local_path(request.form.get("next"))
    try:
        admitted = sign_in(email, request.form.get("password", ""), **browser(), old_token=session_token())
    except WrongCredentials:
        return render("accounts/login.html", status=422, next=wanted, email=email, error=WRONG)
    except TooManyAttempts as error:
        told = told_to_wait(error.retry_at)
        answer = render("accounts/login.html", status=429, next=wanted, email=email, error=told)
        answer.headers["Retry-After"] = str(told.params["minutes"] * 60)
        return answer
    if admitted.needs_code:
        return ask_for_code(admitted.token, wanted)
    return enter(admitted.token, wanted)


@blueprint.get("/account")
@requires(SIGNED_IN)
def account_menu() -> Response:
    """Where the person signed in can go on their own account; without htmx a page of its own."""
    return render("accounts/menu.html", "accounts/_menu.html")


@blueprint.post("/logout")
@requires(SIGNED_IN)
@even_while_viewing
def log_out() -> Response:
    """End this browser's session."""
    token = session_token() or ""
    with unit_of_work():
        stop_viewing(token)
        person = viewer_of_session(token)
        end_session(token)
        if person is not None:
            record(person, Action.SIGNED_OUT)
    session.clear()
    return sign_browser_out(redirect_to("/signed-out"))


@blueprint.get("/signed-out")
@public
def signed_out() -> Response:
    """What is shown after signing out."""
    return render("accounts/signed_out.html")


@blueprint.get("/setup/<token>")
@public
def setup(token: str) -> Response:
    """The form of the first owner; 404 once the link is used, too old, or there is anybody already."""
    _demand_setup_link(token)
    return _setup_form({"time_zone": current_app.config["KARTOTEK"].time_zone}, {})


@blueprint.post("/setup/<token>")
@public
def set_up(token: str) -> Response:
    """Make the first owner, load sample data if wanted, and sign the owner in; 422 with what was wrong."""
    _demand_setup_link(token)
    end_read()
    form = {name: request.form.get(name, "") for name in ("name", "email", "time_zone", "sample_data")}
    time_zone = form["time_zone"] or current_app.config["KARTOTEK"].time_zone
    try:
        new = prepare_user(form["name"], form["email"], request.form.get("password", ""), time_zone, reader().locale)
    except InvalidAccount as error:
        return _setup_form(form, error.errors)
    return enter(_found(token, new, form["sample_data"] == "1"), "/")


@blueprint.get("/sign-in/<token>")
@public
def sign_in_by_link(token: str) -> Response:
    """Ask whether to use a one-time link; looking at it (mail scanners do) must not use it up."""
    link = find_link(token, Purpose.SIGN_IN)
    return render("accounts/sign_in.html", name=link.user_name, action=request.path)


@blueprint.post("/sign-in/<token>")
@public
def use_sign_in_link(token: str) -> Response:
    """Use a one-time link up and sign in, after a code where one is asked for; 404 when somebody was quicker."""
    with unit_of_work():
        user_id = use_link(token, Purpose.SIGN_IN)
        if user_id is None:
            raise NotFound("a sign-in link for nobody")
        if not is_on(user_id):
            return enter(let_in(user_id, **browser(), old_token=session_token()), "/")
        question = create_link(Purpose.SECOND_FACTOR, user_id)
    return ask_for_code(question, "/")


def _found(token: str, new: NewUser, with_sample_data: bool) -> str:
    """Write the first owner and return the token of their session."""
    with unit_of_work():
        use_link(token, Purpose.SETUP)
        try:
            owner_id = create_owner(new)
        except AlreadySetUp:
            raise NotFound("there is an owner already") from None
        if with_sample_data:
            enqueue(SAMPLE_DATA, {"actor_id": owner_id}, unique_key=SAMPLE_DATA)
        return let_in(owner_id, **browser())


def _demand_setup_link(token: str) -> None:
    find_link(token, Purpose.SETUP)
    if has_users():
        raise NotFound("there is an owner already")


def _setup_form(values: dict[str, str], errors: dict[str, Message]) -> Response:
    return render(
        "accounts/setup.html",
        status=422 if errors else 200,
        action=request.path,
        values=values,
        errors=errors,
        time_zones=time_zones(values["time_zone"]),
    )


def time_zones(chosen: str) -> list[str]:
    """The time zones to choose from, by name: those of places, UTC, and the one chosen already."""
    known = available_timezones()
    return sorted({zone for zone in known if "/" in zone} | {"UTC"} | ({chosen} & known))


def ask_for_code(question: str, wanted: str) -> Response:
    """On to the page of the second factor; the browser holds the question, and no session yet."""
    session.clear()
    session[QUESTION] = [question, wanted]
    return redirect_to("/login/code")


def enter(token: str, wanted: str) -> Response:
    """Begin anew: another session, another form token."""
    session.clear()
    return sign_browser_in(redirect_to(wanted), token)


def browser() -> dict[str, str]:
    """What is kept of the browser that asks."""
    return {"user_agent": request.user_agent.string, "address": request.remote_addr or ""}
