"""Two people, or one person's two browsers, at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pyotp
import sqlalchemy as sa
from flask import Flask

from crm.accounts import two_factor
from crm.accounts.links import Purpose, create_link
from crm.accounts.managing import UserChange, change_user
from crm.accounts.models import UserAccount
from crm.accounts.operations import SUPER_ADMIN, VIEW_ONLY, InvalidAccount, permission_set_id
from crm.accounts.queries import directory, viewer_for
from crm.accounts.sign_in import WrongCredentials, confirm_code
from crm.db import db, end_read, unit_of_work
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer

REFUSALS = (InvalidAccount, NotFound, WrongCredentials)


def accepted(app: Flask, *acts: Callable[[], object]) -> int:
    """How many of the acts, all begun at the same moment, were not refused."""
    end_read()
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> bool:
        with app.app_context():
            start.wait(30)
            try:
                act()
            except REFUSALS:
                return False
            return True

    with ThreadPoolExecutor(len(acts)) as pool:
        return sum(pool.map(run, acts))


def give(actor: Viewer, user: Viewer, set_name: str) -> None:
    with unit_of_work():
        change = UserChange(user.name, user.email, user.team_id, permission_set_id(set_name))
        change_user(actor, user.user_id or 0, change)


def turn_on(viewer: Viewer, secret: str) -> list[str]:
    with unit_of_work():
        return two_factor.turn_on(viewer, pyotp.TOTP(secret).now(), None)


def begin_two_factor(viewer: Viewer) -> str:
    with unit_of_work():
        two_factor.begin(viewer)
    return db.session.scalar(sa.select(UserAccount.totp_pending).where(UserAccount.id == viewer.user_id)) or ""


def test_two_super_admins_who_demote_each_other_leave_one(app: Flask, alice: Viewer, bob: Viewer) -> None:
    give(alice, bob, SUPER_ADMIN)
    other = viewer_for(bob.user_id or 0)
    demotions = (lambda: give(alice, other, VIEW_ONLY), lambda: give(other, alice, VIEW_ONLY))
    assert accepted(app, *demotions) == 1
    end_read()
    assert sum(viewer_for(user.id).is_super_admin for user in directory().active_users()) == 1


def test_second_factor_is_turned_on_once_so_that_the_codes_shown_are_those_that_work(app: Flask, bob: Viewer) -> None:
    secret = begin_two_factor(bob)
    assert accepted(app, *[lambda: turn_on(bob, secret)] * 2) == 1


def test_recovery_code_and_question_each_let_in_once(app: Flask, bob: Viewer) -> None:
    codes = turn_on(bob, begin_two_factor(bob))
    with unit_of_work():
        questions = [create_link(Purpose.SECOND_FACTOR, bob.user_id) for _ in range(4)]

    def answer(question: str, code: str) -> Callable[[], str]:
        return lambda: confirm_code(question, code, user_agent="Firefox", address="192.0.2.1")

    assert accepted(app, *(answer(question, codes[0]) for question in questions[:3])) == 1
    assert accepted(app, *(answer(questions[3], code) for code in codes[1:4])) == 1
