"""A double click writes once."""
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from time_machine import Traveller

from crm.db import db, end_read, unit_of_work
from crm.web.forms import KEPT, forget_old_keys, form_key, once, remember, sent_key
from crm.web.models import FormKey

KEY = "k" * 24


@pytest.fixture
def form(app: Flask) -> Iterator[None]:
    """A request that sends the key."""
    with app.test_request_context("/", method="POST", data={"key": KEY}):
        yield


def test_a_form_keeps_its_key_when_it_is_shown_again(form: None) -> None:
    assert sent_key() == KEY
    assert form_key() == KEY


@pytest.mark.parametrize("sent", ["", "short", "x" * 65, "<script>alert(1)</script>", "ł" * 20])
def test_a_new_form_has_a_new_key_and_strange_ones_count_as_none(app: Flask, sent: str) -> None:
    with app.test_request_context("/", method="POST", data={"key": sent}):
        assert sent_key() == ""
        assert form_key() != form_key()


def test_the_second_of_two_equal_forms_learns_where_the_first_led(app: Flask) -> None:
    with unit_of_work():
        assert once(KEY) is None
        remember(KEY, "/records/51")
    with unit_of_work():
        assert once(KEY) == "/records/51"


def test_of_two_equal_forms_at_the_same_moment_one_acts(app: Flask) -> None:
    start = threading.Barrier(4)
    end_read()

    def send(number: int) -> str | None:
        start.wait()
        with app.app_context(), unit_of_work():
            location = once(KEY)
            if location is None:
                remember(KEY, f"/records/{number}")
        return location

    with ThreadPoolExecutor(4) as pool:
        led_to = list(pool.map(send, range(4)))
    assert led_to.count(None) == 1
    assert {location for location in led_to if location} == {f"/records/{led_to.index(None)}"}


def test_a_form_that_failed_may_be_sent_again(app: Flask) -> None:
    with pytest.raises(ValueError), unit_of_work():
        once(KEY)
        raise ValueError
    with unit_of_work():
        assert once(KEY) is None


def test_without_a_key_every_form_counts(app: Flask) -> None:
    for _ in range(2):
        with unit_of_work():
            assert once("") is None
            remember("", "/records/51")
    assert db.session.execute(sa.select(FormKey.key)).first() is None


def test_old_keys_are_forgotten(app: Flask, clock: Traveller) -> None:
    with unit_of_work():
        once(KEY)
        remember(KEY, "/records/51")
    clock.shift(KEPT + timedelta(seconds=1))
    with unit_of_work():
        forget_old_keys()
        assert once(KEY) is None
