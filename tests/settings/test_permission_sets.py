"""/settings/permission-sets: the grid of object types, verbs and scopes, and account rights."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts.operations import EVERYTHING, SALES_TEAM, SUPER_ADMIN, VIEW_ONLY, permission_set_id, sync_defaults
from crm.accounts.queries import directory, viewer_for
from crm.db import unit_of_work
from crm.objects.queries import schema
from crm.permissions.actions import AccountRight, Scope, Verb
from crm.permissions.viewer import Viewer
from crm.settings.rights import RIGHT_LABELS, SCOPE_LABELS, VERB_LABELS
from tests.factories import make_contact
from tests.support.html import read

Sign = Callable[[Viewer], FlaskClient]
SETS = "/settings/permission-sets"


def form_of(browser: FlaskClient, path: str) -> dict[str, str]:
    """What the form of the page sends when nobody touches it."""
    return read(browser.get(path).text).one("main").one("form", css="form").fields()


def names() -> list[str]:
    return sorted(one.name for one in directory().permission_sets.values())


def test_every_verb_scope_and_right_has_words() -> None:
    assert set(VERB_LABELS) == set(Verb)
    assert set(SCOPE_LABELS) == set(Scope)
    assert set(RIGHT_LABELS) == set(AccountRight)


def test_form_shows_what_holds_and_saving_it_untouched_changes_nothing(client_of: Sign, alice: Viewer) -> None:
    browser, set_id = client_of(alice), permission_set_id(SALES_TEAM)
    before = directory().permission_sets[set_id]
    fields = form_of(browser, f"{SETS}/{set_id}")
    assert fields["contact.view"] == "team"
    assert fields["contact.create"] == "everything"
    assert len([name for name in fields if "." in name]) == len(schema().types) * len(Verb)
    assert browser.post(f"{SETS}/{set_id}", data=fields).location == f"{SETS}/{set_id}"
    assert directory().permission_sets[set_id] == before


def test_change_holds_from_the_next_request_and_ends_no_session(
    client_of: Sign, alice: Viewer, bob: Viewer, charlie: Viewer
) -> None:
    contact = make_contact(charlie)
    browser, theirs, path = client_of(alice), client_of(bob), f"{SETS}/{permission_set_id(SALES_TEAM)}"
    assert theirs.get(f"/records/{contact}").status_code == 404
    assert theirs.get("/settings/users").status_code == 403
    fields = form_of(browser, path) | {"contact.view": "everything", "right": "manage_users"}
    browser.post(path, data=fields)
    assert theirs.get(f"/records/{contact}").status_code == 200
    assert theirs.get("/settings/users").status_code == 200
    browser.post(
        path, data=fields | {"contact.view": "none", "contact.edit": "none", "contact.delete": "none", "right": ""}
    )
    assert theirs.get(f"/records/{contact}").status_code == 404
    assert theirs.get("/objects/contacts").status_code == 403
    assert theirs.get("/settings/users").status_code == 403


def test_set_is_cloned_renamed_and_deleted(client_of: Sign, alice: Viewer) -> None:
    browser, original = client_of(alice), permission_set_id(EVERYTHING)
    fields = form_of(browser, f"{SETS}/new?copy={original}")
    assert fields["name"] == "Copy of Everything"
    ticked = [
        one["value"]
        for one in read(browser.get(f"{SETS}/new?copy={original}").text).all("input", name="right")
        if "checked" in one
    ]
    path = browser.post(SETS, data=fields | {"right": ticked}).location
    copy, source = (directory().permission_sets[one] for one in (int(path.rsplit("/", 1)[1]), original))
    assert (copy.scopes, copy.account_rights) == (source.scopes, source.account_rights)
    assert browser.post(SETS, data=fields | {"right": ticked}).location == path, "sent twice, made once"
    browser.post(path, data=form_of(browser, path) | {"name": "Managers"})
    assert "Managers" in names()
    assert browser.post(f"{path}/removal").location == SETS
    assert "Managers" not in names()


def test_set_that_somebody_has_stays(client_of: Sign, alice: Viewer) -> None:
    answer = client_of(alice).post(f"{SETS}/{permission_set_id(VIEW_ONLY)}/removal")
    assert answer.status_code == 422
    assert "It is in use (1)" in answer.text
    assert VIEW_ONLY in names()


def test_set_of_super_admins_is_fixed(client_of: Sign, alice: Viewer) -> None:
    browser, path = client_of(alice), f"{SETS}/{permission_set_id(SUPER_ADMIN)}"
    assert not read(browser.get(path).text).one("main").all("select")
    assert browser.post(path, data={"name": "Nobody"}).status_code == 403
    assert browser.post(f"{path}/removal").status_code == 403


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"name": " "}, "name-hint"),
        ({"name": "view ONLY"}, "name-hint"),
        ({"name": "x" * 61}, "name-hint"),
        ({"contact.view": "own", "contact.edit": "team"}, "contact-hint"),
        ({"deal.view": "none", "deal.delete": "own"}, "deal-hint"),
    ],
)
def test_what_cannot_be_is_told_where_it_stands_and_kept(
    client_of: Sign, alice: Viewer, change: dict[str, str], place: str
) -> None:
    browser, path = client_of(alice), f"{SETS}/{permission_set_id(SALES_TEAM)}"
    before = directory().permission_sets
    fields = form_of(browser, path) | change
    answer = browser.post(path, data=fields)
    assert answer.status_code == 422
    page = read(answer.text)
    assert page.one(id=place).text
    assert change.items() <= page.one("main").one("form", css="form").fields().items()
    assert directory().permission_sets == before


def test_scope_that_no_form_sends_is_refused(client_of: Sign, alice: Viewer) -> None:
    path = f"{SETS}/{permission_set_id(SALES_TEAM)}"
    assert client_of(alice).post(path, data={"name": "X", "contact.view": "galaxy"}).status_code == 400


def test_sets_are_for_super_admins_even_when_one_manages_users(client_of: Sign, alice: Viewer, bob: Viewer) -> None:
    path = f"{SETS}/{permission_set_id(SALES_TEAM)}"
    browser = client_of(alice)
    browser.post(path, data=form_of(browser, path) | {"right": "manage_users"})
    assert viewer_for(bob.user_id or 0).has_right(AccountRight.MANAGE_USERS)
    for refused in (SETS, f"{SETS}/new", path):
        assert client_of(bob).get(refused).status_code == 403
    assert client_of(bob).post(path, data={"name": "Mine"}).status_code == 403


def test_sync_brings_back_no_set_that_was_deleted_or_renamed(app: Flask, client_of: Sign, alice: Viewer) -> None:
    path = f"{SETS}/{permission_set_id(EVERYTHING)}"
    client_of(alice).post(f"{path}/removal")
    with unit_of_work():
        sync_defaults(schema().types)
    assert EVERYTHING not in names()
