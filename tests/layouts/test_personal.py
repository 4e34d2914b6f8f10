"""What somebody changes for themselves on the pages of an object, twice at the same time (SPEC 1.5)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

from flask import Flask

from crm.db import end_read, unit_of_work
from crm.layouts.layout import Personal
from crm.layouts.personal import change_personal, read_personal
from crm.permissions.viewer import Viewer

SECONDS = 0.5
"""How long the first writer leaves the other one time."""


def test_two_first_changes_at_the_same_time_are_both_kept(app: Flask, bob: Viewer) -> None:
    end_read()
    begin, ended = Event(), Event()

    def first(personal: Personal) -> Personal:
        begin.set()
        ended.wait(SECONDS)
        return replace(personal, folded={**personal.folded, "one": True})

    def second(personal: Personal) -> Personal:
        return replace(personal, folded={**personal.folded, "two": True})

    def write_first() -> None:
        with app.app_context(), unit_of_work():
            change_personal(bob, "contact", first)

    def write_second() -> None:
        assert begin.wait(30)
        with app.app_context(), unit_of_work():
            change_personal(bob, "contact", second)
        ended.set()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(write_first), pool.submit(write_second)]:
            done.result(60)
    assert read_personal(bob, "contact").folded == {"one": True, "two": True}
