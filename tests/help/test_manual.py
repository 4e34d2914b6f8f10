"""The manual inside the program (DB-46)."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.help.manual import topics
from crm.permissions.viewer import Viewer

TOPICS = sorted(topics("en"))


@pytest.fixture
def as_bob(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    return client_of(bob)


def test_db_46_the_manual_explains_objects_records_and_properties_by_john_doe(as_bob: FlaskClient) -> None:
    page = as_bob.get("/help/objects").text
    for words in ("Objects, records and properties", "John Doe", "johndoe@email.com", "Orange Inc", "<table>"):
        assert words in page


def test_the_menu_leads_to_help_community_and_feedback(as_bob: FlaskClient) -> None:
    assert 'href="/account"' in as_bob.get("/objects/contacts").text
    menu = as_bob.get("/account", fragment=True).text
    assert all(f'href="{path}"' in menu for path in ("/help", "/help/community", "/help/feedback"))


def test_the_contents_list_every_page(as_bob: FlaskClient) -> None:
    page = as_bob.get("/help").text
    assert all(f'href="/help/{name}"' in page for name in TOPICS)


@pytest.mark.parametrize("name", TOPICS)
def test_each_page_has_a_title_a_summary_and_a_text(as_bob: FlaskClient, name: str) -> None:
    shown = topics("en")[name]
    page = as_bob.get(f"/help/{name}")
    assert page.status_code == 200
    assert shown.summary.endswith(".")
    assert len(re.sub(r"<[^>]+>", "", shown.html)) > 300


def test_the_page_on_formulas_lists_every_function(as_bob: FlaskClient) -> None:
    page = as_bob.get("/help/formulas").text
    assert "days_between(from, to)" in page
    assert "coalesce(a, b, …)" in page


def test_a_page_that_is_not_translated_is_in_english() -> None:
    assert list(topics("pl")) == list(topics("en"))


def test_an_unknown_page_is_404(as_bob: FlaskClient) -> None:
    assert as_bob.get("/help/nothing").status_code == 404
