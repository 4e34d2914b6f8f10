"""The history of values as a page, the details of one property, and taking one change back (SPEC 1.3, 2.6, DB-25)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask.testing import FlaskClient

from crm.db import db, end_read, touch, unit_of_work
from crm.objects import queries as objects
from crm.objects.archiving import archive_property
from crm.objects.properties import create_property
from crm.objects.queries import schema
from crm.objects.retyping_values import retype
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.properties.models import PropertyHistoryRow, PropertyOptionRow, PropertyRow
from crm.records.operations import update_record
from crm.records.queries import get_record
from crm.records.source import Source, SourceKind
from tests.factories import make_contact, make_deal
from tests.support.html import Element, read
from tests.support.queries import count_queries

ClientOf = Callable[[Viewer], FlaskClient]


def update(actor: Viewer, record_id: int, source: Source | None = None, **changes: Any) -> None:
    end_read()
    with unit_of_work():
        update_record(actor, record_id, changes, source=source or Source())


def value(viewer: Viewer, record_id: int, name: str) -> Any:
    end_read()
    return get_record(viewer, record_id).values[name]


def lines(page: str) -> list[Element]:
    return read(page).all("li", css="history-line")


def told(line: Element) -> tuple[str, str]:
    """Old and new value of a line."""
    change = line.one("span", css="history-change")
    return tuple("".join(one.text for one in change.all(tag)) for tag in ("del", "ins"))  # type: ignore[return-value]


def last_change(record_id: int, name: str) -> int:
    end_read()
    newest = sa.select(sa.func.max(PropertyHistoryRow.id)).where(
        PropertyHistoryRow.record_id == record_id, PropertyHistoryRow.property_name == name
    )
    return db.session.scalar(unguarded(newest, "a test looks")) or 0


def revert(browser: FlaskClient, viewer: Viewer, record_id: int, change: int, version: int | None = None) -> Any:
    end_read()
    version = version or get_record(viewer, record_id).version
    return browser.post(f"/records/{record_id}/history/{change}/reversion", data={"version": str(version)})


@pytest.fixture
def browser(client_of: ClientOf, alice: Viewer) -> FlaskClient:
    """Alice's browser."""
    return client_of(alice)


def test_rec_08_db_25_a_value_edited_by_hand_has_a_history_row(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice, "Ada Berg", jobtitle="Buyer")
    form = {"version": "1", "jobtitle": "Head of buying"}
    assert browser.post(f"/records/{contact}/properties/jobtitle", data=form, fragment=True).status_code == 200
    (newest, *_) = lines(browser.get(f"/records/{contact}/history").text)
    assert told(newest) == ("Buyer", "Head of buying")
    assert "Job title" in newest.text
    assert "Alice Berg · CRM UI" in newest.text


def test_every_change_is_told_the_newest_first(
    browser: FlaskClient, alice: Viewer, bob: Viewer, clock: time_machine.Traveller
) -> None:
    deal = make_deal(alice, "Oranges")
    for title in ("Pears", "Plums"):
        clock.shift(timedelta(minutes=5))
        update(bob, deal, dealname=title)
    shown = lines(browser.get(f"/records/{deal}/history?property=dealname").text)
    assert [told(line) for line in shown] == [("Pears", "Plums"), ("Oranges", "Pears"), ("", "Oranges")]
    moments = [line.one("time")["datetime"] for line in shown]
    assert moments == sorted(moments, reverse=True)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (Source(SourceKind.SCREEN), "CRM UI"),
        (Source(SourceKind.IMPORT, "3:12"), "Import 3, row 12"),
        (Source(SourceKind.IMPORT), "Import"),
        (Source(SourceKind.RULE, "first_stage"), "Rule: first stage"),
        (Source(SourceKind.API, "key"), "Integration"),
        (Source(SourceKind.MERGE, "7"), "Merge"),
        (Source(SourceKind.SYNC), "Sync"),
    ],
)
def test_a_change_says_where_it_came_from(browser: FlaskClient, alice: Viewer, source: Source, words: str) -> None:
    contact = make_contact(alice)
    update(alice, contact, source, jobtitle="Buyer")
    (line,) = lines(browser.get(f"/records/{contact}/history?property=jobtitle").text)
    assert f"· {words} ·" in line.text


def test_values_are_said_in_words(browser: FlaskClient, alice: Viewer, bob: Viewer) -> None:
    deal = make_deal(alice)
    update(alice, deal, hubspot_owner_id=bob.user_id, dealstage="qualifiedtobuy")
    shown = {told(line) for line in lines(browser.get(f"/records/{deal}/history").text)}
    assert ("Alice Berg", bob.name) in shown
    assert ("Appointment scheduled", "Qualified to buy") in shown


def test_pages_are_walked_by_key_without_a_gap(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice)
    for number in range(70):
        update(alice, contact, jobtitle=f"Nr {number:02}")
    page = browser.get(f"/records/{contact}/history?property=jobtitle").text
    older = read(page).one("a", id="page-next")["href"]
    seen = [told(line)[1] for line in (*lines(page), *lines(browser.get(older).text))]
    assert seen == [f"Nr {number:02}" for number in reversed(range(70))]
    assert 'id="page-next"' not in browser.get(older).text


def test_the_details_of_a_property_show_its_last_45_changes(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice)
    for number in range(50):
        update(alice, contact, jobtitle=f"Nr {number:02}")
    page = browser.get(f"/records/{contact}/properties/jobtitle/history").text
    assert [told(line)[1] for line in lines(page)] == [f"Nr {number:02}" for number in range(49, 4, -1)]
    assert "The last 45 changes" in page
    assert "<html" not in browser.get(f"/records/{contact}/properties/jobtitle/history", fragment=True).text
    assert browser.get(f"/records/{contact}/properties/nonsense/history").status_code == 404
    assert browser.get(f"/records/{contact}/history?property=nonsense").status_code == 404


def test_one_value_is_taken_back_as_a_new_change(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice, jobtitle="Buyer")
    update(alice, contact, jobtitle="Cook")
    update(alice, contact, jobtitle="Painter", city="Lund")
    answer = revert(browser, alice, contact, last_change(contact, "jobtitle"))
    assert answer.status_code == 303
    assert (value(alice, contact, "jobtitle"), value(alice, contact, "city")) == ("Cook", "Lund")
    shown = lines(browser.get(f"/records/{contact}/history?property=jobtitle").text)
    assert told(shown[0]) == ("Painter", "Cook")
    assert "CRM UI, reverted" in shown[0].text
    assert len(shown) == 4


def test_reverting_a_revert_brings_the_value_back(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice, jobtitle="Buyer")
    update(alice, contact, jobtitle="Cook")
    revert(browser, alice, contact, last_change(contact, "jobtitle"))
    revert(browser, alice, contact, last_change(contact, "jobtitle"))
    assert value(alice, contact, "jobtitle") == "Cook"


def test_a_value_goes_back_to_none(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice)
    update(alice, contact, jobtitle="Cook")
    assert revert(browser, alice, contact, last_change(contact, "jobtitle")).status_code == 303
    assert value(alice, contact, "jobtitle") is None


def refused(answer: Any) -> str:
    assert answer.status_code == 422, answer.status_code
    return read(answer.text).one("p", css="notice", data_kind="failed").text


def test_what_the_checks_refuse_is_not_brought_back(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice, email="ada@example.com")
    update(alice, contact, email="berg@example.com")
    make_contact(alice, "Ida Lund", email="ada@example.com")
    assert "Ida Lund" in refused(revert(browser, alice, contact, last_change(contact, "email")))
    assert value(alice, contact, "email") == "berg@example.com"


def test_a_value_nobody_may_write_has_no_button_and_is_refused(browser: FlaskClient, alice: Viewer) -> None:
    deal = make_deal(alice)
    source = lines(browser.get(f"/records/{deal}/history?property=hs_object_source_label").text)
    assert len(source) == 1
    assert not source[0].all("form")
    refusal = refused(revert(browser, alice, deal, last_change(deal, "hs_object_source_label")))
    assert "kept by the program" in refusal


def test_an_option_that_is_no_more_is_explained(browser: FlaskClient, alice: Viewer) -> None:
    deal = make_deal(alice, dealtype="newbusiness")
    update(alice, deal, dealtype="existingbusiness")
    with unit_of_work():
        mine = sa.select(PropertyRow.id).where(PropertyRow.object_type == "deal", PropertyRow.name == "dealtype")
        gone = PropertyOptionRow.value == "newbusiness", PropertyOptionRow.property_id.in_(mine)
        db.session.execute(sa.delete(PropertyOptionRow).where(*gone).execution_options(synchronize_session=False))
        touch(objects.STAMP)
    assert "is not one of the choices" in refused(revert(browser, alice, deal, last_change(deal, "dealtype")))
    assert value(alice, deal, "dealtype") == "existingbusiness"


@pytest.fixture
def nickname(app: object, alice: Viewer) -> str:
    """A property of the contacts that somebody made."""
    end_read()
    with unit_of_work():
        group = schema().object_type("contact").properties["firstname"].group
        return create_property("contact", "Nickname", "text", group).name


def test_the_history_of_an_archived_property_stays_readable(
    browser: FlaskClient, alice: Viewer, nickname: str
) -> None:
    contact = make_contact(alice)
    update(alice, contact, **{nickname: "Bo"})
    update(alice, contact, **{nickname: "Bobo"})
    end_read()
    with unit_of_work():
        archive_property(alice, "contact", nickname)
    for page in (f"/records/{contact}/history", f"/records/{contact}/properties/{nickname}/history"):
        text = browser.get(page).text
        assert "Nickname" in text
        assert ("Bo", "Bobo") in [told(line) for line in lines(text)]
    assert "Restore the property first" in refused(revert(browser, alice, contact, last_change(contact, nickname)))


def test_a_value_of_a_property_that_changed_its_type_is_shown_as_it_was_and_not_brought_back(
    browser: FlaskClient, alice: Viewer, nickname: str
) -> None:
    contact = make_contact(alice)
    update(alice, contact, **{nickname: "Bo"})
    update(alice, contact, **{nickname: None})
    with unit_of_work():
        retype(alice, "contact", nickname, "number")
    assert ("Bo", "") in [told(line) for line in lines(browser.get(f"/records/{contact}/history").text)]
    refusal = refused(revert(browser, alice, contact, last_change(contact, nickname)))
    assert "is not a value of this property any more" in refusal


def test_somebody_else_was_quicker(browser: FlaskClient, alice: Viewer, bob: Viewer) -> None:
    contact = make_contact(alice, jobtitle="Buyer")
    update(alice, contact, jobtitle="Cook")
    change, version = last_change(contact, "jobtitle"), get_record(alice, contact).version
    update(bob, contact, jobtitle="Painter")
    answer = revert(browser, alice, contact, change, version)
    assert answer.status_code == 409
    assert "Job title" in read(answer.text).one("p", css="notice", data_kind="failed").text
    assert value(alice, contact, "jobtitle") == "Painter"


def test_a_change_of_another_record_is_none_of_this_one(browser: FlaskClient, alice: Viewer) -> None:
    one, other = make_contact(alice, jobtitle="Buyer"), make_contact(alice, jobtitle="Cook")
    assert revert(browser, alice, one, last_change(other, "jobtitle")).status_code == 404


def test_who_may_see_reads_and_who_may_edit_takes_back(
    client_of: ClientOf, bob: Viewer, dana: Viewer, charlie: Viewer
) -> None:
    contact = make_contact(bob, jobtitle="Buyer")
    update(bob, contact, jobtitle="Cook")
    change = last_change(contact, "jobtitle")
    reader = client_of(dana)
    page = reader.get(f"/records/{contact}/history")
    assert page.status_code == 200
    assert "/reversion" not in page.text
    assert revert(reader, bob, contact, change).status_code == 403
    stranger = client_of(charlie)
    for path in ("history", "properties/jobtitle/history"):
        assert stranger.get(f"/records/{contact}/{path}").status_code == 404
    assert revert(stranger, bob, contact, change).status_code == 404
    assert value(bob, contact, "jobtitle") == "Cook"


@pytest.mark.parametrize("key", ["x", "2026-03-11_1", "2026-03-11T12:00:00+00:00_x", "_"])
def test_an_address_that_is_no_page_is_refused(browser: FlaskClient, alice: Viewer, key: str) -> None:
    contact = make_contact(alice)
    for path in ("history", "associations/history"):
        assert browser.get(f"/records/{contact}/{path}", query_string={"page-key": key}).status_code == 400


def test_the_pages_cost_the_same_for_few_and_for_many(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice)
    paths = [f"/records/{contact}/{path}" for path in ("history", "properties/jobtitle/history", "properties")]

    def costs() -> list[int]:
        found = []
        for path in paths:
            browser.get(path)
            with count_queries() as queries:
                assert browser.get(path).status_code == 200
            assert len(queries) <= 7, f"{path}\n{queries}"
            found.append(len(queries))
        return found

    for number in range(5):
        update(alice, contact, jobtitle=f"Nr {number}")
    few = costs()
    for number in range(45):
        update(alice, contact, jobtitle=f"No {number}", city=f"City {number}")
    assert costs() == few
