"""What every template may use."""
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask, g
from jinja2 import UndefinedError
from time_machine import Traveller

from crm.accounts.sessions import start_session
from crm.db import unit_of_work
from crm.messages import Message
from crm.permissions.actions import Scope, Verb
from crm.permissions.viewer import Viewer


def rendered(app: Flask, text: str, **values: object) -> str:
    return app.jinja_env.from_string(text).render(**values)


@pytest.fixture
def page(app: Flask) -> Iterator[Flask]:
    """A request of somebody who is signed out."""
    with app.test_request_context("/"):
        app.preprocess_request()
        yield app


def test_an_unknown_name_is_a_mistake(page: Flask) -> None:
    with pytest.raises(UndefinedError):
        rendered(page, "{{ nobody_gave_this }}")


def test_texts_and_their_values_are_escaped(page: Flask) -> None:
    assert rendered(page, "{{ _('%(a)s & %(b)s', a=x, b='c') }}", x="<i>") == "&lt;i&gt; &amp; c"
    assert rendered(page, "{{ value | t }}", value=Message("At most %(limit)s", limit=5)) == "At most 5"
    assert rendered(page, "{{ _('100% sure') }}") == "100% sure"
    assert rendered(page, "{{ ngettext('%(num)s call', '%(num)s calls', 2) }}") == "2 calls"


def test_markup_handed_to_a_text_stays_markup(page: Flask) -> None:
    assert rendered(page, "{{ _('<%(icon)s>', icon=icon('plus')) }}").startswith('&lt;<svg class="icon"')


def test_icons_come_from_the_one_sprite(page: Flask) -> None:
    assert "/static/icons." in rendered(page, "{{ icon('plus') }}")
    assert '#plus"/>' in rendered(page, "{{ icon('plus') }}")


def test_moments_are_written_for_the_reader(page: Flask, clock: Traveller) -> None:
    moment = datetime(2026, 3, 5, 23, 5, tzinfo=UTC)
    text = "{{ m | moment }}|{{ m | day }}|{{ m | clock }}|{{ m | month }}|{{ d | day }}|{{ none | day }}"
    written = rendered(page, text, m=moment, d=date(2026, 3, 5), none=None)
    assert written == "5 Mar 2026, 23:05|5 Mar 2026|23:05|March 2026|5 Mar 2026|"
    ago = "{{ m | ago }}"
    now = datetime.now(UTC)
    assert rendered(page, ago, m=now - timedelta(hours=3)) == "3 hours ago"
    assert rendered(page, ago, m=now + timedelta(days=2, hours=1)) == "in 2 days"
    assert rendered(page, ago, m=now) == "just now"


LISTED = "{% for type in object_types %}{{ type.plural_name }} {% endfor %}"
CREATABLE = "{% for type in creatable_types %}{{ type.plural_name }} {% endfor %}"


def test_the_navigation_lists_what_the_reader_may_see(page: Flask, dana: Viewer) -> None:
    g.viewer = dana
    assert rendered(page, LISTED).split() == ["contacts", "companies", "deals", "tickets", "leads"]
    g.viewer = replace(dana, scopes={("deal", Verb.VIEW): Scope.OWN})
    assert rendered(page, LISTED).split() == ["deals"]
    g.is_broken = True
    assert rendered(page, LISTED) == ""


def test_the_create_menu_lists_what_the_reader_may_create(page: Flask, dana: Viewer, bob: Viewer) -> None:
    g.viewer = dana
    assert rendered(page, CREATABLE) == ""
    g.viewer = bob
    assert rendered(page, CREATABLE).split() == ["contacts", "companies", "deals", "tickets", "leads"]


def test_there_are_nine_kinds_of_activities(page: Flask) -> None:
    assert rendered(page, "{{ activity_types | length }}") == "9"


@pytest.mark.parametrize(
    ("languages", "written"),
    [
        ("pl-PL,pl;q=0.9", "5 mar 2026, 23:05"),
        ("sv", "5 mars 2026 23:05"),
        ("zh-TW", "2026年3月5日 23:05"),
        ("de,fr", "5 Mar 2026, 23:05"),
        ("", "5 Mar 2026, 23:05"),
    ],
)
def test_a_stranger_reads_in_the_language_of_the_browser(app: Flask, languages: str, written: str) -> None:
    with app.test_request_context("/", headers={"Accept-Language": languages}):
        app.preprocess_request()
        assert rendered(app, "{{ m | moment }}", m=datetime(2026, 3, 5, 23, 5, tzinfo=UTC)) == written


def test_a_person_reads_by_their_own_clock_whatever_the_browser_says(app: Flask, bob: Viewer) -> None:
    with unit_of_work():
        token = start_session(bob.user_id or 0, "tests", "127.0.0.1")
    headers = {"Cookie": f"kartotek={token}", "Accept-Language": "pl"}
    with app.test_request_context("/", headers=headers):
        app.preprocess_request()
        assert rendered(app, "{{ m | moment }}", m=datetime(2026, 3, 5, 23, 5, tzinfo=UTC)) == "5 Mar 2026, 23:05"
