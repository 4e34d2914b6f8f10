"""The recycle bin: what is in it, who may open it, and restoring several at once (SPEC 4.7, REC-12)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask.testing import FlaskClient

from crm.db import db, end_read, unit_of_work
from crm.objects.queries import schema
from crm.permissions.actions import AccountRight, Scope, Verb
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records import recycle_bin
from crm.records.models import Record, RecordDeletion
from crm.records.operations import archive_record
from tests.factories import make_contact, make_deal, make_note
from tests.support.html import read
from tests.support.queries import count_queries

ClientOf = Callable[[Viewer], FlaskClient]
DEALS = "/objects/deals/bin"


def delete(actor: Viewer, *record_ids: int) -> None:
    end_read()
    with unit_of_work():
        for record_id in record_ids:
            archive_record(actor, record_id)


def is_live(record_id: int) -> bool:
    end_read()
    row = sa.select(Record.archived_at).where(Record.id == record_id)
    return db.session.scalar(unguarded(row, "a test looks")) is None


def in_bin(browser: FlaskClient, path: str = DEALS) -> list[str]:
    return [one.text for one in read(browser.get(path).text).one(id="bin").all("span", css="settings-row-name")]


@pytest.fixture
def browser(client_of: ClientOf, alice: Viewer) -> FlaskClient:
    """Alice's browser, who has every right."""
    return client_of(alice)


def test_rec_12_the_bin_says_who_deleted_what_and_when(
    browser: FlaskClient, alice: Viewer, bob: Viewer, clock: time_machine.Traveller
) -> None:
    first, second = make_deal(bob, "Apples"), make_deal(alice, "Pears")
    delete(bob, first)
    clock.shift(timedelta(hours=5))
    delete(alice, second)
    assert in_bin(browser) == ["Pears", "Apples"]
    rows = read(browser.get(DEALS).text).all("li", css="settings-row")
    assert "Deleted by Alice Berg" in rows[0].text
    assert "Deleted by Bob" in rows[1].text
    assert rows[1].one("time")["datetime"].startswith("2026-03-11T12:00")
    assert "90 days left" in rows[1].text


def test_each_object_has_its_own_and_the_index_leads_to_it(browser: FlaskClient, alice: Viewer) -> None:
    deal, contact = make_deal(alice, "Pears"), make_contact(alice, "Ada Berg")
    delete(alice, deal, contact)
    assert in_bin(browser) == ["Pears"]
    assert in_bin(browser, "/objects/contacts/bin") == ["Ada Berg"]
    assert DEALS in read(browser.get("/objects/deals").text).links()
    assert browser.get("/objects/pears/bin").status_code == 404


@pytest.mark.parametrize(("words", "found"), [("pea", ["Pears"]), ("es appl", ["Apples"]), ("%", []), ("x", [])])
def test_it_is_searched_by_name(browser: FlaskClient, alice: Viewer, words: str, found: list[str]) -> None:
    delete(alice, make_deal(alice, "Pears"), make_deal(alice, "Apples"))
    assert in_bin(browser, f"{DEALS}?q={words.replace('%', '%25')}") == found


@pytest.mark.parametrize("words", ["östen", "ÖSTEN", "Öst", "ström", "иванов", "ИВАНОВ öst"])
def test_capitals_of_every_alphabet_are_small_letters_too(browser: FlaskClient, alice: Viewer, words: str) -> None:
    delete(alice, make_deal(alice, "Östen Ångström Иванов"), make_deal(alice, "Other"))
    assert in_bin(browser, f"{DEALS}?q={words}") == ["Östen Ångström Иванов"]


def test_and_by_the_id_of_the_record(browser: FlaskClient, alice: Viewer) -> None:
    deal = make_deal(alice, "Pears")
    delete(alice, deal, make_deal(alice, "Apples"))
    assert in_bin(browser, f"{DEALS}?q={deal}") == ["Pears"]


def test_several_come_back_at_once_with_all_they_had(browser: FlaskClient, alice: Viewer) -> None:
    deals = [make_deal(alice, name) for name in ("Pears", "Apples", "Plums")]
    note = make_note(alice, deals[0], also_on=[])
    delete(alice, *deals)
    answer = browser.post(DEALS, data={"record_id": [str(deals[0]), str(deals[2])]}, follow_redirects=True)
    assert "2 records are back." in answer.text
    assert [is_live(one) for one in deals] == [True, False, True]
    assert f"/activities/{note}" in browser.get(f"/records/{deals[0]}/timeline").text
    assert in_bin(browser) == ["Apples"]


def test_nothing_ticked_is_said(browser: FlaskClient, alice: Viewer) -> None:
    delete(alice, make_deal(alice, "Pears"))
    answer = browser.post(DEALS, data={"q": "pea"})
    assert answer.status_code == 422
    assert "Tick what is to come back." in answer.text
    assert "Pears" in answer.text


def test_what_cannot_come_back_says_why_and_holds_up_no_other(browser: FlaskClient, alice: Viewer) -> None:
    ada, ida = make_contact(alice, "Ada Berg", email="ada@example.com"), make_contact(alice, "Ida Lund")
    delete(alice, ada, ida)
    make_contact(alice, "Eva Holm", email="ada@example.com")
    page = read(browser.get("/objects/contacts/bin").text)
    told = {row.one("span", css="settings-row-name").text: row.text for row in page.all("li", css="settings-row")}
    assert "Eva Holm has ada@example.com now." in told["Ada Berg"]
    assert "now." not in told["Ida Lund"]
    form = {"record_id": [str(ada), str(ida)]}
    answer = browser.post("/objects/contacts/bin", data=form, follow_redirects=True).text
    assert "1 record is back." in answer
    assert "Ada Berg stays in the bin." in answer
    assert [is_live(one) for one in (ada, ida)] == [False, True]


def test_many_are_restored_in_the_background_and_the_page_says_how_far(
    browser: FlaskClient, alice: Viewer, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.records.views.recycle_bin.AT_ONCE", 3)
    deals = [make_deal(alice, f"Pears {letter}") for letter in "abcde"]
    delete(alice, *deals)
    answer = browser.post(DEALS, data={"all": "1"}, follow_redirects=True)
    assert "5 records are being restored." in answer.text
    assert "5 records are still to be restored." in answer.text
    assert not any(is_live(one) for one in deals)
    work()
    assert all(is_live(one) for one in deals)
    assert "still to be restored" not in browser.get(DEALS).text


def test_a_job_that_is_run_again_restores_the_rest(alice: Viewer) -> None:
    deals = [make_deal(alice, name) for name in ("Pears", "Apples")]
    delete(alice, *deals)
    assert recycle_bin.restore_each(alice, deals[:1]).ids == deals[:1]
    assert recycle_bin.restore_each(alice, deals).ids == deals[1:]


def test_no_more_than_ten_thousand_at_a_time(browser: FlaskClient, alice: Viewer) -> None:
    delete(alice, make_deal(alice, "Pears"))
    answer = browser.post(DEALS, data={"record_id": [str(number) for number in range(1, 10_002)]})
    assert answer.status_code in (413, 422)


@pytest.mark.parametrize("who", ["bob", "charlie", "dana"])
def test_the_bin_needs_both_its_rights(
    client_of: ClientOf, alice: Viewer, request: pytest.FixtureRequest, who: str
) -> None:
    deal = make_deal(alice, "Pears")
    delete(alice, deal)
    browser = client_of(request.getfixturevalue(who))
    assert browser.get(DEALS).status_code == 403
    assert browser.post(DEALS, data={"record_id": str(deal)}).status_code == 403
    assert not is_live(deal)
    assert DEALS not in browser.get("/objects/deals").text


def test_who_opens_the_bin_sees_in_it_only_what_they_may_see(alice: Viewer, charlie: Viewer) -> None:
    hidden, own = make_deal(alice, "Pears"), make_deal(charlie, "Apples")
    delete(alice, hidden, own)
    both = (AccountRight.ACCOUNT_ACCESS, AccountRight.MANAGE_USERS)
    keeper = Viewer(
        charlie.user_id, "Keeper", scopes={("deal", Verb.VIEW): Scope.OWN}, account_rights=frozenset(both)
    )
    end_read()
    kind = schema().object_type("deal")
    page = recycle_bin.bin_page(keeper, kind)
    assert ([row.title for row in page.rows], page.count) == (["Apples"], 1)
    assert recycle_bin.ids_in_bin(keeper, kind) == [own]
    assert recycle_bin.restore_each(keeper, [hidden, own]).ids == [own]
    assert not is_live(hidden)


def test_pages_follow_each_other_without_a_gap(alice: Viewer, clock: time_machine.Traveller) -> None:
    deals = [make_deal(alice, f"Pears {letter}") for letter in "abcdefg"]
    delete(alice, *deals)
    kind, seen, key = schema().object_type("deal"), [], ""
    while True:
        page = recycle_bin.bin_page(alice, kind, key=key, limit=3)
        seen += [row.record_id for row in page.rows]
        if page.next_key is None:
            break
        key = page.next_key
    assert seen == deals[::-1]


@pytest.mark.parametrize(
    "key", ["x", "2026-03-11_1", "2026-03-11T12:00:00+00:00_x", "_", "9" * 30, "0001-01-01T00:00:00%2B10:00_1"]
)
def test_an_address_that_is_no_page_is_refused(browser: FlaskClient, key: str) -> None:
    assert browser.get(f"{DEALS}?page-key={key}").status_code == 400


def test_merged_records_and_activities_never_stand_in_it(browser: FlaskClient, alice: Viewer) -> None:
    kept, merged = make_deal(alice, "Pears"), make_deal(alice, "Apples")
    delete(alice, merged)
    with unit_of_work():
        db.session.execute(sa.update(Record.__table__).where(Record.id == merged).values(merged_into_id=kept))
    assert in_bin(browser) == []
    assert browser.post(f"/records/{merged}/restoration").status_code == 404


def test_the_bin_costs_the_same_for_few_and_for_many(browser: FlaskClient, alice: Viewer) -> None:
    def cost(amount: int) -> int:
        contacts = [make_contact(alice) for _ in range(amount)]
        delete(alice, *contacts)
        browser.get("/objects/contacts/bin")
        with count_queries() as queries:
            assert browser.get("/objects/contacts/bin").status_code == 200
        assert len(queries) <= 8, queries
        return len(queries)

    assert cost(5) == cost(40)


def test_a_deletion_is_kept_once_however_often_it_happens(browser: FlaskClient, alice: Viewer) -> None:
    deal = make_deal(alice, "Pears")
    for _ in range(2):
        delete(alice, deal)
        browser.post(f"/records/{deal}/restoration")
    delete(alice, deal)
    rows = sa.select(sa.func.count()).select_from(RecordDeletion.__table__)
    assert db.session.scalar(unguarded(rows, "a test looks")) == 1

