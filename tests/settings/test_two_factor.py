"""Two-factor sign-in: set up, asked for, and let go."""

from collections.abc import Callable

import pyotp
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from time_machine import Traveller
from werkzeug.test import TestResponse

from crm.accounts import two_factor
from crm.accounts.models import RecoveryCode, UserAccount
from crm.accounts.throttle import PER_ACCOUNT
from crm.audit.models import AuditEntry
from crm.db import db, unit_of_work
from crm.permissions.errors import Forbidden
from crm.permissions.viewer import Viewer
from tests.support import cast
from tests.support.html import read

Sign = Callable[[Viewer], FlaskClient]
PAGE = "/settings/profile/two-factor"
PASSWORD = {"current_password": cast.PASSWORD}


def secret_of(viewer: Viewer, column: str = "totp_secret") -> str:
    wanted = sa.select(getattr(UserAccount, column)).where(UserAccount.id == viewer.user_id)
    return db.session.execute(wanted).scalar_one() or ""


def code_of(viewer: Viewer, column: str = "totp_secret") -> str:
    return pyotp.TOTP(secret_of(viewer, column)).now()


def turn_on(browser: FlaskClient, viewer: Viewer) -> list[str]:
    """Turn the second factor on, as a person does; the recovery codes that are shown."""
    assert browser.post(f"{PAGE}/secret", data=PASSWORD).location == PAGE
    answer = browser.post(PAGE, data={"code": code_of(viewer, "totp_pending")})
    assert answer.status_code == 200
    return [one.text for one in read(answer.text).one("ul", css="codes").all("code")]


def sign_in(client: FlaskClient, viewer: Viewer, code: str | None = None) -> TestResponse:
    answer = client.post("/login", data={"email": viewer.email, "password": cast.PASSWORD, "next": "/search"})
    assert answer.location == "/login/code"
    return answer if code is None else client.post("/login/code", data={"code": code})


def test_set_up_asks_for_the_password_then_for_a_code(client_of: Sign, bob: Viewer) -> None:
    browser, other = client_of(bob), client_of(bob)
    assert browser.post(f"{PAGE}/secret", data={"current_password": "a guess"}).status_code == 422
    assert secret_of(bob, "totp_pending") == ""
    browser.post(f"{PAGE}/secret", data=PASSWORD)
    page = read(browser.get(PAGE).text)
    assert page.one("figure", css="qr").one("svg")
    assert page.one("code", css="secret").text.replace(" ", "") == secret_of(bob, "totp_pending")
    assert browser.post(PAGE, data={"code": "000000 nonsense"}).status_code == 422
    assert secret_of(bob) == ""
    browser.post(PAGE, data={"code": code_of(bob, "totp_pending")})
    assert secret_of(bob)
    assert other.get("/settings").status_code == 303
    assert browser.get("/settings").status_code == 200


def test_sign_in_asks_for_the_code_and_opens_nothing_before(
    client: FlaskClient, client_of: Sign, bob: Viewer, clock: Traveller
) -> None:
    turn_on(client_of(bob), bob)
    clock.shift(60)
    sign_in(client, bob)
    assert client.get("/objects/contacts").status_code == 303
    assert client.post("/login/code", data={"code": "123"}).status_code == 422
    answer = client.post("/login/code", data={"code": f" {code_of(bob)[:3]} {code_of(bob)[3:]} "})
    assert (answer.status_code, answer.location) == (303, "/search")
    assert client.get("/objects/contacts").status_code == 200


def test_code_works_once(client: FlaskClient, client_of: Sign, bob: Viewer, clock: Traveller) -> None:
    turn_on(client_of(bob), bob)
    clock.shift(60)
    code = code_of(bob)
    assert sign_in(client, bob, code).status_code == 303
    assert sign_in(client, bob, code).status_code == 422
    clock.shift(30)
    assert sign_in(client, bob, code_of(bob)).status_code == 303


@pytest.mark.parametrize(("late", "status"), [(29, 303), (-30, 303), (90, 422), (-90, 422)])
def test_code_is_good_for_its_half_minute_and_one_before_and_after(
    client: FlaskClient, client_of: Sign, bob: Viewer, clock: Traveller, late: int, status: int
) -> None:
    turn_on(client_of(bob), bob)
    clock.shift(600)
    code = code_of(bob)
    clock.shift(late)
    assert sign_in(client, bob, code).status_code == status


def test_recovery_code_lets_in_once_and_is_kept_as_a_hash(client: FlaskClient, client_of: Sign, bob: Viewer) -> None:
    codes = turn_on(client_of(bob), bob)
    assert len(set(codes)) == two_factor.RECOVERY_CODES
    stored = set(db.session.scalars(sa.select(RecoveryCode.code_hash)))
    assert all(len(one) == 64 for one in stored)
    assert sign_in(client, bob, codes[3].upper().replace("-", " ")).status_code == 303
    actions = list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(2)))
    assert actions == ["signed_in", "recovery_code_used"]
    assert sign_in(client, bob, codes[3]).status_code == 422
    assert "9 recovery codes are unused" in client_of(bob).get(PAGE).text


def test_guessing_codes_is_slowed_down_by_the_password_step_too(
    client: FlaskClient, client_of: Sign, bob: Viewer, clock: Traveller
) -> None:
    """Giving the right password again and again must not give new tries."""
    turn_on(client_of(bob), bob)
    clock.shift(60)
    for _ in range(PER_ACCOUNT // 2):
        assert sign_in(client, bob, "000000x").status_code == 422
    assert client.post("/login", data={"email": bob.email, "password": cast.PASSWORD}).status_code == 429
    assert client.post("/login/code", data={"code": code_of(bob)}).status_code == 429


def test_question_that_is_too_old_leads_back(
    client: FlaskClient, client_of: Sign, bob: Viewer, clock: Traveller
) -> None:
    turn_on(client_of(bob), bob)
    sign_in(client, bob)
    clock.shift(11 * 60)
    answer = client.post("/login/code", data={"code": code_of(bob)})
    assert answer.location == "/login"
    assert "That took too long" in client.get("/login").text


def test_code_page_without_a_question_leads_back(client: FlaskClient) -> None:
    assert client.get("/login/code").location == "/login"
    assert client.post("/login/code", data={"code": "123456"}).location == "/login"


def test_turning_off_needs_the_password(client: FlaskClient, client_of: Sign, bob: Viewer) -> None:
    browser = client_of(bob)
    turn_on(browser, bob)
    assert browser.post(f"{PAGE}/removal", data={"current_password": "a guess"}).status_code == 422
    assert secret_of(bob)
    assert browser.post(f"{PAGE}/removal", data=PASSWORD).status_code == 303
    assert secret_of(bob) == ""
    answer = client.post("/login", data={"email": bob.email, "password": cast.PASSWORD})
    assert answer.location == "/"


def test_new_recovery_codes_replace_the_old_ones(client: FlaskClient, client_of: Sign, bob: Viewer) -> None:
    browser = client_of(bob)
    old = turn_on(browser, bob)
    answer = browser.post("/settings/profile/recovery-codes", data=PASSWORD)
    new = [one.text for one in read(answer.text).one("ul", css="codes").all("code")]
    assert sign_in(client, bob, old[0]).status_code == 422
    assert sign_in(client, bob, new[0]).status_code == 303


def test_only_a_super_admin_resets_the_second_factor_of_others(
    client_of: Sign, alice: Viewer, bob: Viewer, charlie: Viewer
) -> None:
    browser = client_of(bob)
    turn_on(browser, bob)
    with pytest.raises(Forbidden), unit_of_work():
        two_factor.reset(charlie, bob.user_id or 0)
    assert secret_of(bob)
    with unit_of_work():
        two_factor.reset(alice, bob.user_id or 0)
    assert secret_of(bob) == ""
    assert browser.get("/settings").status_code == 303


def test_own_second_factor_is_not_reset_without_the_password(client_of: Sign, alice: Viewer) -> None:
    browser, path = client_of(alice), f"/settings/users/{alice.user_id}"
    turn_on(browser, alice)
    assert browser.post(f"{path}/two-factor/removal").status_code == 403
    assert browser.post(f"{path}/password-link").status_code == 422
    assert secret_of(alice)
    assert "/settings/profile" in [one["href"] for one in read(browser.get(path).text).one("main").all("a")]


@pytest.mark.parametrize("end", ["cancelled", "signed in elsewhere"])
def test_set_up_that_was_left_off_begins_anew(client: FlaskClient, client_of: Sign, bob: Viewer, end: str) -> None:
    browser = client_of(bob)
    browser.post(f"{PAGE}/secret", data=PASSWORD)
    if end == "cancelled":
        browser.post(f"{PAGE}/cancellation")
    else:
        client.post("/login", data={"email": bob.email, "password": cast.PASSWORD})
    assert secret_of(bob, "totp_pending") == ""
    assert browser.post(PAGE, data={"code": "123456"}).status_code == 422
