"""/setup/<token>: the first owner of a new Kartotek."""

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts.links import Purpose, create_link
from crm.accounts.models import SignInLink, UserAccount, UserSession
from crm.accounts.queries import STAMP, directory, viewer_for
from crm.db import db, touch, unit_of_work
from crm.jobs.models import Job
from tests.support import cast

FORM = {
    "name": "Olga Owner",
    "email": "Olga@Example.com",
    "password": cast.PASSWORD,
    "time_zone": "Europe/Warsaw",
    "sample_data": "0",
}


@pytest.fixture
def token(app: Flask) -> str:
    """A set-up link of a Kartotek where nobody is yet."""
    with unit_of_work():
        db.session.execute(sa.delete(UserAccount))
        touch(STAMP)
        return create_link(Purpose.SETUP)


def test_looking_at_the_link_changes_nothing(client: FlaskClient, token: str) -> None:
    for _ in range(2):
        answer = client.get(f"/setup/{token}")
        assert answer.status_code == 200
        assert "Europe/Warsaw" in answer.text
    assert db.session.execute(sa.select(SignInLink.used_at)).scalar_one() is None


def test_the_owner_is_a_super_admin_and_signed_in(client: FlaskClient, token: str) -> None:
    answer = client.post(f"/setup/{token}", data=FORM)
    assert (answer.status_code, answer.location) == (303, "/")
    owner = viewer_for(next(iter(directory().users)))
    assert (owner.name, owner.email, owner.time_zone) == ("Olga Owner", "olga@example.com", "Europe/Warsaw")
    assert owner.is_super_admin
    assert client.get("/login").status_code == 303
    assert db.session.execute(sa.select(Job.kind)).scalars().all() == []


def test_sample_data_is_loaded_by_a_job(client: FlaskClient, token: str) -> None:
    client.post(f"/setup/{token}", data={**FORM, "sample_data": "1"})
    assert db.session.execute(sa.select(Job.kind)).scalars().all() == ["sample_data"]


def test_mistakes_are_shown_and_nothing_is_written(client: FlaskClient, token: str) -> None:
    answer = client.post(f"/setup/{token}", data={**FORM, "password": "password1234", "email": "no"})
    assert answer.status_code == 422
    assert "Olga Owner" in answer.text
    assert "password1234" not in answer.text
    assert not directory().users
    assert client.post(f"/setup/{token}", data=FORM).status_code == 303


def test_the_link_works_once_and_never_again(client: FlaskClient, token: str) -> None:
    with unit_of_work():
        spare = create_link(Purpose.SETUP)
    client.post(f"/setup/{token}", data=FORM)
    for used in (token, spare):
        assert client.get(f"/setup/{used}").status_code == 404
        assert client.post(f"/setup/{used}", data={**FORM, "email": "eve@example.com"}).status_code == 404
    assert len(directory().users) == 1
    assert db.session.execute(sa.select(sa.func.count()).select_from(UserSession)).scalar_one() == 1


def test_the_language_of_the_browser_becomes_the_owners(client: FlaskClient, token: str) -> None:
    client.post(f"/setup/{token}", data=FORM, headers={"Accept-Language": "sv-SE,sv;q=0.9,en;q=0.5"})
    assert viewer_for(next(iter(directory().users))).locale == "sv"
