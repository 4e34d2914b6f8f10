"""Who may do what, through which channel: every scope on every kind of thing, against an independent oracle."""

import io
from collections.abc import Callable

import pytest
from flask import Flask

from crm.db import end_read
from crm.web.file_store import file_store
from tests.conftest import SESSION_COOKIE
from tests.security.checks import matrix as check
from tests.security.matrix import COMBINATIONS, OWNERS, VERBS, Grants, Orchard, give, grants_of, kinds_of, plant, turns
from tests.support.browser import Browser

PDF = b"%PDF matrix"


@pytest.fixture
def orchard(app: Flask, clock: object) -> Orchard:
    """Something of everything, of every owner."""
    deposit = file_store().store(io.BytesIO(PDF), "a.pdf", "application/pdf")
    end_read()
    return plant(deposit)


def frank(app: Flask, orchard: Orchard) -> Browser:
    browser = app.test_client()
    assert isinstance(browser, Browser)
    browser.set_cookie(SESSION_COOKIE, orchard.token)
    return browser


def test_every_scope_on_everything_through_every_channel(
    app: Flask, orchard: Orchard, work: Callable[[], None]
) -> None:
    faults, tried = [], set()
    browser = frank(app, orchard)
    for turn, grants in turns(orchard):
        give(orchard, grants)
        if turn == len(COMBINATIONS) // 2:
            work()
        faults += check.faults(check.Asker(browser, orchard, grants, turn, tried))
    assert faults == []
    channels = {(is_record, number) for is_record, number, _owner, _rights in tried}
    assert len(tried) == len(channels) * len(OWNERS) * len(COMBINATIONS)


@pytest.mark.parametrize(("name", "scopes"), [("alice", ("everything",) * 4), ("dana", ("everything", *["none"] * 3))])
def test_a_super_admin_may_all_and_who_only_reads_changes_nothing(
    orchard: Orchard, request: pytest.FixtureRequest, client_of: Callable[..., Browser], name: str, scopes: tuple[str]
) -> None:
    grants: Grants = {
        (kind, verb): scope for kind in kinds_of(orchard) for verb, scope in zip(VERBS, scopes, strict=True)
    }
    browser = client_of(request.getfixturevalue(name))
    assert list(check.faults(check.Asker(browser, orchard, grants))) == []


def test_every_kind_is_tried_with_every_combination_of_rights() -> None:
    kinds = ["contact", "note", "deal"]
    given = {kind: set() for kind in kinds}
    for turn in range(len(COMBINATIONS)):
        grants = grants_of(turn, kinds)
        for kind in kinds:
            given[kind].add(tuple(grants[kind, verb] for verb in VERBS))
    assert all(sets == set(COMBINATIONS) for sets in given.values())
    assert set(OWNERS) == {"frank", "mona", "olaf", None}
