"""/settings/users: the list, inviting, one person's account, deactivating."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts.operations import SALES_TEAM, VIEW_ONLY, permission_set_id
from crm.accounts.queries import UserState, directory, find_user
from crm.accounts.throttle import PER_ACCOUNT
from crm.activities.queries import get_activity
from crm.db import db
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.settings.handover import count_owned
from tests.factories import make_contact, make_deal, make_note, make_task
from tests.support import cast
from tests.support.html import Element, read

Sign = Callable[[Viewer], FlaskClient]


def names(page: Element) -> list[str]:
    return [row.one("th").one("a").text for row in page.one("tbody").all("tr")]


def link_in(text: str) -> str:
    """The path of the link that a page shows to be handed over."""
    return "/" + read(text).one("section", css="handover").one("input")["value"].split("/", 3)[3]


def owner_of(record_id: int) -> int | None:
    return db.session.scalar(unguarded(sa.select(Record.owner_id).where(Record.id == record_id), "a test"))


def invitation(**values: str) -> dict[str, str]:
    form = {"name": "Ewa Nowak", "email": "ewa@example.com", "team_id": ""}
    return form | {"permission_set_id": str(permission_set_id(VIEW_ONLY))} | values


def test_list_is_searched_and_filtered(client_of: Sign, alice: Viewer, bob: Viewer) -> None:
    browser = client_of(alice)
    for query, found in (
        ("", ["Alice Berg", "Bob Stone", "Charlie Reed", "Dana Holm"]),
        ("?q=reed", ["Charlie Reed"]),
        ("?q=DANA@", ["Dana Holm"]),
        (f"?team={bob.team_id}", ["Alice Berg", "Bob Stone", "Dana Holm"]),
        (f"?permission_set={permission_set_id(SALES_TEAM)}&q=o", ["Bob Stone", "Charlie Reed"]),
        ("?state=active&q=alice", ["Alice Berg"]),
    ):
        assert names(read(browser.get(f"/settings/users{query}").text)) == found, query
    assert "Nobody matches" in browser.get("/settings/users?state=deactivated").text
    for nonsense in ("state=asleep", "team=north", "permission_set=-1", "page-key=x"):
        assert browser.get(f"/settings/users?{nonsense}").status_code == 400, nonsense


@pytest.mark.parametrize("path", ["", "/new", "/1", "/1/deactivation"])
def test_pages_are_for_people_who_manage_users(client_of: Sign, bob: Viewer, path: str) -> None:
    assert client_of(bob).get(f"/settings/users{path}").status_code == 403


def test_invited_person_comes_in_by_the_link_once(client: FlaskClient, client_of: Sign, alice: Viewer) -> None:
    answer = client_of(alice).post("/settings/users", data=invitation())
    path = link_in(answer.text)
    assert "ewa@example.com" in client.get(path).text
    assert client.post("/login", data={"email": "ewa@example.com", "password": ""}).status_code == 422
    short = client.post(path, data={"name": "Ewa N.", "password": "short", "time_zone": "UTC"})
    assert short.status_code == 422
    assert read(short.text).one("input", id="name")["value"] == "Ewa N."
    form = {"name": "Ewa N.", "password": cast.PASSWORD, "time_zone": "Europe/Warsaw"}
    assert client.post(path, data=form).location == "/"
    assert client.get("/objects/contacts").status_code == 200
    assert client.get(path).status_code == 404
    assert client.post(path, data=form).status_code == 404


def test_invitation_that_cannot_be_taken_keeps_what_was_typed(client_of: Sign, alice: Viewer) -> None:
    form = invitation(email=alice.email, permission_set_id="")
    answer = client_of(alice).post("/settings/users", data=form)
    assert answer.status_code == 422
    page = read(answer.text)
    assert page.one("input", id="name")["value"] == "Ewa Nowak"
    assert page.one("input", id="email")["value"] == alice.email
    assert "e-mail address already" in page.one(id="email-hint").text
    assert page.one(id="permission_set_id-hint").text


def test_invitation_sent_twice_makes_one_person(client_of: Sign, alice: Viewer) -> None:
    browser = client_of(alice)
    key = read(browser.get("/settings/users/new").text).one("input", name="key")["value"]
    assert browser.post("/settings/users", data=invitation(key=key)).status_code == 200
    again = browser.post("/settings/users", data=invitation(key=key))
    found = find_user("ewa@example.com")
    assert found is not None
    assert again.location == f"/settings/users/{found.id}"


def test_invitation_is_made_anew_and_withdrawn(client: FlaskClient, client_of: Sign, alice: Viewer) -> None:
    browser = client_of(alice)
    old = link_in(browser.post("/settings/users", data=invitation()).text)
    found = find_user("ewa@example.com")
    assert found is not None
    page = browser.get(f"/settings/users/{found.id}").text
    assert "handover" not in page, "the link is shown once only"
    new = link_in(browser.post(f"/settings/users/{found.id}/invitation").text)
    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)
    assert browser.post(f"/settings/users/{found.id}/invitation/removal").location == "/settings/users"
    assert client.get(new).status_code == 404
    assert find_user("ewa@example.com") is None


def test_account_is_edited_with_mistakes_beside_their_fields(client_of: Sign, alice: Viewer, bob: Viewer) -> None:
    browser, path = client_of(alice), f"/settings/users/{bob.user_id}"
    fields = read(browser.get(path).text).one("form", action=path).fields()
    wrong = browser.post(path, data=fields | {"email": "nonsense"})
    assert wrong.status_code == 422
    assert read(wrong.text).one("input", id="email")["value"] == "nonsense"
    assert browser.post(path, data=fields | {"name": "Robert Stone", "team_id": ""}).location == path
    now = directory().users[bob.user_id or 0]
    assert (now.name, now.team_id) == ("Robert Stone", None)
    assert browser.get("/settings/users/99999").status_code == 404


def test_form_that_lacks_fields_comes_back_with_what_is_missing(client_of: Sign, alice: Viewer, bob: Viewer) -> None:
    answer = client_of(alice).post(f"/settings/users/{bob.user_id}", data={"email": "bob@example.com"})
    assert answer.status_code == 422
    assert "Enter a name" in answer.text


def test_reset_link_leads_to_a_new_password(client: FlaskClient, client_of: Sign, alice: Viewer, bob: Viewer) -> None:
    theirs = client_of(bob)
    path = link_in(client_of(alice).post(f"/settings/users/{bob.user_id}/password-link").text)
    new = "seven-lemons-on-a-barge"
    assert client.get(path).status_code == 200
    assert client.post(path, data={"password": new, "password_again": "other"}).status_code == 422
    assert client.post(path, data={"password": new, "password_again": new}).location == "/login"
    assert theirs.get("/settings").status_code == 303
    assert client.post("/login", data={"email": bob.email, "password": new}).location == "/"
    assert client.get(path).status_code == 404


def test_reset_link_lets_somebody_in_who_tried_too_often(
    client: FlaskClient, client_of: Sign, alice: Viewer, bob: Viewer
) -> None:
    for _ in range(PER_ACCOUNT):
        client.post("/login", data={"email": bob.email, "password": "which one was it"})
    assert client.post("/login", data={"email": bob.email, "password": cast.PASSWORD}).status_code == 429
    path = link_in(client_of(alice).post(f"/settings/users/{bob.user_id}/password-link").text)
    new = "seven-lemons-on-a-barge"
    client.post(path, data={"password": new, "password_again": new})
    assert client.post("/login", data={"email": bob.email, "password": new}).location == "/"


def test_deactivated_person_is_out_at_once_and_hands_over_what_is_open(
    app: Flask, client_of: Sign, alice: Viewer, bob: Viewer, charlie: Viewer, work: Callable[[], None]
) -> None:
    contact, deal = make_contact(bob), make_deal(bob)
    note, task, done = make_note(bob, contact), make_task(bob, contact), make_task(bob, contact, status="COMPLETED")
    assert count_owned(bob.user_id or 0) == 3
    theirs, browser, path = client_of(bob), client_of(alice), f"/settings/users/{bob.user_id}"
    assert "They own 3." in browser.get(f"{path}/deactivation").text
    wrong = browser.post(f"{path}/deactivation", data={"handed_to": str(bob.user_id)})
    assert wrong.status_code == 422
    assert browser.post(f"{path}/deactivation", data={"handed_to": str(charlie.user_id)}).location == path
    assert theirs.get("/settings").status_code == 303
    work()
    owners = {one: owner_of(one) for one in (contact, deal, note, task, done)}
    assert owners == {
        contact: charlie.user_id,
        deal: charlie.user_id,
        note: bob.user_id,
        task: charlie.user_id,
        done: bob.user_id,
    }
    assert get_activity(alice, task).values["hubspot_owner_id"] == charlie.user_id
    assert directory().users[bob.user_id or 0].state is UserState.DEACTIVATED
    assert browser.post(f"{path}/reactivation").location == path
    assert directory().users[bob.user_id or 0].state is UserState.ACTIVE


def test_records_stay_when_nobody_is_named_and_are_handed_over_later(
    client_of: Sign, alice: Viewer, bob: Viewer, work: Callable[[], None]
) -> None:
    contact = make_contact(bob)
    browser, path = client_of(alice), f"/settings/users/{bob.user_id}"
    browser.post(f"{path}/deactivation", data={"handed_to": ""})
    work()
    assert owner_of(contact) == bob.user_id
    assert "Still owns 1 record" in browser.get(path).text
    for nobody in ("", str(bob.user_id), "999"):
        assert browser.post(f"{path}/handover", data={"handed_to": nobody}).status_code == 422
    assert browser.post(f"{path}/handover", data={"handed_to": str(alice.user_id)}).location == path
    work()
    assert owner_of(contact) == alice.user_id
    assert "Still owns" not in browser.get(path).text


def test_only_what_a_deactivated_person_owns_is_handed_over_and_once_at_a_time(
    client_of: Sign, alice: Viewer, bob: Viewer, charlie: Viewer, dana: Viewer, work: Callable[[], None]
) -> None:
    contact = make_contact(bob)
    browser, path = client_of(alice), f"/settings/users/{bob.user_id}"
    assert browser.post(f"{path}/handover", data={"handed_to": str(charlie.user_id)}).status_code == 422
    browser.post(f"{path}/deactivation", data={"handed_to": str(charlie.user_id)})
    again = browser.post(f"{path}/handover", data={"handed_to": str(dana.user_id)})
    assert again.status_code == 422
    assert "being handed over already" in again.text
    work()
    assert owner_of(contact) == charlie.user_id
