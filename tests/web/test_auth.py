"""Default deny."""
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm.permissions.actions import Verb
from crm.permissions.viewer import Viewer
from crm.web.auth import requires
from tests.support.queries import count_queries

SignIn = Callable[[Viewer], FlaskClient]


def test_a_view_that_says_nothing_is_refused_to_everybody(
    outsider: FlaskClient, signed_in: SignIn, alice: Viewer
) -> None:
    assert outsider.get("/unmarked").status_code == 403
    assert signed_in(alice).get("/unmarked").status_code == 403


def test_a_public_view_asks_nobody(outsider: FlaskClient, site: Flask) -> None:
    with site.app_context(), count_queries() as queries:
        assert outsider.get("/open").text == "open"
    assert len(queries) == 0, queries


def test_signed_out_pages_lead_to_the_login_page_and_back(outsider: FlaskClient) -> None:
    answer = outsider.get("/mine?q=a%26b&page=2")
    assert (answer.status_code, answer.location) == (303, "/login?next=/mine%3Fq%3Da%2526b%26page%3D2")


def test_signed_out_fragments_get_401_and_stay(outsider: FlaskClient) -> None:
    answer = outsider.get("/mine", fragment=True)
    assert answer.status_code == 401
    assert answer.headers["HX-Retarget"] == "#toasts"


def test_signed_out_changes_come_back_to_the_page_of_the_form(outsider: FlaskClient) -> None:
    answer = outsider.post("/mine", headers={"Referer": "http://localhost/records/5?tab=overview"})
    assert answer.location == "/login?next=/records/5%3Ftab%3Doverview"
    assert outsider.post("/mine", headers={"Referer": "http://evil.example/x"}).location == "/login?next=/"


def test_a_page_behind_the_door_costs_one_query_for_it(signed_in: SignIn, site: Flask, bob: Viewer) -> None:
    browser = signed_in(bob)
    assert browser.get("/mine").text.startswith("Bob Stone")
    with site.app_context(), count_queries() as queries:
        browser.get("/mine")
    assert len(queries) == 1, queries


@pytest.mark.parametrize(
    ("path", "name", "status"),
    [
        ("/contacts-made", "bob", 200),
        ("/contacts-made", "dana", 403),
        ("/contacts-made", "alice", 200),
        ("/admin", "alice", 200),
        ("/admin", "bob", 403),
    ],
)
def test_a_view_asks_for_a_right(
    signed_in: SignIn, request: pytest.FixtureRequest, path: str, name: str, status: int
) -> None:
    assert signed_in(request.getfixturevalue(name)).get(path).status_code == status


def test_a_cookie_of_nobody_is_nobody(outsider: FlaskClient) -> None:
    for value in ("made-up", "x" * 3000, "ąę", ""):
        outsider.set_cookie("kartotek", value)
        assert outsider.get("/mine").status_code == 303


def test_over_https_only_the_strict_cookie_counts(signed_in: SignIn, bob: Viewer) -> None:
    browser = signed_in(bob)
    assert browser.get("/mine", base_url="https://localhost").status_code == 303


def test_a_verb_without_an_object_is_a_mistake_at_once() -> None:
    with pytest.raises(TypeError):
        requires(Verb.VIEW)
