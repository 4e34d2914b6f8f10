"""/settings/profile: what people set about themselves, and who is signed in as them."""

from collections.abc import Mapping

from flask import Response, request

from crm.accounts import own
from crm.accounts.operations import InvalidAccount, change_password
from crm.accounts.sessions import sessions_of
from crm.accounts.views import time_zones
from crm.db import end_read, unit_of_work
from crm.i18n import available_locales
from crm.messages import N_, Message
from crm.settings.devices import device_of
from crm.settings.views.blueprint import blueprint
from crm.web.auth import SIGNED_IN, requires, session_token, viewer
from crm.web.flashes import flash
from crm.web.htmx import redirect_to, render

PROFILE = "/settings/profile"
NOTHING: Mapping[str, Message] = {}


@blueprint.get("/profile")
@requires(SIGNED_IN)
def profile() -> Response:
    """The person's own page."""
    return _page()


@blueprint.post("/profile")
@requires(SIGNED_IN)
def save_profile() -> Response:
    """Store name, time zone and language; 422 with what was typed and what is wrong with it."""
    person, locales = viewer(), dict(available_locales())
    values = {
        "name": request.form.get("name", ""),
        "time_zone": request.form.get("time_zone", ""),
        "locale": request.form.get("locale", person.locale if person.locale in locales else "en"),
    }
    try:
        with unit_of_work():
            own.change_profile(person, **values, locales=locales)
    except InvalidAccount as error:
        return _page(values=values, errors=error.errors)
    flash(N_("Saved."))
    return redirect_to(PROFILE)


@blueprint.post("/profile/password")
@requires(SIGNED_IN)
def save_password() -> Response:
    """Store a new password after the current one was given; all other browsers are signed out."""
    person = viewer()
    end_read()
    try:
        own.demand_password(person, request.form.get("current_password", ""), request.remote_addr or "")
        new_hash = own.checked_password(
            request.form.get("password", ""), request.form.get("password_again", ""), (person.name, person.email)
        )
    except InvalidAccount as error:
        return _page(password_errors=error.errors)
    with unit_of_work():
        change_password(person, person.user_id or 0, new_hash, keep_token=session_token())
    flash(N_("Your password is changed. All other browsers are signed out."))
    return redirect_to(PROFILE)


@blueprint.post("/profile/sessions")
@requires(SIGNED_IN)
def sign_others_out() -> Response:
    """Sign out all browsers of the person but this one."""
    with unit_of_work():
        own.sign_out_others(viewer(), session_token() or "")
    flash(N_("All other browsers are signed out."))
    return redirect_to(f"{PROFILE}#sessions")


@blueprint.post("/profile/sessions/<int:session_id>")
@requires(SIGNED_IN)
def sign_one_out(session_id: int) -> Response:
    """Sign out one browser of the person; 404 for those of other people."""
    with unit_of_work():
        own.sign_out_one(viewer(), session_id)
    flash(N_("That browser is signed out."))
    return redirect_to(f"{PROFILE}#sessions")


def _page(
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, Message] = NOTHING,
    password_errors: Mapping[str, Message] = NOTHING,
) -> Response:
    person = viewer()
    values = values or {"name": person.name, "time_zone": person.time_zone, "locale": person.locale}
    sessions = sessions_of(person.user_id or 0, session_token())
    return render(
        "settings/profile.html",
        status=422 if errors or password_errors else 200,
        values=values,
        errors=errors,
        password_errors=password_errors,
        credentials=own.credentials_of(person.user_id or 0),
        sessions=[(one, device_of(one.user_agent)) for one in sessions],
        locales=available_locales(),
        time_zones=[(zone, zone.replace("_", " ")) for zone in time_zones(values["time_zone"])],
    )
