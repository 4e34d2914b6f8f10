"""Feedback is kept and read by those who look after the account (DB-45)."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm.help.feedback import LONGEST, feedback_page
from crm.permissions.viewer import Viewer
from tests.support.queries import count_queries


@pytest.fixture
def as_bob(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    return client_of(bob)


@pytest.fixture
def as_alice(client_of: Callable[[Viewer], FlaskClient], alice: Viewer) -> FlaskClient:
    return client_of(alice)


def sent(client: FlaskClient, text: str, **more: str) -> int:
    return client.post("/help/feedback", data={"text": text} | more).status_code


def test_db_45_feedback_is_stored_with_its_page_and_shown_to_administrators(
    as_bob: FlaskClient, as_alice: FlaskClient
) -> None:
    form = as_bob.get("/help/feedback", headers={"Referer": "http://localhost/records/7?tab=overview"}).text
    assert 'name="page" value="/records/7"' in form
    assert sent(as_bob, "The <b>list</b>\nis quick", page="/records/7") == 303
    page = as_alice.get("/settings/feedback").text
    assert "The &lt;b&gt;list&lt;/b&gt;" in page
    assert "/records/7" in page
    assert as_bob.get("/settings/feedback").status_code == 403


def test_a_page_of_another_site_is_not_taken(as_bob: FlaskClient) -> None:
    form = as_bob.get("/help/feedback", headers={"Referer": "https://elsewhere.example/secret"}).text
    assert "secret" not in form


@pytest.mark.parametrize(
    ("text", "message"),
    [("  \n ", "Write what you would like to tell."), ("x" * (LONGEST + 1), "At most 5000 characters.")],
    ids=["empty", "too-long"],
)
def test_what_cannot_be_taken_stays_in_the_form(as_bob: FlaskClient, app: Flask, text: str, message: str) -> None:
    answer = as_bob.post("/help/feedback", data={"text": text, "page": "/records/7"})
    assert answer.status_code == 422
    assert message in answer.text
    assert text.strip() in answer.text
    assert feedback_page(1) == []


def test_sent_twice_it_is_kept_once(as_bob: FlaskClient) -> None:
    key = "k" * 24
    assert sent(as_bob, "Once", key=key) == 303
    assert sent(as_bob, "Once", key=key) == 303
    assert len(feedback_page(10)) == 1


def test_pages_of_feedback_follow_each_other(as_alice: FlaskClient) -> None:
    for number in range(52):
        sent(as_alice, f"Message {number}.")
    first = as_alice.get("/settings/feedback").text
    assert "Message 51." in first
    assert "Message 1." not in first
    older = feedback_page(51)[49].id
    assert "Message 1." in as_alice.get(f"/settings/feedback?page-key={older}").text


def test_a_page_asks_as_often_for_one_message_as_for_many(as_alice: FlaskClient) -> None:
    sent(as_alice, "One")
    with count_queries() as few:
        as_alice.get("/settings/feedback")
    for number in range(20):
        sent(as_alice, f"More {number}")
    with count_queries() as many:
        as_alice.get("/settings/feedback")
    assert len(few) == len(many)


def test_the_community_is_where_the_server_says(as_bob: FlaskClient, app: Flask) -> None:
    assert "Nobody has named" in as_bob.get("/help/community").text
    before = app.config["KARTOTEK"]
    app.config["KARTOTEK"] = replace(before, community_url="https://forum.example/kartotek")
    try:
        assert 'href="https://forum.example/kartotek"' in as_bob.get("/help/community").text
    finally:
        app.config["KARTOTEK"] = before


def test_odd_pages_are_kept_as_far_as_they_are_text(as_bob: FlaskClient) -> None:
    assert as_bob.get("/help/feedback", headers={"Referer": "http://[nowhere"}).status_code == 200
    assert sent(as_bob, "Hello", page="/objects\x00/\ncontacts") == 303
    assert feedback_page(1)[0].page == "/objects/ contacts"
