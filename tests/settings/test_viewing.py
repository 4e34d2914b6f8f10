"""Viewing as another user: exactly what they see, nothing that writes, and a way back."""

from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts.managing import deactivate
from crm.accounts.models import UserAccount
from crm.audit.models import AuditEntry
from crm.db import db, unit_of_work
from crm.permissions.viewer import Viewer
from crm.web.auth import WHILE_VIEWING, Level, access_of
from tests.factories import make_contact
from tests.support.html import read

Sign = Callable[[Viewer], FlaskClient]


def actions() -> list[tuple[str, int | None, int | None]]:
    columns = (AuditEntry.action, AuditEntry.actor_id, AuditEntry.about_id)
    return list(db.session.execute(sa.select(*columns).order_by(AuditEntry.id.desc()).limit(2)).tuples())


def view_as(browser: FlaskClient, viewer: Viewer) -> None:
    assert browser.post(f"/settings/users/{viewer.user_id}/viewing").location == "/"


def test_super_admin_sees_what_the_other_sees_and_comes_back(
    client_of: Sign, alice: Viewer, bob: Viewer, charlie: Viewer
) -> None:
    theirs, hidden = make_contact(bob), make_contact(charlie)
    browser = client_of(alice)
    view_as(browser, bob)
    page = read(browser.get(f"/records/{theirs}").text)
    assert "as Bob Stone does" in page.one("section", css="viewing").text
    assert browser.get(f"/records/{hidden}").status_code == 404
    assert browser.get("/settings/users").status_code == 403
    assert browser.post("/settings/viewing/end").location == f"/settings/users/{bob.user_id}"
    assert browser.get(f"/records/{hidden}").status_code == 200
    assert not read(browser.get("/settings").text).all("section", css="viewing")
    assert actions() == [
        ("viewing_ended", alice.user_id, bob.user_id),
        ("viewing_started", alice.user_id, bob.user_id),
    ]


def test_every_write_is_refused_in_words(app: Flask, client_of: Sign, alice: Viewer, bob: Viewer) -> None:
    """All routes, new ones included; those that only concern the session itself are named here."""
    browser = client_of(alice)
    view_as(browser, bob)
    open_while_viewing = set()
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        access = access_of(view)
        if "POST" not in (rule.methods or ()) or access is None or access.level is Level.PUBLIC:
            continue
        if getattr(view, WHILE_VIEWING, False):
            open_while_viewing.add(rule.endpoint)
            continue
        if not access.admits(bob):
            continue
        values = {name: 1 if "int" in str(rule._converters[name].__class__).lower() else "x" for name in rule.arguments}
        values |= {name: 1 for name in rule.arguments if name.endswith("_id")}
        address = rule.build(values, append_unknown=False)
        assert address is not None
        answer = browser.post(address[1])
        assert answer.status_code == 403, address[1]
        assert "while you view as somebody else" in answer.text, address[1]
    assert open_while_viewing == {"accounts.log_out", "settings.end_viewing"}


def test_refusal_comes_before_anything_is_written(client_of: Sign, alice: Viewer, bob: Viewer) -> None:
    browser = client_of(alice)
    view_as(browser, bob)
    browser.post("/settings/profile", data={"name": "Mallory", "time_zone": "UTC"})
    assert db.session.scalar(sa.select(UserAccount.name).where(UserAccount.id == bob.user_id)) == "Bob Stone"


def test_only_super_admins_view_as_others_and_not_as_themselves(
    client_of: Sign, alice: Viewer, bob: Viewer, charlie: Viewer
) -> None:
    assert client_of(bob).post(f"/settings/users/{charlie.user_id}/viewing").status_code == 403
    browser = client_of(alice)
    assert browser.post(f"/settings/users/{alice.user_id}/viewing").status_code == 403
    assert browser.post("/settings/users/99999/viewing").status_code == 404


def test_secrets_of_the_other_stay_theirs(client_of: Sign, alice: Viewer, bob: Viewer) -> None:
    browser = client_of(alice)
    view_as(browser, bob)
    assert browser.get("/settings/profile/two-factor").status_code == 403


def test_signing_out_while_viewing_is_told_of_the_right_person(client_of: Sign, alice: Viewer, bob: Viewer) -> None:
    browser, theirs = client_of(alice), client_of(bob)
    view_as(browser, bob)
    assert browser.post("/logout").location == "/signed-out"
    assert theirs.get("/settings").status_code == 200
    assert actions()[0] == ("signed_out", alice.user_id, None)


def test_viewing_ends_when_the_other_may_no_longer_come_in(client_of: Sign, alice: Viewer, bob: Viewer) -> None:
    browser = client_of(alice)
    view_as(browser, bob)
    with unit_of_work():
        deactivate(alice, bob.user_id or 0)
    assert browser.get("/settings/users").status_code == 200
