"""What the cards of a board show, chosen by an administrator for everybody (SPEC 2.9, 5.1)."""

from collections.abc import Callable

from flask.testing import FlaskClient

from crm.permissions.viewer import Viewer
from tests.factories import make_deal
from tests.factories.pipelines import make_pipeline, set_stage
from tests.support.html import read
from tests.support.queries import count_queries

SETTINGS = "/settings/objects/deals/board"
BOARD = "/objects/deals?mode=board"
ClientOf = Callable[[Viewer], FlaskClient]


def facts(client: FlaskClient) -> list[str]:
    return [one.text for one in read(client.get(BOARD).text).one("dl", css="board-card-facts").all("dt")]


def test_cards_show_what_an_administrator_chose(alice: Viewer, bob: Viewer, client_of: ClientOf) -> None:
    make_deal(bob, hs_priority="high")
    admin, client = client_of(alice), client_of(bob)
    usual = facts(client)
    assert usual == ["Create date", "Close date", "Deal owner"]
    admin.post(SETTINGS, data={"property": ["hs_priority", "", "closedate"]})
    assert facts(client) == ["Priority", "Close date"]
    assert admin.post(SETTINGS, data={"property": "no_such"}).status_code == 422
    assert admin.post(SETTINGS, data={"property": [f"hs_v2_date_entered_{n}" for n in range(9)]}).status_code == 422
    admin.post(f"{SETTINGS}/reset")
    assert facts(client) == usual


def test_only_who_edits_properties_chooses_cards(bob: Viewer, client_of: ClientOf) -> None:
    client = client_of(bob)
    assert [client.get(SETTINGS).status_code, client.post(SETTINGS).status_code] == [403, 403]
    assert SETTINGS not in client.get(BOARD).text
    assert client.get("/settings/objects/contacts/board").status_code == 403


def test_a_record_is_made_in_the_stage_of_its_column(bob: Viewer, dana: Viewer, client_of: ClientOf) -> None:
    pipeline = make_pipeline()
    set_stage(pipeline, "third", allows_creation=False)
    client = client_of(bob)
    board = read(client.get(f"{BOARD}&pipeline={pipeline}").text)
    assert not board.all("a", id="create-in-third")
    form = read(client.get(board.one("a", id="create-in-second")["href"]).text)
    assert {form.fields()[name] for name in ("pipeline", "dealstage")} == {pipeline, "second"}
    assert "create-in-" not in client_of(dana).get(BOARD).text
    assert client.get("/objects/deals/new?stage=no-such").status_code == 200


def test_the_page_of_a_board_costs_eight_queries_at_most(bob: Viewer, client_of: ClientOf) -> None:
    client, costs = client_of(bob), []
    for amount in (5, 45):
        for _ in range(amount):
            make_deal(bob)
        client.get(BOARD)
        with count_queries() as queries:
            assert client.get(f"{BOARD}&q=oranges&filter=dealname:known").status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 8, queries
