"""How often somebody may try to sign in."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from time_machine import Traveller

from crm.accounts.throttle import (
    PER_ACCOUNT,
    PER_ADDRESS,
    WINDOW,
    TooManyAttempts,
    attempt_succeeded,
    begin_attempt,
    network_of,
)
from crm.db import end_read, unit_of_work


def fail(email: str, address: str = "192.0.2.1") -> int:
    with unit_of_work():
        return begin_attempt(email, address)


def test_an_account_takes_ten_wrong_tries_in_a_quarter_of_an_hour(app: Flask, clock: Traveller) -> None:
    for number in range(PER_ACCOUNT):
        fail("bob@example.com", f"192.0.2.{number}")
    with pytest.raises(TooManyAttempts):
        fail(" BOB@example.com ", "198.51.100.7")
    fail("charlie@example.com")
    clock.shift(WINDOW + timedelta(seconds=1))
    fail("bob@example.com")


def test_it_is_said_when_the_next_try_is_taken(app: Flask, clock: Traveller) -> None:
    fail("bob@example.com")
    clock.shift(timedelta(minutes=5))
    for _ in range(PER_ACCOUNT - 1):
        fail("bob@example.com")
    with pytest.raises(TooManyAttempts) as caught:
        fail("bob@example.com")
    clock.move_to(caught.value.retry_at)
    fail("bob@example.com")


def test_an_address_takes_fifty_wrong_tries_over_all_accounts(app: Flask, clock: Traveller) -> None:
    for number in range(PER_ADDRESS):
        fail(f"person{number}@example.com")
    with pytest.raises(TooManyAttempts):
        fail("bob@example.com")
    fail("bob@example.com", "192.0.2.2")


def test_a_right_password_forgets_the_wrong_ones_before(app: Flask, clock: Traveller) -> None:
    for _ in range(PER_ACCOUNT):
        attempt = fail("bob@example.com")
    with unit_of_work():
        attempt_succeeded(attempt)
    fail("bob@example.com")


def test_unknown_accounts_are_counted_like_known_ones(app: Flask, clock: Traveller) -> None:
    for _ in range(PER_ACCOUNT):
        fail("nobody@example.com")
    with pytest.raises(TooManyAttempts):
        fail("nobody@example.com")


def test_of_many_tries_at_once_no_more_than_ten_are_taken(app: Flask) -> None:
    tries = PER_ACCOUNT + 5
    start = threading.Barrier(tries)
    end_read()

    def try_once(number: int) -> bool:
        start.wait()
        try:
            with app.app_context():
                fail("bob@example.com", f"192.0.2.{number}")
        except TooManyAttempts:
            return False
        return True

    with ThreadPoolExecutor(tries) as pool:
        assert sum(pool.map(try_once, range(tries))) == PER_ACCOUNT


def test_every_spelling_of_an_address_is_one_account(app: Flask, clock: Traveller) -> None:
    for number in range(PER_ACCOUNT):
        fail("ada@b\u00fccher.example" if number % 2 else "Ada@xn--bcher-kva.example")
    with pytest.raises(TooManyAttempts):
        fail("ada@bu\u0308cher.example")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.9", "192.0.2.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.9", "192.0.2.9"),
        ("", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_an_ipv6_customer_counts_as_one_address(address: str, network: str) -> None:
    assert network_of(address) == network
