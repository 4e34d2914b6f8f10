"""The fixtures themselves: a fresh database for each test, a cast with the rights DESIGN 13 gives it, no way out."""

import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings

from crm.activities.types import activity_types
from crm.db import db
from crm.permissions.actions import Scope, Verb
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from tests.architecture.source import explain
from tests.factories import make_activity, make_contact, make_note
from tests.support.network import NetworkRefused
from tests.support.queries import count_queries

BROWSER = Path(__file__).parents[1] / "browser"


def records() -> int:
    return db.session.scalar(unguarded(sa.select(sa.func.count()).select_from(Record), "a test counts")) or 0


@pytest.mark.parametrize("time", ["first", "second"])
def test_each_test_starts_on_an_empty_database(alice: Viewer, time: str) -> None:
    assert records() == 0
    make_contact(alice)
    assert records() == 1


def test_cast_has_the_rights_of_its_part(alice: Viewer, bob: Viewer, charlie: Viewer, dana: Viewer) -> None:
    assert alice.is_super_admin
    assert bob.team_id == alice.team_id != charlie.team_id
    assert bob.scope("contact", Verb.EDIT) is Scope.TEAM
    assert charlie.scope("contact", Verb.VIEW) is Scope.TEAM
    assert {verb: dana.scope("deal", verb) for verb in Verb} == {
        Verb.VIEW: Scope.EVERYTHING,
        Verb.EDIT: Scope.NONE,
        Verb.CREATE: Scope.NONE,
        Verb.DELETE: Scope.NONE,
    }


def test_browser_is_signed_in_as_its_person(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> None:
    assert client_of(bob).get("/objects/contacts").status_code == 200


def test_eve_is_sent_to_the_login_page(eve: FlaskClient) -> None:
    answer = eve.get("/objects/contacts")
    assert answer.status_code == 303
    assert answer.location.startswith("/login")


def test_every_kind_of_activity_has_a_factory(app: Flask, alice: Viewer) -> None:
    contact = make_contact(alice)
    for kind in activity_types:
        assert make_activity(alice, kind.name, contact)


def test_queries_are_counted(alice: Viewer) -> None:
    make_note(alice, make_contact(alice))
    with count_queries() as queries:
        records()
    assert len(queries) == 1


def test_tests_cannot_leave_this_machine() -> None:
    with pytest.raises(NetworkRefused):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(NetworkRefused):
        socket.getaddrinfo("example.com", 80)


def test_no_example_of_a_property_test_has_to_be_quick() -> None:
    assert settings().deadline is None


def test_browser_tests_click_boxes_instead_of_setting_them() -> None:
    setting = re.compile(r"\.(check|uncheck|set_checked)\(")
    faults = [
        f"{path.name}:{number}"
        for path in sorted(BROWSER.glob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if setting.search(line)
    ]
    law = "check() looks at the box once more after its click, when the answer may have taken it away; click() it:"
    assert not faults, explain(law, faults)
