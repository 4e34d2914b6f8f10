"""/healthz: what whoever watches over the server is told, and nothing more."""

from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient
from time_machine import Traveller

from crm.permissions.viewer import Viewer
from crm.search import index
from tests.factories import make_contact, make_note


def test_search_that_falls_behind_is_told_and_then_fails(
    alice: Viewer, client: FlaskClient, work: Callable[[], None], clock: Traveller
) -> None:
    contact = make_contact(alice)
    work()
    assert client.get("/healthz").text == "ok\n"
    make_note(alice, contact)
    clock.shift(timedelta(seconds=15))
    late, search = client.get("/healthz"), client.get("/healthz/search")
    clock.shift(timedelta(seconds=115))
    failing, failing_search = client.get("/healthz"), client.get("/healthz/search")
    if index.is_postgres():
        assert {late.text, failing.text} == {"ok\n"}
        assert {search.text, failing_search.text} == {"search is 0 seconds behind\n"}
        return
    assert (late.status_code, late.text) == (200, "ok\nsearch is 15 seconds behind\n")
    assert (search.status_code, search.text) == (200, "search is 15 seconds behind\n")
    assert failing.status_code == 200
    assert (failing_search.status_code, failing_search.text) == (503, "search is 130 seconds behind\n")
    work()
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/healthz/search").status_code == 200
