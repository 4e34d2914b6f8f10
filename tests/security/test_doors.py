"""Signed out there is the login page and nothing else, whatever route is added (DESIGN 6)."""

from datetime import timedelta

import sqlalchemy as sa
import time_machine
from flask import Flask

from crm.accounts.models import UserAccount
from crm.accounts.sessions import LIFETIME
from crm.db import db, end_read, unit_of_work
from tests.conftest import SESSION_COOKIE
from tests.security.checks import doors
from tests.security.places import PROVIDERS, rules
from tests.security.site import Site


def test_signed_out_every_route_that_is_not_public_asks_to_sign_in(site: Site) -> None:
    assert doors.faults(site) == []


def test_a_session_that_is_over_opens_no_door(site: Site, clock: time_machine.Traveller) -> None:
    site.browsers["eve"] = site.browser("alice")
    clock.shift(LIFETIME + timedelta(hours=-1))
    assert doors.faults(site) == []


def test_a_session_of_somebody_who_may_no_longer_come_in_opens_no_door(site: Site) -> None:
    end_read()
    with unit_of_work():
        gone = sa.update(UserAccount).where(UserAccount.email == "alice@example.com").values(is_active=False)
        db.session.execute(gone.execution_options(synchronize_session=False))
    site.state.look_anew()
    site.browsers["eve"] = site.browser("alice")
    assert doors.faults(site) == []


def test_a_made_up_session_opens_no_door(site: Site) -> None:
    site.browser("eve").set_cookie(SESSION_COOKIE, "made-up")
    assert doors.faults(site) == []


def test_every_parameter_of_an_address_has_a_value(application: Flask) -> None:
    """`tests/security/places.py` is the one place that knows what to put into addresses."""
    known = {name for method in ("GET", "POST") for rule in rules(application, method) for name in rule.arguments}
    assert known <= set(PROVIDERS), sorted(known - set(PROVIDERS))
