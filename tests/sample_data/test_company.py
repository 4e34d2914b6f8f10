"""The sample data: what SPEC 2.1 promises is there, and everything is as if people had written it."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from time_machine import Traveller

from crm.accounts.queries import directory, find_user, viewer_for
from crm.activities.models import ActivityLink, Comment
from crm.activities.types import activity_types
from crm.associations.queries import association_types, neighbourhoods, primary_company
from crm.clock import now
from crm.db import db, end_read
from crm.imports.models import ImportRun
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import SYSTEM, Viewer
from crm.records.models import Record
from crm.records.operations import archive_record
from crm.records.queries import get_record
from crm.sample_data import company, people, progress
from crm.sample_data.firms import JOHN_DOE_EMAIL
from crm.sample_data.machines import MACHINES
from crm.timeline.models import TimelineEntry
from tests.conftest import Installation
from tests.support.databases import only_on
from tests.support.records import find_by_value

BELIEVABLE = {"company": 25, "contact": 60, "deal": 30, "ticket": 12, "lead": 12}


def amounts() -> dict[str, int]:
    counted = sa.select(Record.object_type, sa.func.count()).group_by(Record.object_type)
    return dict(db.session.execute(unguarded(counted, "a test")).tuples().all())


def test_john_doe_is_at_orange_inc_with_a_deal_and_a_ticket(
    year: None, alice: Viewer, client_of: Callable[[Viewer], FlaskClient]
) -> None:
    """SPEC 2.1: the example that the manual tells its story with."""
    (john,) = find_by_value(SYSTEM, "contact", "email", JOHN_DOE_EMAIL)
    assert association_types()
    page = client_of(alice).get(f"/records/{john}").text
    for text in ("John Doe", "Orange Inc", "Crates arrive wet", "returnable crates for the Bristol plant"):
        assert text in page


def test_db_08_john_doe_is_there_with_his_address(year: None) -> None:
    (john,) = find_by_value(SYSTEM, "contact", "email", "johndoe@email.com")
    assert get_record(SYSTEM, john).title == "John Doe"


def test_db_09_a_deal_and_a_ticket_are_on_john_doe_and_on_his_company(year: None) -> None:
    (john,) = find_by_value(SYSTEM, "contact", "email", JOHN_DOE_EMAIL)
    orange = primary_company(SYSTEM, john, "contact")
    assert orange is not None
    assert orange.display_name == "Orange Inc"
    linked = {
        record_id: {
            (section.object_type.name, one.record_id)
            for section in neighbourhoods(SYSTEM, record_id, kind, {"deal": 9, "ticket": 9})
            for one in section.neighbours
        }
        for record_id, kind in ((john, "contact"), (orange.record_id, "company"))
    }
    shared = {kind for kind, _ in linked[john] & linked[orange.record_id]}
    assert {"deal", "ticket"} <= shared


def test_db_03_newcomers_see_an_object_that_somebody_made(year: None) -> None:
    assert amounts()["machine"] == len(MACHINES)
    (machine,) = find_by_value(SYSTEM, "machine", "serial_number", "TF-1042")
    assert primary_company(SYSTEM, machine, "machine").display_name == "Orange Inc"  # type: ignore[union-attr]


def test_company_is_small_and_believable(year: None) -> None:
    found = amounts()
    assert {name: found[name] >= least for name, least in BELIEVABLE.items()} == dict.fromkeys(BELIEVABLE, True)
    activities = sum(count for name, count in found.items() if name not in BELIEVABLE)
    assert activities >= 300


def test_all_nine_kinds_over_a_year_and_some_to_come(year: None) -> None:
    entries = sa.select(
        TimelineEntry.kind, sa.func.min(TimelineEntry.moment), sa.func.max(TimelineEntry.moment)
    ).group_by(TimelineEntry.kind)
    spans = {kind: (first, last) for kind, first, last in db.session.execute(unguarded(entries, "a test"))}
    assert {kind.name for kind in activity_types} <= spans.keys()
    assert min(first for first, _last in spans.values()) < now() - timedelta(days=350)
    assert spans["task"][1] > now()
    assert spans["meeting"][1] > now()


def test_nothing_has_happened_that_lies_ahead(year: None) -> None:
    ahead = sa.select(sa.func.count()).where(TimelineEntry.moment > now(), TimelineEntry.is_open.is_(False))
    assert db.session.scalar(unguarded(ahead, "a test")) == 0
    young = sa.select(sa.func.count()).where(Record.created_at > now())
    assert db.session.scalar(unguarded(young, "a test")) == 0


def test_three_people_in_two_teams_own_it(year: None) -> None:
    ours = [find_user(colleague.email) for colleague in people.COLLEAGUES]
    assert len({user.team_id for user in ours if user}) == 2
    owners = set(db.session.scalars(unguarded(sa.select(Record.owner_id).distinct(), "a test")))
    assert owners == {user.id for user in ours if user}


def test_the_other_team_sees_none_of_it(year: None, client_of: Callable[[Viewer], FlaskClient]) -> None:
    ids = {user.name: user.id for user in directory().users.values()}
    erik, maja = viewer_for(ids["Erik Sandberg"]), viewer_for(ids["Maja Kowalska"])
    assert "Sadowisko" in client_of(maja).get("/objects/companies").text
    assert "Sadowisko" not in client_of(erik).get("/objects/companies").text


def test_sample_data_is_filled_in_once(year: None) -> None:
    before = amounts()
    assert company.fill() == 0
    assert amounts() == before


def everything() -> list[tuple[object, ...]]:
    """What there is, without ids and moments."""
    statements = (
        sa.select(Record.object_type, Record.display_name),
        sa.select(TimelineEntry.kind, TimelineEntry.is_open),
        sa.select(Comment.body),
        sa.select(ActivityLink.source),
        sa.select(Record.object_type, Record.version),
    )
    end_read()
    rows = [tuple(map(str, row)) for one in statements for row in db.session.execute(unguarded(one, "a test"))]
    return sorted(rows)


@only_on("sqlite")
def test_killed_in_the_middle_it_goes_on_to_the_same_end(
    installation: Installation, app: Flask, clock: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A unit is there or not, so killed means that one of them is not."""
    began = now()
    end_read()
    amount = company.fill()
    whole = everything()
    end_read()
    installation.restore()
    clock.move_to(began)
    for number in (0, 2, 9):
        with monkeypatch.context() as patched:
            patched.setattr(company, "advance", failing_after(number))
            end_read()
            with pytest.raises(KeyboardInterrupt):
                company.fill()
        clock.shift(timedelta(hours=7))
    end_read()
    assert company.fill() == amount
    assert everything() == whole
    end_read()
    assert company.fill() == 0


def failing_after(units: int) -> Callable[..., object]:
    calls = count()

    def advance(*arguments: Any) -> object:
        if next(calls) == units:
            raise KeyboardInterrupt
        return progress.advance(*arguments)

    return advance


@only_on("sqlite")
def test_what_somebody_deletes_meanwhile_is_left_out(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = count()

    def advance(*arguments: Any) -> object:
        if next(calls) == 4:
            oldest = sa.select(Record.id).where(Record.object_type == "company", Record.archived_at.is_(None))
            archive_record(SYSTEM, db.session.scalars(unguarded(oldest.limit(1), "a test")).one())
        return progress.advance(*arguments)

    monkeypatch.setattr(company, "advance", advance)
    end_read()
    assert company.fill() > 0
    assert amounts()["deal"] > 20


def test_others_can_write_after_every_twenty_things(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(company, "advance", failing_after(3))
    end_read()
    with pytest.raises(KeyboardInterrupt):
        company.fill()
    end_read()
    assert db.session.scalars(sa.select(ImportRun.position)).all() == [60]
    assert 20 < sum(amounts().values()) <= 60


def test_sample_data_is_found_by_search(
    year: None, work: Callable[[], None], alice: Viewer, client_of: Callable[[Viewer], FlaskClient]
) -> None:
    work()
    assert "John Doe" in client_of(alice).get("/search?q=johndoe").text
    assert "mark>" in client_of(alice).get("/search?q=samples").text
