"""/settings/teams: made, renamed, filled, emptied and deleted."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.accounts.queries import directory
from crm.permissions.viewer import Viewer
from tests.support.html import read

Sign = Callable[[Viewer], FlaskClient]


def teams() -> dict[str, int]:
    return {team.name: team.id for team in directory().teams.values()}


def team_of(viewer: Viewer) -> int | None:
    return directory().users[viewer.user_id or 0].team_id


def test_team_is_made_once_renamed_and_deleted_empty(client_of: Sign, alice: Viewer) -> None:
    browser = client_of(alice)
    form = {"name": " West  coast", "key": read(browser.get("/settings/teams").text).one("input", name="key")["value"]}
    path = browser.post("/settings/teams", data=form).location
    assert path == f"/settings/teams/{teams()['West coast']}"
    assert browser.post("/settings/teams", data=form).location == path
    assert browser.post(path, data={"name": "West"}).location == path
    assert browser.post(f"{path}/removal").location == "/settings/teams"
    assert sorted(teams()) == ["North", "South"]


def test_name_that_is_taken_is_told_beside_it(client_of: Sign, alice: Viewer, bob: Viewer) -> None:
    browser = client_of(alice)
    for path in ("/settings/teams", f"/settings/teams/{bob.team_id}"):
        answer = browser.post(path, data={"name": "SOUTH"})
        assert answer.status_code == 422
        page = read(answer.text)
        assert page.one("input", id="name")["value"] == "SOUTH"
        assert "of this name already" in page.one(id="name-hint").text


def test_people_come_go_and_move_when_the_team_is_deleted(
    client_of: Sign, alice: Viewer, bob: Viewer, charlie: Viewer
) -> None:
    browser, path = client_of(alice), f"/settings/teams/{bob.team_id}"
    assert browser.post(f"{path}/members", data={"user_id": ""}).status_code == 422
    assert browser.post(f"{path}/members", data={"user_id": str(charlie.user_id)}).location == path
    assert team_of(charlie) == bob.team_id
    assert browser.post(f"{path}/members/{bob.user_id}/removal").location == path
    assert team_of(bob) is None
    assert browser.post(f"{path}/members/{bob.user_id}/removal").status_code == 404
    assert browser.post(f"{path}/removal", data={"move_to": str(charlie.team_id)}).status_code == 303
    assert team_of(charlie) == team_of(alice) == charlie.team_id


@pytest.mark.parametrize("path", ["/settings/teams", "/settings/teams/1"])
def test_teams_are_for_people_who_manage_users(client_of: Sign, bob: Viewer, path: str) -> None:
    browser = client_of(bob)
    assert browser.get(path).status_code == 403
    assert browser.post(path, data={"name": "West"}).status_code == 403
