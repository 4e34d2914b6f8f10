"""One property of many records, written in bulk and undone (SPEC 5.1, DB-33)."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.activities.queries import get_activity
from crm.bulk import operations as bulk
from crm.bulk.models import BulkChange
from crm.bulk.operations import begin
from crm.bulk.queries import Run, runs_of
from crm.db import db, end_read, unit_of_work
from crm.objects.definitions.base import OptionDefinition
from crm.objects.properties import create_property, define_property
from crm.objects.property_content import PropertyContent
from crm.objects.queries import schema
from crm.objects.schema import Editors
from crm.permissions.errors import Forbidden
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.properties.models import PropertyHistoryRow
from crm.properties.types import property_types
from crm.records.operations import archive_record, update_record
from crm.records.queries import get_record
from crm.selections.editing import EDIT
from crm.selections.listing import Listing
from crm.selections.selection import all_of, some, stored
from tests.factories import make_call, make_company, make_contact, make_deal
from tests.factories.pipelines import make_pipeline, set_stage
from tests.support.html import Element, read

Sign = Callable[[Viewer], FlaskClient]
OPTIONS = (OptionDefinition("red", "Red"), OptionDefinition("blue", "Blue"), OptionDefinition("green", "Green"))


def edit(actor: Viewer, object_type: str, ids: list[int], name: str, way: str, value: str | None = None) -> Run:
    chosen = stored(some(Listing(schema().object_type(object_type)), ids))
    settings = {"selection": chosen, "property": name, "way": way, "value": value}
    end_read()
    with unit_of_work():
        return begin(actor, EDIT, settings)


def undo(actor: Viewer, run: Run) -> None:
    end_read()
    with unit_of_work():
        bulk.undo(actor, run.id)


def values(actor: Viewer, ids: list[int], name: str) -> list[Any]:
    end_read()
    return [get_record(actor, one).values[name] for one in ids]


def test_a_value_is_written_to_all_with_its_history_and_undone_where_nobody_changed_it_since(alice: Viewer) -> None:
    ids = [make_contact(alice, f"Ada {city}", city=city) for city in ("Oslo", None, "Rome")]
    run = edit(alice, "contact", ids, "city", "set", "Rome")
    assert (run.changed, run.skipped, [str(one) for one in run.problems]) == (2, 1, ["1 that were so already."])
    assert values(alice, ids, "city") == ["Rome"] * 3
    history = PropertyHistoryRow.__table__
    told = sa.select(history.c.source, history.c.source_detail).where(
        history.c.record_id == ids[0], history.c.property_name == "city", history.c.new == "Rome"
    )
    assert db.session.execute(unguarded(told, "a test looks")).tuples().all() == [("bulk", str(run.id))]
    with unit_of_work():
        update_record(alice, ids[1], {"city": "Paris"})
    undo(alice, run)
    assert values(alice, ids, "city") == ["Oslo", "Paris", "Rome"]


def test_what_was_kept_for_undo_of_a_contact_goes_with_it_for_good(alice: Viewer, work: Callable[[], None]) -> None:
    gone, kept = make_contact(alice, city="Oslo"), make_contact(alice, city="Rome")
    run = edit(alice, "contact", [gone, kept], "city", "set", "Paris")
    with unit_of_work():
        archive_record(alice, gone, permanently=True)
    work()
    end_read()
    held = sa.select(BulkChange.one_id, BulkChange.before).where(BulkChange.run_id == run.id)
    assert {one: before is None for one, before in db.session.execute(held)} == {gone: True, kept: False}
    undo(alice, run)
    assert values(alice, [kept], "city") == ["Rome"]


def test_several_choices_are_replaced_added_taken_away_and_cleared(alice: Viewer) -> None:
    name, roles = "hs_buying_role", ["CHAMPION;BLOCKER", None, "END_USER"]
    ids = [make_contact(alice, f"Ada {number}", hs_buying_role=role) for number, role in enumerate(roles)]
    added = edit(alice, "contact", ids, name, "add", "BLOCKER;CHAMPION")
    assert values(alice, ids, name) == ["BLOCKER;CHAMPION", "BLOCKER;CHAMPION", "BLOCKER;CHAMPION;END_USER"]
    removed = edit(alice, "contact", ids, name, "remove", "BLOCKER")
    assert values(alice, ids, name) == ["CHAMPION", "CHAMPION", "CHAMPION;END_USER"]
    undo(alice, removed)
    undo(alice, added)
    assert values(alice, ids, name)[1:] == roles[1:]
    edit(alice, "contact", ids, name, "set", "INFLUENCER")
    assert values(alice, ids, name) == ["INFLUENCER"] * 3
    edit(alice, "contact", ids, name, "clear")
    assert values(alice, ids, name) == [None] * 3


def test_what_the_rules_refuse_is_counted_with_its_reason_and_left_as_it_was(alice: Viewer) -> None:
    pipeline = make_pipeline()
    set_stage(pipeline, "won", required=("amount",))
    without, planned = [make_deal(alice, f"Deal {number}") for number in range(2)], datetime(2199, 3, 1, tzinfo=UTC)
    ready = make_deal(alice, "Ready", amount=7, closedate=planned)
    run = edit(alice, "deal", [*without, ready], "dealstage", "set", "won")
    assert (run.changed, run.skipped) == (1, 2)
    [problem] = map(str, run.problems)
    assert problem.startswith("2 for this reason: ")
    assert "Amount" in problem
    record = get_record(alice, ready)
    assert (record.values["dealstage"], record.values["pipeline"]) == ("won", pipeline)
    assert record.values["closedate"] < planned
    undo(alice, run)
    end_read()
    record = get_record(alice, ready)
    assert record.values["pipeline"] != pipeline
    assert record.values["closedate"] == planned


def test_who_sees_less_touches_and_learns_nothing_of_the_rest(alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    mine, theirs = make_contact(bob), make_contact(charlie, "Eva Elsewhere")
    chosen = stored(all_of(Listing(schema().object_type("contact"))))
    with unit_of_work():
        run = begin(bob, EDIT, {"selection": chosen, "property": "city", "way": "set", "value": "Rome"})
    assert (run.total, run.changed, run.skipped, run.problems) == (1, 1, 0, ())
    assert values(alice, [mine, theirs], "city") == ["Rome", None]


def test_a_property_only_some_may_write_is_not_offered_and_stops_the_work(
    client_of: Sign, alice: Viewer, bob: Viewer
) -> None:
    contact = make_contact(bob)
    with unit_of_work():
        only = Editors(frozenset({alice.user_id or 0}))
        content = PropertyContent("Credit line", group_of("contact"), editors=only)
        made = define_property(alice, "contact", "text", content)
    end_read()
    assert "Credit line" in form(client_of(alice), "contacts", contact).text
    assert "Credit line" not in form(client_of(bob), "contacts", contact).text
    sent = {"action": "edit", "id": contact, "property": made.name, "way": "set", "value": "x"}
    assert client_of(bob).post("/objects/contacts/selected", data=sent).status_code == 422
    run = edit(bob, "contact", [contact], "city", "set", "Rome")
    with pytest.raises(Forbidden):
        edit(bob, "contact", [contact], made.name, "set", "x")
    assert (run.changed, values(alice, [contact], made.name)) == (1, [None])


TYPED: dict[str, tuple[Any, str]] = {
    "text": ("Lemons", "Lemons"),
    "multi_line": ("Lemons\nand limes", "Lemons\nand limes"),
    "rich_text": ("<p>Lemons</p>", "<p>Lemons</p>"),
    "number": ("1,250.5", "1250.5"),
    "currency": ("12", "12"),
    "date": ("2026-03-01", "2026-03-01"),
    "date_time": ("2026-03-01T10:00", ""),
    "dropdown": ("red", "red"),
    "radio": ("blue", "blue"),
    "checkboxes": (["green", "red"], "red;green"),
    "checkbox": ("false", "false"),
    "user": ("alice@example.com", ""),
    "users": (["alice@example.com"], ""),
    "phone": ("+12125550123", "+12125550123"),
    "email": ("ada@example.com", "ada@example.com"),
    "url": ("https://example.com/", "https://example.com/"),
    "domain": ("example.com", "example.com"),
    "file": ("lemons.txt", ""),
}
"""What is typed for each type, and the value as the history writes it, where it is the same for everybody."""


def test_a_property_of_every_type_is_written_with_its_own_control(client_of: Sign, alice: Viewer) -> None:
    written = [kind for kind in property_types if kind.is_creatable and not kind.is_derived]
    with unit_of_work():
        made = {
            kind.name: create_property(
                "deal", f"My {kind.name}", kind.name, group_of("deal"), options=OPTIONS if kind.has_options else ()
            ).name
            for kind in written
        }
    deals = [make_deal(alice, "One"), make_deal(alice, "Two")]
    browser = client_of(alice)
    for kind in written:
        typed, expected = TYPED[kind.name]
        typed = (io.BytesIO(b"lemons"), typed) if kind.name == "file" else typed
        page = form(browser, "deals", *deals, name=made[kind.name])
        assert [one for one in page.walk() if one.attributes.get("name") == "value"], kind.name
        sent = {"action": "edit", "id": deals, "property": made[kind.name], "way": "set", "value": typed}
        answer = browser.post("/objects/deals/selected", data=sent, content_type="multipart/form-data")
        assert answer.status_code == 303, (kind.name, answer.text)
        found = values(alice, deals, made[kind.name])
        stored = [kind.to_history(one) for one in found]
        assert None not in stored, kind.name
        assert not expected or stored == [expected] * 2, kind.name
        assert browser.post("/objects/deals/selected", data=sent | {"way": "clear", "value": ""}).status_code == 303
        assert values(alice, deals, made[kind.name]) == [None, None], kind.name


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"property": "nonsense"},
        {"property": "createdate", "value": "2026-03-01"},
        {"property": "amount", "value": "many", "way": "set"},
        {"property": "amount", "value": "", "way": "set"},
        {"property": "amount", "value": "3", "way": "add"},
        {"property": "amount'; DROP TABLE record", "value": "3", "way": "set"},
        {"property": "dealstage", "value": "\x00", "way": "set"},
    ],
)
def test_what_cannot_be_taken_is_said_and_what_was_typed_is_kept(
    client_of: Sign, alice: Viewer, sent: dict[str, str]
) -> None:
    deal = make_deal(alice, amount=7)
    answer = client_of(alice).post("/objects/deals/selected", data={"action": "edit", "id": deal, **sent})
    assert answer.status_code == 422
    assert read(answer.text).all("p", role="alert")
    if sent.get("property") == "amount" and sent.get("value"):
        assert read(answer.text).one("input", id="selected-value")["value"] == sent["value"]
    assert values(alice, [deal], "amount") == [7]
    assert not runs_of(alice, limit=1)


def test_walking_through_the_properties_with_arrow_keys_leads_nowhere_else(client_of: Sign, alice: Viewer) -> None:
    """The choice asks anew at each step; in the panel the keyboard stays on it, on a page of its own it goes on."""
    address = f"/objects/deals/selected?action=edit&id={make_deal(alice)}&property=amount"
    focused = [
        [one["id"] for one in read(client_of(alice).get(address, fragment=panel).text).all() if "autofocus" in one]
        for panel in (True, False)
    ]
    assert focused == [[], ["selected-value"]]


def test_the_answer_says_how_many_were_written_and_how_many_not(client_of: Sign, alice: Viewer) -> None:
    contacts = [make_contact(alice, city=city) for city in ("Oslo", "Rome", "Rome")]
    browser = client_of(alice)
    browser.post(
        "/objects/contacts/selected", data={"action": "edit", "id": contacts, "property": "city", "value": "Rome"}
    )
    assert "1 changed, 2 left as they were." in browser.get("/objects/contacts").text


def test_calls_get_an_outcome_and_keep_their_rules(alice: Viewer) -> None:
    calls = [make_call(alice, make_company(alice), title=f"Call {number}") for number in range(2)]
    run = edit(alice, "call", calls, "outcome", "set", "BUSY")
    assert run.changed == 2
    assert edit(alice, "call", calls, "activity_date", "set", "2199-01-01T10:00:00+00:00").skipped == 2
    undo(alice, run)
    end_read()
    assert {get_activity(alice, one).values["outcome"] for one in calls} == {None}


def form(browser: FlaskClient, plural: str, *ids: int, name: str = "") -> Element:
    ticked = "".join(f"&id={one}" for one in ids)
    return read(browser.get(f"/objects/{plural}/selected?action=edit{ticked}&property={name}").text)


def group_of(object_type: str) -> str:
    return next(iter(schema().object_type(object_type).properties.values())).group
