"""The board: a column for each stage, with the cards, counts and amounts of what the reader may see (SPEC 5.1)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import time_machine

from crm.boards import board as boards
from crm.boards.board import Asked, BoardColumn, one_column
from crm.boards.next_activity import Due
from crm.boards.places import EVERY, NOWHERE, chosen_pipelines
from crm.clock import now
from crm.db import db, end_read, unit_of_work
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.ordering import IndexOrder
from tests.factories import make_deal, make_task, make_ticket
from tests.factories.pipelines import make_pipeline
from tests.support.queries import count_queries

FIRST, SECOND, WON = "appointmentscheduled", "qualifiedtobuy", "closedwon"


def asked(
    viewer: Viewer,
    pipeline: str = "",
    object_type: str = "deal",
    order: str = "createdate",
    condition: sa.ColumnElement[bool] | None = None,
) -> Asked:
    end_read()
    kind = schema().object_type(object_type)
    context = Context(time_zone=ZoneInfo("UTC"), viewer=viewer)
    return Asked(viewer, kind, chosen_pipelines(kind, pipeline), IndexOrder(order, True), condition, context)


def read(viewer: Viewer, pipeline: str = "", folded: tuple[str, ...] = (), **more: Any) -> dict[str, BoardColumn]:
    return {column.place.key: column for column in boards.board(asked(viewer, pipeline, **more), folded)}


def titles(column: BoardColumn) -> list[str]:
    return [card.title for card in column.cards]


def test_a_column_has_its_cards_their_number_and_both_totals(bob: Viewer) -> None:
    make_deal(bob, "Small", amount=Decimal(100))
    make_deal(bob, "Large", amount=Decimal("1000.50"))
    make_deal(bob, "Unknown")
    make_deal(bob, "Later", dealstage=SECOND, amount=Decimal(10))
    columns = read(bob, order="amount")
    assert list(columns)[:2] == [FIRST, SECOND]
    assert NOWHERE not in columns
    first = columns[FIRST]
    assert titles(first) == ["Large", "Small", "Unknown"]
    assert (first.totals.number, first.totals.amount, first.totals.weighted) == (3, Decimal("1100.5"), Decimal("220.1"))
    assert titles(columns[SECOND]) == ["Later"]
    assert columns[WON].totals.number == 0


def test_amounts_in_other_money_are_left_out_and_counted(bob: Viewer) -> None:
    make_deal(bob, amount=Decimal(100))
    make_deal(bob, amount=Decimal(70), deal_currency_code="EUR")
    totals = read(bob)[FIRST].totals
    assert (totals.number, totals.amount, totals.weighted, totals.elsewhere) == (2, Decimal(100), Decimal(20), 1)


def test_nothing_on_a_board_depends_on_rows_the_reader_may_not_see(bob: Viewer, charlie: Viewer, dana: Viewer) -> None:
    make_deal(bob, "Ours", amount=Decimal(5))
    before = read(bob)
    for stage in (FIRST, SECOND, WON):
        make_deal(charlie, "Theirs", dealstage=stage, amount=Decimal(900), deal_currency_code="EUR")
    assert read(bob) == before
    assert read(dana)[FIRST].totals.number == 2
    assert not any(card.may_move for column in read(dana).values() for card in column.cards)


def test_a_filter_narrows_cards_and_totals_alike(bob: Viewer) -> None:
    make_deal(bob, "Small", amount=Decimal(100))
    make_deal(bob, "Large", amount=Decimal(1000))
    amount = schema().object_type("deal").column("amount")
    column = read(bob, condition=amount > 500)[FIRST]
    assert (titles(column), column.totals.amount) == (["Large"], Decimal(1000))


def test_a_column_loads_on_and_shows_every_card_once(bob: Viewer) -> None:
    made = {f"Nr {number}" for number in range(28)}
    for name in made:
        make_deal(bob, name)
    column = read(bob)[FIRST]
    assert len(column.cards) == boards.PAGE
    cards, key = one_column(asked(bob), column.place, column.next_key)
    assert key is None
    assert sorted([*titles(column), *(card.title for card in cards)]) == sorted(made)


def test_a_folded_column_has_its_totals_and_no_cards(bob: Viewer) -> None:
    make_deal(bob)
    column = read(bob, folded=(FIRST,))[FIRST]
    assert column.is_folded
    assert (column.totals.number, column.cards) == (1, ())


def test_a_board_is_of_one_pipeline_or_of_all(bob: Viewer) -> None:
    renewals = make_pipeline()
    make_deal(bob, "Usual")
    make_deal(bob, "Renewed", pipeline=renewals, dealstage="first")
    assert "first" not in read(bob)
    assert titles(read(bob, renewals)["first"]) == ["Renewed"]
    both = read(bob, EVERY)
    assert (titles(both[FIRST]), titles(both["first"])) == (["Usual"], ["Renewed"])
    assert list(read(bob, "no such pipeline")) == list(read(bob))


def test_records_in_no_stage_have_a_column_of_their_own(alice: Viewer) -> None:
    deal = make_deal(alice, "Lost in an old import", amount=Decimal(3))
    table = schema().object_type("deal").table
    end_read()
    with unit_of_work():
        db.session.execute(sa.update(table).where(table.c.record_id == deal).values(dealstage=None, pipeline=None))
    column = read(alice)[NOWHERE]
    assert (titles(column), column.totals.number, column.totals.amount) == (["Lost in an old import"], 1, Decimal(3))


def test_an_object_without_amounts_is_counted(bob: Viewer) -> None:
    make_ticket(bob)
    column = next(iter(read(bob, object_type="ticket").values()))
    assert (column.totals.text, column.amount, len(column.cards)) == ("1", None, 1)


@pytest.mark.parametrize(
    ("hours", "due"),
    [(None, Due.NONE), ((-30, 40), Due.OVERDUE), ((5,), Due.TODAY), ((30, 5), Due.TODAY), ((30,), Due.LATER)],
)
def test_a_card_says_what_comes_next(
    clock: time_machine.Traveller, bob: Viewer, hours: tuple[int, ...] | None, due: Due
) -> None:
    deal = make_deal(bob)
    for one in hours or ():
        make_task(bob, deal, activity_date=now() + timedelta(hours=one))
    card = read(bob)[FIRST].cards[0]
    assert card.upcoming is not None
    assert card.upcoming.due is due


def test_what_is_closed_misses_no_next_activity(bob: Viewer) -> None:
    make_deal(bob, dealstage=WON)
    assert read(bob)[WON].cards[0].upcoming is None


def test_a_board_costs_three_queries_for_few_cards_and_for_many(bob: Viewer) -> None:
    costs = []
    for amount in (5, 45):
        for number in range(amount):
            make_deal(bob, f"Nr {number}", dealstage=(FIRST, SECOND, WON)[number % 3])
        question = asked(bob)
        with count_queries() as queries:
            boards.board(question, ())
        costs.append(len(queries))
    assert costs == [3, 3], queries
