"""A saved view remembers that it is a board or a calendar, of which pipeline, by which date (SPEC 5.3)."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from flask.testing import FlaskClient

from crm.db import end_read, unit_of_work
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.saved_views.operations import create_view
from crm.saved_views.state import ViewState
from tests.factories import make_deal
from tests.factories.pipelines import make_pipeline
from tests.support.html import read

ClientOf = Callable[[Viewer], FlaskClient]


def save(actor: Viewer, **state: object) -> int:
    end_read()
    with unit_of_work():
        return create_view(actor, schema().object_type("deal"), "Ours", "private", ViewState(**state))  # type: ignore[arg-type]


def test_a_view_of_a_board_opens_its_pipeline_and_leaves_it(bob: Viewer, client_of: ClientOf) -> None:
    pipeline = make_pipeline()
    make_deal(bob, "Renewed", pipeline=pipeline, dealstage="first")
    key = save(bob, mode="board", sort="dealname", direction="asc", options={"pipeline": pipeline})
    client = client_of(bob)
    page = read(client.get(f"/objects/deals?view={key}").text)
    assert page.one("section", id="column-first").all("a", css="board-card-name")[0].text == "Renewed"
    assert "Unsaved changes" not in page.text
    fields = page.one(id="board-bar").fields()
    assert [fields[name] for name in ("pipeline", "sort", "direction")] == [pipeline, "dealname", "asc"]
    other = read(client.get(f"/objects/deals?view={key}&pipeline=default").text)
    assert not other.all("section", id="column-first")
    assert "Unsaved changes" in other.text
    asked = parse_qs(urlsplit(other.one("form", id="board-move")["action"]).query)
    assert (asked["view"], asked["pipeline"]) == ([str(key)], ["default"])
    table = read(client.get(other.one("a", id="mode-table")["href"]).text)
    assert table.all("table", css="table")


def test_a_view_of_a_calendar_opens_its_date_in_the_month_of_today(bob: Viewer, client_of: ClientOf) -> None:
    make_deal(bob, "Made today")
    key = save(bob, mode="calendar", options={"date": "createdate"})
    page = read(client_of(bob).get(f"/objects/deals?view={key}").text)
    assert page.one("a", css="calendar-item").text.endswith("Made today")
    assert "Unsaved changes" not in page.text


def test_what_is_taken_from_a_board_is_of_its_pipelines_and_leaves_the_board_as_it_was(
    alice: Viewer, client_of: ClientOf
) -> None:
    pipeline = make_pipeline()
    make_deal(alice, "Renewed", pipeline=pipeline, dealstage="first")
    make_deal(alice, "New", dealstage="qualifiedtobuy")
    key = save(alice, mode="board", options={"pipeline": pipeline})
    client = client_of(alice)
    page = read(client.get(f"/objects/deals?view={key}").text)
    report = parse_qs(urlsplit(page.one("a", id="make-report")["href"]).query)
    assert report["filter"] == [f"pipeline:any:{pipeline}"]
    for link in ("export-view", "export-this-view"):
        form = read(client.get(page.one("a", id=link)["href"]).text).one("section", id="export-table").all("form")[0]
        answer = client.post("/objects/deals/export", data=form.fields() | {"which": "shown", "format": "csv"})
        there = parse_qs(urlsplit(answer.headers["Location"]).query)
        assert (there["view"], "filter" in there) == ([str(key)], False)
        files = [link for link in read(client.get("/exports").text).links() if link.endswith("/file")]
        with client.get(files[0]) as file:
            assert ("Renewed" in file.text, "New" in file.text) == (True, False)
