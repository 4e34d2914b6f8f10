"""/settings/objects/<objects>/pipelines: pipelines and stages, in the browser's place."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.db import db
from crm.objects import storage
from crm.objects.queries import schema
from crm.objects.schema import Pipeline
from crm.permissions.viewer import Viewer
from crm.records.automatic.close_date import CLEARED_ON_REOPENING, DEFAULT, CloseDateDefault, Until
from tests.factories import make_deal
from tests.factories.pipelines import make_pipeline
from tests.support.databases import only_on
from tests.support.html import read
from tests.support.queries import count_queries

Sign = Callable[[Viewer], FlaskClient]
DEALS = "/settings/objects/deals/pipelines"


def pipelines(object_type: str = "deal") -> dict[str, Pipeline]:
    return {one.name: one for one in schema().object_type(object_type).pipelines}


def labels(object_type: str = "deal") -> list[str]:
    return [one.label for one in schema().object_type(object_type).pipelines]


@pytest.fixture
def browser(client_of: Sign, alice: Viewer) -> FlaskClient:
    return client_of(alice)


def test_a_pipeline_is_made_once_with_the_stages_of_the_first(browser: FlaskClient) -> None:
    key = read(browser.get(DEALS).text).one("input", name="key")["value"]
    form = {"label": " Renewals ", "key": key}
    path = browser.post(DEALS, data=form).location
    assert path == f"{DEALS}/renewals"
    assert browser.post(DEALS, data=form).location == path
    assert labels() == ["Sales pipeline", "Renewals"]
    made = pipelines()["renewals"]
    assert [stage.label for stage in made.stages] == [stage.label for stage in pipelines()["default"].stages]
    assert len({stage.name for one in pipelines().values() for stage in one.stages}) == 14
    assert "Renewals" in browser.get(path).text


@pytest.mark.parametrize(("label", "said"), [("", "Enter"), ("SALES pipeline", "of this name"), ("x" * 101, "100")])
def test_what_is_wrong_with_a_name_stands_beside_it(browser: FlaskClient, label: str, said: str) -> None:
    answer = browser.post(DEALS, data={"label": label})
    assert answer.status_code == 422
    page = read(answer.text)
    assert said in page.one(id="label-hint").text
    assert page.one("input", id="label")["value"] == label


def test_rules_and_name_are_stored_and_the_internal_name_stays(browser: FlaskClient) -> None:
    form = {"name": "Selling", "forbids_skipping": "true", "locks_closed": "true"}
    assert browser.post(f"{DEALS}/default", data=form).location == f"{DEALS}/default"
    one = pipelines()["default"]
    assert (one.label, one.forbids_skipping, one.forbids_going_back, one.locks_closed) == ("Selling", True, False, True)
    entered = schema().object_type("deal").property("hs_v2_date_entered_closedwon")
    assert entered.label == "Date entered “Closed won (Selling)”"
    boxes = read(browser.get(f"{DEALS}/default").text)
    assert "checked" in boxes.one("input", name="forbids_skipping").attributes
    assert "checked" not in boxes.one("input", name="forbids_going_back").attributes


def test_a_stage_is_added_before_the_closed_ones_with_its_properties(browser: FlaskClient) -> None:
    form = {"label": "Legal review", "state": "open", "probability": "95", "allows_creation": "true"}
    assert browser.post(f"{DEALS}/default/stages", data=form).location == f"{DEALS}/default#stage-legal_review"
    stages = pipelines()["default"].stages
    assert [stage.name for stage in stages][-3:] == ["legal_review", "closedwon", "closedlost"]
    assert stages[-3].probability == 0.95
    names = schema().object_type("deal").properties
    assert {name for name in names if name.endswith("_legal_review")} == {
        "hs_v2_date_entered_legal_review",
        "hs_v2_date_exited_legal_review",
        "hs_v2_latest_time_in_legal_review",
        "hs_v2_cumulative_time_in_legal_review",
    }


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"label": ""}, "label"),
        ({"label": "Closed won"}, "label"),
        ({"state": "nonsense"}, "state"),
        ({"probability": "many"}, "probability"),
        ({"probability": "101"}, "probability"),
        ({"probability": ""}, "probability"),
    ],
)
def test_what_is_wrong_with_a_stage_stands_beside_it(browser: FlaskClient, typed: dict[str, str], field: str) -> None:
    form = {"label": "Legal", "state": "open", "probability": "50", "allows_creation": "true"} | typed
    for path in (f"{DEALS}/default/stages", f"{DEALS}/default/stages/contractsent"):
        answer = browser.post(path, data=form)
        assert answer.status_code == 422
        page = read(answer.text)
        assert page.one(id=f"{field}-hint").text
        if field != "state":
            assert page.one("input", id=field)["value"] == form[field]
    assert [stage.label for stage in pipelines()["default"].stages][-3] == "Contract sent"


def test_a_stage_is_changed_and_keeps_its_name(browser: FlaskClient) -> None:
    form = {
        "label": "Signed",
        "state": "won",
        "probability": "",
        "color": "green",
        "required": ["amount", "closed_won_reason"],
    }
    path = f"{DEALS}/default/stages/closedwon"
    assert browser.post(path, data=form).location == f"{DEALS}/default#stage-closedwon"
    stage = pipelines()["default"].stage("closedwon")
    assert stage is not None
    assert (stage.label, stage.is_won, stage.color, stage.allows_creation) == ("Signed", True, "green", False)
    assert stage.required == ("amount", "closed_won_reason")
    page = read(browser.get(path).text)
    ticked = [box["value"] for box in page.all("input", name="required") if "checked" in box.attributes]
    assert ticked == ["amount", "closed_won_reason"]


@pytest.mark.parametrize("path", [DEALS, f"{DEALS}/default/stages"])
def test_no_stage_is_made_where_the_table_has_no_room_for_it(
    browser: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    columns = storage.existing_columns("deal")
    monkeypatch.setattr(storage, "MOST_COLUMNS", len(columns) + 2)
    answer = browser.post(path, data={"label": "Legal", "state": "open", "probability": "50"})
    assert answer.status_code == 422
    assert "no room" in read(answer.text).one(id="label-hint").text
    assert (labels(), len(pipelines()["default"].stages)) == (["Sales pipeline"], 7)
    assert storage.existing_columns("deal") == columns


@only_on("postgres")
@pytest.mark.parametrize("path", [DEALS, f"{DEALS}/default/stages"])
def test_no_stage_is_made_while_others_work_on_the_table_without_a_pause(
    browser: FlaskClient, alice: Viewer, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(storage, "HOLD_TRIES", 1)
    make_deal(alice)
    with db.engine.connect() as other:
        other.execute(sa.text("LOCK TABLE object_deal IN ACCESS SHARE MODE"))
        answer = browser.post(path, data={"label": "Legal", "state": "open", "probability": "50"})
        other.rollback()
    assert answer.status_code == 422
    assert "Try again" in read(answer.text).one(id="label-hint").text
    assert (labels(), len(pipelines()["default"].stages)) == (["Sales pipeline"], 7)


def test_required_properties_are_those_people_write(browser: FlaskClient) -> None:
    path = f"{DEALS}/default/stages/closedwon"
    offered = {box["value"] for box in read(browser.get(path).text).all("input", name="required")}
    assert "amount" in offered
    assert not {"dealstage", "pipeline", "hs_is_closed", "createdate"} & offered
    form = {"label": "Won", "state": "won", "required": ["hs_is_closed"], "allows_creation": "true"}
    answer = browser.post(path, data=form)
    assert answer.status_code == 422
    assert "hs_is_closed" in read(answer.text).one(id="required-hint").text


def test_stages_and_pipelines_move_without_a_script(browser: FlaskClient) -> None:
    first, second = (stage.name for stage in pipelines()["default"].stages[:2])
    answer = browser.post(f"{DEALS}/default/stages/{second}/position", data={"to": "up"})
    assert answer.location == f"{DEALS}/default#stage-{second}"
    assert [stage.name for stage in pipelines()["default"].stages[:2]] == [second, first]
    browser.post(f"{DEALS}/default/stages/{second}/position", data={"to": "up"})
    assert pipelines()["default"].stages[0].name == second
    browser.post(DEALS, data={"label": "Renewals"})
    browser.post(f"{DEALS}/renewals/position", data={"to": "up"})
    assert labels() == ["Renewals", "Sales pipeline"]


def test_a_stage_with_records_asks_where_they_go(browser: FlaskClient, alice: Viewer) -> None:
    deal = make_deal(alice, dealstage="contractsent")
    path = f"{DEALS}/default/stages/contractsent"
    answer = browser.post(f"{path}/removal", data={"target": ""})
    assert answer.status_code == 422
    assert "Choose where" in read(answer.text).one(id="target-hint").text
    assert browser.post(f"{path}/removal", data={"target": "qualifiedtobuy"}).location == f"{DEALS}/default"
    assert pipelines()["default"].stage("contractsent") is None
    assert "hs_v2_date_entered_contractsent" not in schema().object_type("deal").properties
    assert "Qualified to buy" in browser.get(f"/records/{deal}").text


@pytest.mark.parametrize("path", [f"{DEALS}/default/stages/contractsent/removal", f"{DEALS}/default/removal"])
def test_what_is_missing_far_down_the_page_is_said_at_its_top(
    browser: FlaskClient, alice: Viewer, path: str
) -> None:
    make_pipeline()
    for stage in ("contractsent", "closedwon"):
        make_deal(alice, dealstage=stage)
    page = read(browser.post(path, data={}).text)
    assert "Nothing was saved" in page.one("p", role="alert").text
    focused = page.one("select", autofocus="")
    assert focused["name"] in ("target", "to-contractsent")
    assert focused["aria-invalid"] == "true"


def test_the_last_pipeline_stays(browser: FlaskClient) -> None:
    assert browser.post(f"{DEALS}/default/removal").status_code == 422
    assert labels() == ["Sales pipeline"]


def test_a_pipeline_is_deleted_when_each_stage_says_where_its_records_go(browser: FlaskClient, alice: Viewer) -> None:
    browser.post(DEALS, data={"label": "Renewals"})
    there = pipelines()["renewals"].stages
    deal = make_deal(alice, pipeline="renewals", dealstage=there[0].name)
    answer = browser.post(f"{DEALS}/renewals/removal", data={})
    assert answer.status_code == 422
    assert read(answer.text).one(id=f"to-{there[0].name}-hint").text
    form = {f"to-{there[0].name}": "contractsent"}
    assert browser.post(f"{DEALS}/renewals/removal", data=form).location == DEALS
    assert labels() == ["Sales pipeline"]
    assert "Contract sent" in browser.get(f"/records/{deal}").text


def test_what_happens_by_itself_is_chosen(browser: FlaskClient) -> None:
    form = {"until": "weeks", "number": "3", "clears": "true"}
    assert browser.post(f"{DEALS}-automation", data=form).location == DEALS
    assert DEFAULT.get() == CloseDateDefault(Until.WEEKS, 3)
    assert CLEARED_ON_REOPENING.get() is True
    for wrong in ({"until": "weeks", "number": "0"}, {"until": "days", "number": "x"}, {"until": "later"}):
        answer = browser.post(f"{DEALS}-automation", data=wrong)
        assert answer.status_code == 422
    assert DEFAULT.get() == CloseDateDefault(Until.WEEKS, 3)


@pytest.mark.parametrize("path", [DEALS, f"{DEALS}/default", f"{DEALS}/default/stages/closedwon"])
def test_pages_cost_the_same_whatever_there_is(browser: FlaskClient, alice: Viewer, path: str) -> None:
    def cost() -> int:
        browser.get(path)
        with count_queries() as queries:
            assert browser.get(path).status_code == 200
        return len(queries)

    before = cost()
    for number in range(8):
        make_deal(alice, pipeline=make_pipeline(f"Pipeline {number}"))
    assert cost() == before <= 6


@pytest.mark.parametrize("path", [DEALS, f"{DEALS}/default", f"{DEALS}/default/stages/closedwon"])
def test_pipelines_are_for_people_who_edit_properties(client_of: Sign, dana: Viewer, path: str) -> None:
    assert client_of(dana).get(path).status_code == 403


@pytest.mark.parametrize("path", [DEALS.replace("deals", "contacts"), f"{DEALS}/gone", f"{DEALS}/default/stages/gone"])
def test_what_is_not_there_is_not_found(browser: FlaskClient, path: str) -> None:
    assert browser.get(path).status_code == 404
