"""/settings/profile/two-factor: turning the second factor on and off, and recovery codes."""

import io
from collections.abc import Mapping

import segno
from flask import Response, request
from markupsafe import Markup

from crm.accounts import own, two_factor
from crm.accounts.operations import InvalidAccount
from crm.db import end_read, unit_of_work
from crm.messages import N_, Message
from crm.settings.views.blueprint import blueprint
from crm.web.auth import SIGNED_IN, requires, session_token, viewer
from crm.web.flashes import flash
from crm.web.htmx import redirect_to, render

TWO_FACTOR = "/settings/profile/two-factor"
NOTHING: Mapping[str, Message] = {}


@blueprint.get("/profile/two-factor")
@requires(SIGNED_IN)
def show_two_factor() -> Response:
    """How things stand, and the next step."""
    return _page()


@blueprint.post("/profile/two-factor/secret")
@requires(SIGNED_IN)
def begin_two_factor() -> Response:
    """After the password: make a secret to put into the app; nothing is asked for before its first code."""
    try:
        _demand_password()
        with unit_of_work():
            two_factor.begin(viewer())
    except InvalidAccount as error:
        return _page(error.errors)
    return redirect_to(TWO_FACTOR)


@blueprint.post("/profile/two-factor")
@requires(SIGNED_IN)
def turn_two_factor_on() -> Response:
    """Take the first code, and show the recovery codes; they are not shown again."""
    try:
        with unit_of_work():
            codes = two_factor.turn_on(viewer(), request.form.get("code", "")[:100], session_token())
    except InvalidAccount as error:
        return _page(error.errors)
    return render("settings/recovery_codes.html", codes=codes, was_just_turned_on=True)


@blueprint.post("/profile/two-factor/cancellation")
@requires(SIGNED_IN)
def give_two_factor_up() -> Response:
    """Leave off setting it up; the secret that was shown is worth nothing."""
    with unit_of_work():
        two_factor.give_up(viewer())
    return redirect_to("/settings/profile#two-factor")


@blueprint.post("/profile/two-factor/removal")
@requires(SIGNED_IN)
def turn_two_factor_off() -> Response:
    """After the password: ask for codes no more."""
    try:
        _demand_password()
    except InvalidAccount as error:
        return _page(error.errors)
    with unit_of_work():
        two_factor.turn_off(viewer(), session_token())
    flash(N_("Two-factor sign-in is off. All other browsers are signed out."))
    return redirect_to("/settings/profile#two-factor")


@blueprint.post("/profile/recovery-codes")
@requires(SIGNED_IN)
def make_codes() -> Response:
    """After the password: new recovery codes instead of the old ones."""
    try:
        _demand_password()
        with unit_of_work():
            codes = two_factor.make_recovery_codes(viewer())
    except InvalidAccount as error:
        return _page(error.errors)
    return render("settings/recovery_codes.html", codes=codes, was_just_turned_on=False)


def _demand_password() -> None:
    person = viewer()
    end_read()
    own.demand_password(person, request.form.get("current_password", ""), request.remote_addr or "")


def _page(errors: Mapping[str, Message] = NOTHING) -> Response:
    person = viewer()
    secret = two_factor.pending(person)
    credentials = own.credentials_of(person.user_id or 0)
    return render(
        "settings/two_factor.html",
        status=422 if errors else 200,
        errors=errors,
        credentials=credentials,
        codes_left=two_factor.codes_left(person.user_id or 0),
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)) if secret else "",
        picture=_picture(two_factor.address_of(person, secret)) if secret else "",
    )


def _picture(text: str) -> Markup:
    """A QR code as SVG without styles, dark on white in every theme: cameras want it so."""
    out = io.BytesIO()
    segno.make(text, error="m").save(
        out, kind="svg", xmldecl=False, svgns=True, scale=1, border=3, light="#fff", omitsize=True, nl=False
    )
    return Markup(out.getvalue().decode())  # noqa: S704 - made by segno from numbers
