"""One URL, two answers; messages travel with both."""
from collections.abc import Callable

from flask.testing import FlaskClient

from crm.permissions.viewer import Viewer

SignIn = Callable[[Viewer], FlaskClient]


def test_a_browser_gets_the_page_and_htmx_the_fragment(outsider: FlaskClient) -> None:
    page, fragment = outsider.get("/both"), outsider.get("/both", fragment=True)
    assert page.text.startswith("<!doctype html>")
    assert fragment.text.lstrip().startswith("<section")
    assert "HX-Request" in page.headers["Vary"]
    assert "HX-Request" in fragment.headers["Vary"]


def test_events_are_told_to_fragments_only(outsider: FlaskClient) -> None:
    assert outsider.get("/both", fragment=True).headers["HX-Trigger"] == "activity-logged, note-logged"
    assert "HX-Trigger" not in outsider.get("/both").headers


def test_a_history_that_was_lost_is_restored_as_a_page(outsider: FlaskClient) -> None:
    answer = outsider.get("/both", fragment=True, headers={"HX-History-Restore-Request": "true"})
    assert answer.text.startswith("<!doctype html>")


def test_after_a_change_the_browser_is_sent_on(signed_in: SignIn, bob: Viewer) -> None:
    browser = signed_in(bob)
    answer = browser.post("/done")
    assert (answer.status_code, answer.location) == (303, "/signed-out")
    answer = browser.post("/done", fragment=True)
    assert (answer.status_code, answer.headers["HX-Redirect"], answer.data) == (200, "/signed-out", b"")


def test_a_message_waits_for_the_next_page_and_is_shown_once(signed_in: SignIn, bob: Viewer) -> None:
    browser = signed_in(bob)
    browser.post("/done")
    page = browser.get("/both").text
    assert "Deleted &lt;i&gt;Bob&lt;/i&gt;" in page
    assert 'action="/undo/5"' in page
    assert "Deleted" not in browser.get("/both").text


def test_a_message_comes_with_the_fragment_that_it_is_about(signed_in: SignIn, bob: Viewer) -> None:
    browser = signed_in(bob)
    answer = browser.post("/done?stay=1", fragment=True)
    assert 'hx-swap-oob="beforeend:#toasts"' in answer.text
    assert "Deleted &lt;i&gt;Bob&lt;/i&gt;" in answer.text
    assert "Deleted" not in browser.get("/both").text
    assert "hx-swap-oob" not in browser.get("/both", fragment=True).text
