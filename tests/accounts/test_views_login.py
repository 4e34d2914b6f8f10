"""/login, /logout and /sign-in/<token>."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from crm.accounts.links import Purpose, create_link
from crm.accounts.models import SignInAttempt, UserAccount, UserSession
from crm.accounts.throttle import PER_ACCOUNT
from crm.db import db, unit_of_work
from crm.permissions.viewer import Viewer
from crm.web.auth import local_path
from tests.support import cast

BOB = cast.email_of("bob")


def sign_in(client: FlaskClient, email: str = BOB, password: str = cast.PASSWORD, **more: str) -> TestResponse:
    return client.post("/login", data={"email": email, "password": password, **more})


def count(table: type) -> int:
    return db.session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def test_signing_in_leads_to_where_one_was_going(client: FlaskClient) -> None:
    answer = client.get("/signed-out")
    assert answer.status_code == 200
    answer = sign_in(client, email=BOB.upper(), next="/objects/deals?q=a%20b")
    assert (answer.status_code, answer.location) == (303, "/objects/deals?q=a%20b")
    cookie = client.get_cookie("kartotek")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert client.get("/login").status_code == 303


@pytest.mark.parametrize("email", [BOB, "nobody@example.com", "", "x" * 10_000])
def test_a_wrong_password_and_an_unknown_person_get_one_answer(client: FlaskClient, email: str) -> None:
    answer = sign_in(client, email=email, password="wrong-wrong-wrong")
    assert answer.status_code == 422
    assert "E-mail or password is wrong." in answer.text
    assert client.get_cookie("kartotek") is None
    assert count(UserSession) == 0


def test_people_without_a_password_or_no_longer_active_stay_out(client: FlaskClient) -> None:
    for change in ({"is_active": False}, {"is_active": True, "password_hash": None}):
        with unit_of_work():
            db.session.execute(sa.update(UserAccount).where(UserAccount.email == BOB).values(**change))
        assert sign_in(client).status_code == 422


def test_too_many_tries_are_refused_even_with_the_right_password(client: FlaskClient) -> None:
    for _ in range(PER_ACCOUNT):
        assert sign_in(client, password="wrong-wrong-wrong").status_code == 422
    answer = sign_in(client)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert count(SignInAttempt) == PER_ACCOUNT


def test_signing_in_rotates_the_session_and_the_form_token(client: FlaskClient) -> None:
    sign_in(client)
    first, token = client.get_cookie("kartotek"), client.form_token()
    sign_in(client)
    second = client.get_cookie("kartotek")
    assert first
    assert second
    assert first.value != second.value
    assert token != client.form_token()
    assert count(UserSession) == 1


def test_an_old_hash_is_renewed_at_sign_in(client: FlaskClient) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash(cast.PASSWORD)
    stored = sa.select(UserAccount.password_hash).where(UserAccount.email == BOB)
    with unit_of_work():
        db.session.execute(sa.update(UserAccount).where(UserAccount.email == BOB).values(password_hash=weak))
    assert sign_in(client).status_code == 303
    assert db.session.execute(stored).scalar_one() != weak
    assert sign_in(client).status_code == 303


def test_signing_out_ends_the_session(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> None:
    browser = client_of(bob)
    answer = browser.post("/logout")
    assert answer.location == "/signed-out"
    assert browser.get_cookie("kartotek") is None
    assert count(UserSession) == 0


def test_signing_in_needs_the_token_of_the_form(client: FlaskClient) -> None:
    answer = client.post("/login", data={"email": BOB, "password": cast.PASSWORD}, form_token=False)
    assert answer.status_code == 400
    assert count(UserSession) == 0


@pytest.mark.parametrize(
    ("target", "led_to"),
    [
        ("/records/5?tab=activities", "/records/5?tab=activities"),
        (None, "/"),
        ("", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/%0d%0aSet-Cookie:x", "/%0d%0aSet-Cookie:x"),
        ("javascript:alert(1)", "/"),
        ("/login?next=/login", "/"),
        ("/logout", "/"),
    ],
)
def test_next_leads_to_paths_of_this_program_only(target: str | None, led_to: str) -> None:
    assert local_path(target) == led_to


def test_looking_at_a_sign_in_link_does_not_use_it(app: Flask, client: FlaskClient, bob: Viewer) -> None:
    with unit_of_work():
        token = create_link(Purpose.SIGN_IN, bob.user_id)
    for _ in range(2):
        answer = client.get(f"/sign-in/{token}")
        assert answer.status_code == 200
        assert "Sign in as Bob Stone" in answer.text
    assert client.post(f"/sign-in/{token}").location == "/"
    assert client.get_cookie("kartotek") is not None
    assert client.post(f"/sign-in/{token}").status_code == 404
    assert client.get(f"/sign-in/{token}").status_code == 404
    assert client.get("/sign-in/made-up").status_code == 404


def test_an_address_no_database_holds_is_no_mistake_of_ours(client: FlaskClient) -> None:
    answer = client.post("/login", data={"email": "a\x00@example.com", "password": "x"})
    assert answer.status_code in (400, 422)
