"""What a newcomer does first: sign in, link a person with a company, log what was said (SPEC 2.1)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.permissions.viewer import Viewer
from tests.factories import make_activity, make_company, make_contact, relate


@pytest.mark.parametrize("path", ["/", "/objects/contacts", "/records/1", "/settings/objects", "/help"])
def test_db_01_nothing_is_seen_before_signing_in(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 303
    assert answer.location.startswith("/login")


def test_db_07_a_link_is_seen_from_both_records(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> None:
    john, orange = make_contact(bob, "John Doe"), make_company(bob, "Orange Inc")
    relate(bob, john, orange)
    browser = client_of(bob)
    assert f'href="/records/{orange}"' in browser.get(f"/records/{john}?tab=overview").text
    assert f'href="/records/{john}"' in browser.get(f"/records/{orange}?tab=overview").text


def test_db_10_a_logged_email_and_a_logged_call_stand_on_the_timeline(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer
) -> None:
    john = make_contact(bob, "John Doe")
    email, call = make_activity(bob, "email", john), make_activity(bob, "call", john)
    page = client_of(bob).get(f"/records/{john}?tab=activities").text
    assert f"/activities/{email}" in page
    assert f"/activities/{call}" in page
