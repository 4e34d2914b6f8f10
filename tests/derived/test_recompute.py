"""What events keep equals what is computed from scratch, whatever happened (SPEC 2.7, 2.9)."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from crm.accounts.queries import directory
from crm.cli import recompute as command
from crm.db import Stamp, db, end_read, unit_of_work
from crm.derived import recomputing
from crm.derived.graph import derivation_graph
from crm.derived.recomputing import PLACE, recompute
from crm.derived.upkeep import follow_the_clock
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from tests.derived.conftest import Make, Stored
from tests.derived.world import World, differences
from tests.factories import make_company, make_contact, make_deal, relate

STEPS, LOOK_EVERY = 120, 20


@pytest.fixture
def followed(follow: Make) -> None:
    """Properties of all three kinds, that follow from each other and from automatic ones."""
    fee = follow("deal", "Fee", "calculation", formula="coalesce(amount, 0) * 0.1")
    fees = follow("company", "Fees", "rollup", object="deal", operation="sum", property=fee)
    follow("contact", "Fees of the firm", "property_sync", object="company", source=fees, pick="primary")
    follow("contact", "Busy", "calculation", formula="num_notes + num_associated_deals")
    follow(
        "company", "Newest deal won", "rollup", object="deal", operation="max", property="closedate",
        only_where=[["dealstage", "any_of", ["closedwon"]]],
    )  # fmt: skip
    follow(
        "company", "Our people", "rollup", object="contact", operation="count",
        association="company_to_contact_primary",
    )  # fmt: skip
    follow("company", "Notes of people", "rollup", object="contact", operation="sum", property="num_notes")
    follow("deal", "Industry", "property_sync", object="company", source="industry", pick="newest")


@pytest.mark.parametrize("seed", range(3))
def test_db_27_whatever_happens_events_keep_what_recompute_would_say(
    alice: Viewer, followed: None, clock: time_machine.Traveller, seed: int
) -> None:
    end_read()
    world = World(alice, [user.id for user in directory().active_users()], seed)
    for step in range(STEPS):
        world.happen()
        if step % LOOK_EVERY == LOOK_EVERY - 1:
            assert differences() == []
            clock.shift(timedelta(hours=30))
            follow_the_clock({})
            assert differences() == []
    assert recompute().values == 0


def test_db_27_recompute_mends_what_is_wrong(alice: Viewer, followed: None, app: Flask) -> None:
    end_read()
    world = World(alice, [user.id for user in directory().active_users()], 11)
    for _ in range(30):
        world.happen()
    spoil()
    wrong = differences()
    assert len(wrong) > 50
    found = recompute()
    assert found.values >= len(wrong)
    assert differences() == []


def spoil() -> None:
    """Empty every column that is derived."""
    end_read()
    with unit_of_work():
        for one in derivation_graph().ordered:
            kind = schema().object_type(one.object_type)
            columns = {kind.column(name).name: None for name in one.fills}
            db.session.execute(sa.update(kind.table).values(columns))


def test_a_recomputation_that_was_stopped_goes_on(
    alice: Viewer, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    contacts = [make_contact(alice) for _ in range(5)]
    spoil()
    monkeypatch.setattr(recomputing, "BATCH", 2)

    def stop(name: str, done: int, total: int) -> None:
        if name == "contact" and done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        recompute(progress=stop)
    seen: list[tuple[str, int]] = []
    recompute(progress=lambda name, done, total: seen.append((name, done)))
    assert [one for one in seen if one[0] == "contact"][0] == ("contact", 1)
    assert [stored(contact, "num_notes") for contact in contacts] == [0] * 5
    assert db.session.scalar(sa.select(Stamp.token).where(Stamp.name == PLACE)) is None


def test_one_object_alone_takes_what_follows_along(alice: Viewer, followed: None, stored: Stored) -> None:
    company, deal = make_company(alice), make_deal(alice, amount=Decimal(100))
    relate(alice, company, deal)
    spoil()
    recompute("deal")
    assert stored(company, "fees") == 10


def test_the_command_says_how_many_differed(alice: Viewer, app: Flask, work: Callable[[], None]) -> None:
    make_contact(alice)
    spoil()
    end_read()
    shown = app.test_cli_runner().invoke(command, ["--object", "contacts"])
    assert "differed and are right now" in shown.output
    shown = app.test_cli_runner().invoke(command, [])
    assert "Every value was right." in shown.output
    assert app.test_cli_runner().invoke(command, ["--object", "nothings"]).exit_code == 1
