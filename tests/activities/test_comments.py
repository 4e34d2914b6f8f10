"""Comments on an activity, through their pages (REC-30)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.activities.queries import comments_of
from crm.db import end_read
from crm.permissions.viewer import Viewer
from tests.factories import make_comment, make_contact, make_note
from tests.support.html import read


@pytest.fixture
def note(bob: Viewer) -> int:
    """A note of bob."""
    return make_note(bob, make_contact(bob))


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    """Bob's browser."""
    return client_of(bob)


def bodies(viewer: Viewer, note: int) -> list[str]:
    end_read()
    return [one.body for one in comments_of(viewer, note)]


def test_comments_stand_in_the_order_they_were_written(browser: FlaskClient, bob: Viewer, note: int) -> None:
    for text in ("first", "second"):
        assert browser.post(f"/activities/{note}/comments", data={"body": text}).status_code == 303
    page = read(browser.get(f"/activities/{note}/comments").text)
    assert [one.text for one in page.all("p", css="comment-body")] == ["first", "second"]


def test_a_comment_says_who_wrote_it(alice: Viewer, browser: FlaskClient, note: int) -> None:
    make_comment(alice, note)
    page = read(browser.get(f"/activities/{note}/comments").text)
    assert page.one("p", css="comment-head").one("strong").text == "Alice Berg"


@pytest.mark.parametrize(
    ("text", "kept"), [("  a  ", "a"), ("a\r\nb", "a\nb"), ("a\x00b", "ab"), ("<b>a</b>", "<b>a</b>")]
)
def test_a_comment_is_kept_as_plain_text(browser: FlaskClient, bob: Viewer, note: int, text: str, kept: str) -> None:
    browser.post(f"/activities/{note}/comments", data={"body": text})
    assert bodies(bob, note) == [kept]
    page = read(browser.get(f"/activities/{note}/comments").text)
    assert page.one("p", css="comment-body").text == " ".join(kept.split())


@pytest.mark.parametrize("text", ["", "   ", "\x00", "x" * 10_001])
def test_an_empty_or_endless_comment_comes_back_with_a_message(
    browser: FlaskClient, bob: Viewer, note: int, text: str
) -> None:
    answer = browser.post(f"/activities/{note}/comments", data={"body": text}, fragment=True)
    assert answer.status_code == 422
    form = read(answer.text).one("form", css="comment-form")
    assert form.one("p", css="field-error").text
    assert form.fields()["body"].strip("\x00\ufffd") == text.strip("\x00")
    assert bodies(bob, note) == []


def test_ones_own_comment_can_be_changed(browser: FlaskClient, bob: Viewer, note: int) -> None:
    comment = make_comment(bob, note, "first")
    form = read(browser.get(f"/comments/{comment}/edit", fragment=True).text).one("form")
    assert form.fields()["body"] == "first"
    answer = browser.post(form["action"], data={"body": "better"}, fragment=True)
    shown = read(answer.text).one("li", css="comment")
    assert shown.one("p", css="comment-body").text == "better"
    assert "Edited" in shown.text


def test_an_emptied_or_endless_comment_is_refused_and_stays_typed(browser: FlaskClient, bob: Viewer, note: int) -> None:
    comment = make_comment(bob, note, "first")
    for typed in (" ", "better " * 2000):
        answer = browser.post(f"/comments/{comment}", data={"body": typed}, fragment=True)
        assert answer.status_code == 422
        assert read(answer.text).one("form", css="comment-form").fields()["body"] == typed
    assert bodies(bob, note) == ["first"]


def test_ones_own_comment_can_be_removed(browser: FlaskClient, bob: Viewer, note: int) -> None:
    comment = make_comment(bob, note)
    answer = browser.post(f"/comments/{comment}/deletion", fragment=True)
    assert answer.status_code == 200
    assert not read(answer.text).all("li", css="comment")
    assert browser.get(f"/comments/{comment}").status_code == 404


def test_a_removed_comment_offers_its_way_back(browser: FlaskClient, bob: Viewer, note: int) -> None:
    comment = make_comment(bob, note, "first")
    gone = read(browser.post(f"/comments/{comment}/deletion", fragment=True).text)
    assert gone.one("form", css="comment-gone").text == "Deleted. Undo"
    back = browser.post(gone.one("form", css="comment-gone")["hx-post"], fragment=True)
    assert read(back.text).one("p", css="comment-body").text == "first"
    assert bodies(bob, note) == ["first"]
    assert browser.post(f"/comments/{comment}/restoration", fragment=True).status_code == 404


def test_without_htmx_a_removed_comment_comes_back_by_the_message(browser: FlaskClient, bob: Viewer, note: int) -> None:
    comment = make_comment(bob, note, "first")
    answer = browser.post(f"/comments/{comment}/deletion")
    forms = read(browser.get(answer.location).text).one(id="toasts").all("form")
    assert [browser.post(form["action"]).status_code for form in forms] == [303]
    assert bodies(bob, note) == ["first"]


def test_only_who_may_remove_a_comment_brings_it_back(
    client_of: Callable[[Viewer], FlaskClient], alice: Viewer, bob: Viewer, charlie: Viewer, dana: Viewer, note: int
) -> None:
    comment = make_comment(bob, note)
    client_of(alice).post(f"/comments/{comment}/deletion")
    for person, status in ((charlie, 404), (dana, 403)):
        assert client_of(person).post(f"/comments/{comment}/restoration").status_code == status
    assert bodies(bob, note) == []
    assert client_of(alice).post(f"/comments/{comment}/restoration").status_code == 303


def test_a_form_that_is_sent_twice_comments_once(browser: FlaskClient, bob: Viewer, note: int) -> None:
    form = read(browser.get(f"/activities/{note}/comments", fragment=True).text).one("form", css="comment-form")
    sent = [browser.post(form["hx-post"], data=form.fields() | {"body": "once"}, fragment=True) for _ in range(2)]
    assert bodies(bob, note) == ["once"]
    again = read(sent[0].text).one("form", css="comment-form")
    browser.post(again["hx-post"], data=again.fields() | {"body": "then"}, fragment=True)
    assert bodies(bob, note) == ["once", "then"]


def test_a_form_that_came_back_with_a_message_still_comments(browser: FlaskClient, bob: Viewer, note: int) -> None:
    form = read(browser.get(f"/activities/{note}/comments", fragment=True).text).one("form", css="comment-form")
    refused = read(browser.post(form["hx-post"], data=form.fields() | {"body": " "}, fragment=True).text)
    again = refused.one("form", css="comment-form")
    browser.post(again["hx-post"], data=again.fields() | {"body": "then"}, fragment=True)
    assert bodies(bob, note) == ["then"]


def test_the_comment_of_somebody_else_has_no_buttons(alice: Viewer, browser: FlaskClient, note: int) -> None:
    comment = make_comment(alice, note)
    assert not read(browser.get(f"/comments/{comment}", fragment=True).text).all("div", css="comment-actions")
    assert browser.get(f"/comments/{comment}/edit").status_code == 403


def test_a_super_admin_may_remove_any_comment_but_change_none(
    client_of: Callable[[Viewer], FlaskClient], alice: Viewer, bob: Viewer, note: int
) -> None:
    comment = make_comment(bob, note)
    browser = client_of(alice)
    assert browser.post(f"/comments/{comment}", data={"body": "mine"}).status_code == 403
    assert browser.post(f"/comments/{comment}/deletion", fragment=True).status_code == 200
    assert bodies(bob, note) == []


def test_the_comments_of_a_hidden_activity_are_hidden(
    client_of: Callable[[Viewer], FlaskClient], charlie: Viewer, bob: Viewer, note: int
) -> None:
    comment = make_comment(bob, note)
    browser = client_of(charlie)
    for path in (f"/activities/{note}/comments", f"/comments/{comment}", f"/comments/{comment}/edit"):
        assert browser.get(path).status_code == 404
    assert browser.post(f"/activities/{note}/comments", data={"body": "x"}).status_code == 404
