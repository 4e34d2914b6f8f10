"""`flask --app app password-link`: back in for whoever is locked out."""

import re

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts.models import UserAccount
from crm.db import db, end_read, unit_of_work
from crm.permissions.viewer import Viewer
from tests.support import cast


def test_link_of_the_command_sets_a_password_and_lets_in_without_a_code(
    app: Flask, client: FlaskClient, alice: Viewer
) -> None:
    with unit_of_work():
        db.session.execute(sa.update(UserAccount).where(UserAccount.id == alice.user_id).values(totp_secret="A" * 32))
    end_read()
    answer = app.test_cli_runner().invoke(args=["password-link", "ALICE@example.com", "--reset-two-factor"])
    assert answer.exit_code == 0, answer.output
    path = re.search(r"(/password/\S+)", answer.output)
    assert path
    new = {"password": "seven-lemons-on-a-barge", "password_again": "seven-lemons-on-a-barge"}
    assert client.post(path[1], data=new).location == "/login"
    assert client.post("/login", data={"email": alice.email, "password": new["password"]}).location == "/"


def test_nobody_is_told_in_one_line(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["password-link", cast.email_of("nobody")])
    assert answer.exit_code == 1
    assert "nobody active" in answer.output
