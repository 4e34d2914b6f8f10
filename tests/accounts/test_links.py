"""Links that let somebody in once."""

from datetime import timedelta

import pytest
from flask import Flask
from time_machine import Traveller

from crm.accounts.housekeeping import forget_expired
from crm.accounts.links import LIFETIMES, Purpose, create_link, find_link, use_link
from crm.db import unit_of_work
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer


def make(purpose: Purpose = Purpose.SIGN_IN, user_id: int | None = None) -> str:
    with unit_of_work():
        return create_link(purpose, user_id)


def test_a_link_works_once(app: Flask, bob: Viewer) -> None:
    token = make(user_id=bob.user_id)
    assert find_link(token, Purpose.SIGN_IN).user_name == "Bob Stone"
    with unit_of_work():
        assert use_link(token, Purpose.SIGN_IN) == bob.user_id
    with pytest.raises(NotFound), unit_of_work():
        use_link(token, Purpose.SIGN_IN)
    with pytest.raises(NotFound):
        find_link(token, Purpose.SIGN_IN)


def test_a_link_is_good_for_seven_days(app: Flask, bob: Viewer, clock: Traveller) -> None:
    token = make(user_id=bob.user_id)
    clock.shift(LIFETIMES[Purpose.SIGN_IN] - timedelta(seconds=1))
    assert find_link(token, Purpose.SIGN_IN)
    clock.shift(timedelta(seconds=2))
    with pytest.raises(NotFound):
        find_link(token, Purpose.SIGN_IN)


def test_a_link_is_for_its_purpose_only(app: Flask, bob: Viewer) -> None:
    token = make(user_id=bob.user_id)
    with pytest.raises(NotFound), unit_of_work():
        use_link(token, Purpose.SETUP)


def test_housekeeping_forgets_what_has_run_out_and_nothing_else(app: Flask, bob: Viewer, clock: Traveller) -> None:
    old = make(user_id=bob.user_id)
    clock.shift(LIFETIMES[Purpose.SIGN_IN])
    new = make(user_id=bob.user_id)
    with unit_of_work():
        forget_expired()
    assert find_link(new, Purpose.SIGN_IN)
    with pytest.raises(NotFound):
        find_link(old, Purpose.SIGN_IN)
