"""A card goes to another stage: by the rules, with what the stage asks for, and back (SPEC 2.9, 5.1)."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.boards.undoing import undo_move, version_of_move
from crm.db import db, end_read, unit_of_work
from crm.objects.queries import schema
from crm.permissions.errors import NotFound
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.properties.models import PropertyHistoryRow
from crm.records.errors import Conflict, InvalidInput
from crm.records.queries import RecordRow, get_record
from tests.factories import make_deal
from tests.factories.pipelines import change, make_pipeline, set_stage
from tests.support.html import Element, read

FIRST, SECOND, WON = "appointmentscheduled", "qualifiedtobuy", "closedwon"
MOVES = "/objects/deals/board/moves"
HTMX = {"HX-Request": "true"}
ClientOf = Callable[[Viewer], FlaskClient]


def stored(viewer: Viewer, deal: int) -> RecordRow:
    end_read()
    return get_record(viewer, deal)


def send(client: FlaskClient, deal: int, stage: str, version: int = 1, asked: str = "mode=board", **more: Any) -> Any:
    form = {"record-id": deal, "version": version, "dealstage": stage} | more
    return client.post(f"{MOVES}?{asked}", data=form, headers=HTMX)


def undo_url(page: Element) -> str:
    return next(form["action"] for form in page.all("form") if "undo" in form.attributes.get("action", ""))


def test_a_move_answers_with_the_card_and_both_columns(bob: Viewer, client_of: ClientOf) -> None:
    deal = make_deal(bob, "Oranges", amount=100)
    make_deal(bob, "Lemons", amount=50)
    answer = send(client_of(bob), deal, SECOND)
    assert answer.status_code == 200
    page = read(answer.text)
    assert page.one("ol", hx_swap_oob=f"afterbegin:#cards-{SECOND}").one("li", id=f"card-{deal}")["data-version"] == "2"
    assert page.one(id=f"board-count-{FIRST}").text == "1 deals"
    assert page.one(id=f"board-count-{SECOND}").text == "1 deals"
    assert "$50.00" in page.one(id=f"board-foot-{FIRST}").text
    assert "$100.00" in page.one(id=f"board-foot-{SECOND}").text
    assert "Oranges is in “Qualified to buy” now." in page.text
    assert stored(bob, deal).values["dealstage"] == SECOND
    history = sa.select(PropertyHistoryRow.new).where(
        PropertyHistoryRow.record_id == deal, PropertyHistoryRow.property_name == "dealstage"
    )
    assert list(db.session.scalars(unguarded(history, "a test looks at history"))) == [FIRST, SECOND]


def test_a_card_that_no_longer_meets_the_filter_leaves_the_board(bob: Viewer, client_of: ClientOf) -> None:
    deal = make_deal(bob, "Oranges")
    answer = send(client_of(bob), deal, SECOND, asked=f"mode=board&filter=dealstage:any:{FIRST}")
    page = read(answer.text)
    assert page.one("li", id=f"card-{deal}")["hx-swap-oob"] == "delete"
    assert page.one(id=f"board-count-{SECOND}").text == "0 deals"


def test_a_stage_asks_for_what_it_requires(bob: Viewer, client_of: ClientOf) -> None:
    set_stage("default", SECOND, required=("hs_next_step",))
    deal, client = make_deal(bob, "Oranges"), client_of(bob)
    answer = send(client, deal, SECOND)
    assert answer.status_code == 422
    form = read(answer.text).one("form", id="board-moving")
    assert form.fields()["hs_next_step"] == ""
    assert stored(bob, deal).values["dealstage"] == FIRST
    filled = form.fields() | {"hs_next_step": "Send the offer"}
    assert client.post(form["action"], data=filled, headers=HTMX).status_code == 200
    values = stored(bob, deal).values
    assert (values["dealstage"], values["hs_next_step"]) == (SECOND, "Send the offer")


def test_a_rule_of_the_pipeline_refuses_with_its_reason(bob: Viewer, client_of: ClientOf) -> None:
    pipeline = make_pipeline(forbids_skipping=True)
    deal = make_deal(bob, "Oranges", pipeline=pipeline, dealstage="first")
    answer = send(client_of(bob), deal, "third", asked=f"mode=board&pipeline={pipeline}")
    assert answer.status_code == 422
    said = "Oranges was not moved. In “Renewals”, no stage may be skipped: “Second” comes first."
    assert said in read(answer.text).text
    assert stored(bob, deal).values["dealstage"] == "first"
    choices = read(client_of(bob).get(f"{MOVES}?record={deal}").text).all("button", name="dealstage")
    assert {one["value"] for one in choices if "disabled" in one} == {"third"}


def test_a_record_of_no_pipeline_comes_into_that_of_its_stage(bob: Viewer, client_of: ClientOf) -> None:
    pipeline = make_pipeline()
    deal = make_deal(bob, "Oranges")
    end_read()
    with unit_of_work():
        table = schema().object_type("deal").table
        nothing = {"pipeline": None, "dealstage": None}
        db.session.execute(sa.update(table).where(table.c.record_id == deal).values(nothing))
    answer = send(client_of(bob), deal, "second", asked="mode=board&pipeline=all")
    assert answer.status_code == 200, answer.text
    values = stored(bob, deal).values
    assert (values["pipeline"], values["dealstage"]) == (pipeline, "second")


def test_a_stage_of_another_pipeline_is_refused(bob: Viewer, client_of: ClientOf) -> None:
    make_pipeline()
    deal = make_deal(bob, "Oranges")
    answer = send(client_of(bob), deal, "second", asked="mode=board&pipeline=all")
    assert answer.status_code == 422
    assert "This stage belongs to another pipeline." in answer.text
    assert stored(bob, deal).values["dealstage"] == FIRST


def test_who_moves_a_card_that_somebody_else_moved_meanwhile_is_told(
    bob: Viewer, alice: Viewer, client_of: ClientOf
) -> None:
    deal = make_deal(bob, "Oranges")
    change(alice, deal, dealstage=WON)
    answer = send(client_of(bob), deal, SECOND)
    assert answer.status_code == 409
    assert "Somebody else moved Oranges to “Closed won” in the meantime." in answer.text
    assert answer.headers["HX-Trigger"] == "records-changed"
    assert stored(bob, deal).values["dealstage"] == WON


def test_a_change_of_something_else_meanwhile_is_no_conflict(bob: Viewer, alice: Viewer, client_of: ClientOf) -> None:
    deal = make_deal(bob, "Oranges")
    change(alice, deal, amount=7)
    assert send(client_of(bob), deal, SECOND).status_code == 200
    assert stored(bob, deal).values["amount"] == 7


def test_a_move_is_taken_back_with_all_that_it_changed(bob: Viewer) -> None:
    deal = make_deal(bob, "Oranges")
    before = stored(bob, deal).values
    change(bob, deal, dealstage=WON, hs_next_step="Celebrate")
    assert stored(bob, deal).values["closedate"] != before["closedate"]
    version = version_of_move(bob, deal, "dealstage", WON)
    assert version is not None
    end_read()
    with unit_of_work():
        undo_move(bob, deal, version)
    after = stored(bob, deal).values
    assert [after[name] for name in ("dealstage", "closedate", "hs_next_step")] == [FIRST, before["closedate"], None]
    change(bob, deal, dealstage=SECOND)
    with pytest.raises(Conflict), unit_of_work():
        undo_move(bob, deal, version)
    with pytest.raises(NotFound), unit_of_work():
        undo_move(bob, deal, 99)


def test_only_ones_own_move_is_offered_to_be_taken_back(alice: Viewer, bob: Viewer) -> None:
    deal = make_deal(bob, "Oranges")
    change(bob, deal, dealstage=SECOND)
    change(alice, deal, dealstage=WON)
    end_read()
    assert version_of_move(bob, deal, "dealstage", SECOND) is None
    assert version_of_move(alice, deal, "dealstage", WON) == 3


def test_the_making_of_a_record_is_no_move_to_be_taken_back(bob: Viewer, client_of: ClientOf) -> None:
    deal = make_deal(bob, "Oranges")
    assert client_of(bob).post(f"{MOVES}/undo?record={deal}&version=1").status_code == 404
    values = stored(bob, deal).values
    assert (values["dealname"], values["dealstage"]) == ("Oranges", FIRST)


def test_the_way_back_obeys_the_rules_and_is_offered_only_where_they_allow_it(
    bob: Viewer, client_of: ClientOf
) -> None:
    pipeline = make_pipeline(forbids_going_back=True)
    deal, client = make_deal(bob, pipeline=pipeline, dealstage="first"), client_of(bob)
    assert "/undo" not in send(client, deal, "second", asked=f"mode=board&pipeline={pipeline}").text
    with pytest.raises(InvalidInput), unit_of_work():
        undo_move(bob, deal, 2)
    other = make_deal(bob, "Lemons")
    answer = client.post(undo_url(read(send(client, other, SECOND).text)))
    assert answer.headers["Location"] == "/objects/deals?sort=createdate&direction=desc&mode=board"
    assert stored(bob, other).values["dealstage"] == FIRST


def test_hidden_cards_are_404_and_those_of_others_403(
    bob: Viewer, charlie: Viewer, dana: Viewer, client_of: ClientOf
) -> None:
    deal = make_deal(charlie)
    for viewer, status in ((bob, 404), (dana, 403)):
        client = client_of(viewer)
        assert send(client, deal, SECOND).status_code == status
        assert client.get(f"{MOVES}?record={deal}").status_code == status
        assert client.post(f"{MOVES}/undo?record={deal}&version=1").status_code == status
    assert client_of(charlie).get("/objects/contacts/board/moves?record=1").status_code == 404
    assert stored(charlie, deal).values["dealstage"] == FIRST


def test_everything_works_without_scripts(bob: Viewer, client_of: ClientOf) -> None:
    set_stage("default", SECOND, required=("hs_next_step",))
    deal, client = make_deal(bob, "Oranges"), client_of(bob)
    board = read(client.get("/objects/deals?mode=board&sort=dealname").text)
    asking = board.one("form", id="board-asking")
    page = read(client.get(f"{asking['action']}", query_string=asking.fields() | {"record": deal}).text)
    form = page.one("form", id="board-moving")
    answer = client.post(form["action"], data=form.fields() | {"dealstage": SECOND})
    assert answer.status_code == 422
    form = read(answer.text).one("form", id="board-moving")
    answer = client.post(form["action"], data=form.fields() | {"hs_next_step": "Call"})
    assert (answer.status_code, stored(bob, deal).values["dealstage"]) == (303, SECOND)
    assert answer.headers["Location"] == "/objects/deals?sort=dealname&direction=asc&mode=board"
    fold = read(client.get(answer.headers["Location"]).text).one("section", id=f"column-{SECOND}").one("form")
    client.post(fold["action"], data=fold.fields())
    column = read(client.get("/objects/deals?mode=board").text).one("section", id=f"column-{SECOND}")
    assert "data-folded" in column
    assert not column.all("li")
