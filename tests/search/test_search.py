"""Finding activities and records through the real index and the gate (DESIGN 8)."""

from collections.abc import Callable
from datetime import timedelta
from html import escape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm.activities.operations import archive_activity, restore_activity, update_activity
from crm.clock import now
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.records.operations import archive_record, restore_record, update_record
from crm.search import queries
from crm.search.activities import MANY_WAITING, NO_INDEX, NOT_YET
from crm.search.queries import find_records, match_in_record, search, suggest
from tests.factories import (
    make_activity,
    make_call,
    make_comment,
    make_company,
    make_contact,
    make_deal,
    make_email,
    make_note,
    make_task,
)
from tests.support.databases import only_on

CatchUp = Callable[[], None]
ClientOf = Callable[[Viewer], FlaskClient]


def ids_of(page: queries.SearchPage) -> list[int]:
    end_read()
    return [hit.document.activity_id for hit in page.activities]


def names_of(hits: list[queries.RecordHit]) -> list[str]:
    end_read()
    return [hit.display_name for hit in hits]


def test_own_writes_are_found_before_the_indexer_has_seen_them(alice: Viewer, catch_up: CatchUp) -> None:
    contact = make_contact(alice)
    catch_up()
    note = make_note(alice, contact, "<p>Delivery of <b>blood</b>oranges</p>")
    assert ids_of(search(alice, "bloodoranges")) == [note]
    catch_up()
    assert ids_of(search(alice, "bloodoranges")) == [note]


def test_changed_text_replaces_the_old_at_once(alice: Viewer, catch_up: CatchUp) -> None:
    note = make_note(alice, make_contact(alice), "<p>lemons</p>")
    catch_up()
    with unit_of_work():
        update_activity(alice, note, {"body": "<p>limes</p>"})
    for _ in range(2):
        assert ids_of(search(alice, "lemons")) == []
        assert ids_of(search(alice, "limes")) == [note]
        catch_up()


def test_deleted_activity_is_not_found_until_it_is_restored(alice: Viewer, catch_up: CatchUp) -> None:
    note = make_note(alice, make_contact(alice), "<p>papaya</p>")
    catch_up()
    with unit_of_work():
        archive_activity(alice, note)
    assert ids_of(search(alice, "papaya")) == []
    catch_up()
    assert ids_of(search(alice, "papaya")) == []
    with unit_of_work():
        restore_activity(alice, note)
    assert ids_of(search(alice, "papaya")) == [note]
    catch_up()
    assert ids_of(search(alice, "papaya")) == [note]


def test_global_search_covers_mail_bodies_and_comments(alice: Viewer, catch_up: CatchUp) -> None:
    contact = make_contact(alice)
    email = make_email(alice, contact, title="Offer", body="<p>persimmon attached</p>")
    note = make_note(alice, contact)
    make_comment(alice, note, "what about quinces?")
    catch_up()
    assert ids_of(search(alice, "persimmon")) == [email]
    assert ids_of(search(alice, "quinces")) == [note]


def test_activities_come_newest_first_and_page_on(alice: Viewer, catch_up: CatchUp) -> None:
    contact = make_contact(alice)
    made = [
        make_note(alice, contact, f"<p>grape number {day}</p>", activity_date=now() - timedelta(days=day))
        for day in range(7)
    ]
    catch_up()
    fresh = make_note(alice, contact, "<p>grape, fresh</p>", activity_date=now() - timedelta(days=2, hours=12))
    expected = [*made[:3], fresh, *made[3:]]
    seen: list[int] = []
    before = None
    while True:
        page = search(alice, "grape", limit=3, before=before)
        seen += ids_of(page)
        before = page.next_before
        if before is None:
            break
    assert seen == expected


def test_kinds_narrow_the_search(alice: Viewer, catch_up: CatchUp) -> None:
    contact = make_contact(alice, "Kiwi Bird")
    make_note(alice, contact, "<p>kiwi</p>")
    call = make_call(alice, contact, title="kiwi", body=None)
    catch_up()
    page = search(alice, "kiwi", kinds=["call"])
    assert ids_of(page) == [call]
    assert not page.records
    page = search(alice, "kiwi", kinds=["contact"])
    assert not page.activities
    assert [group.object_type.name for group in page.records] == ["contact"]


def test_nothing_of_another_team_is_found(bob: Viewer, charlie: Viewer, catch_up: CatchUp) -> None:
    contact = make_contact(bob, "Secret Melon")
    make_note(bob, contact, "<p>melon talks</p>")
    for _ in range(2):
        page = search(charlie, "melon")
        assert page.is_empty
        assert suggest(charlie, "melon") == []
        assert not search(bob, "melon").is_empty
        end_read()
        catch_up()


def test_page_is_filled_past_hidden_hits(bob: Viewer, charlie: Viewer, catch_up: CatchUp) -> None:
    mine, theirs = make_contact(charlie), make_contact(bob)
    old = [make_note(charlie, mine, "<p>cherry</p>", activity_date=now() - timedelta(days=9)) for _ in range(3)]
    for _ in range(12):
        make_note(bob, theirs, "<p>cherry</p>")
    catch_up()
    page = search(charlie, "cherry", limit=3)
    assert sorted(ids_of(page)) == old
    assert page.next_before is None


def hidden_notes(bob: Viewer, charlie: Viewer, count: int) -> None:
    """Charlie's own notes on a contact of Bob's alone: only the gate can tell that Charlie may not see them."""
    hidden = make_contact(bob, "Hidden Person")
    for _ in range(count):
        make_note(bob, hidden, "<p>cherry</p>", also_on=[], hubspot_owner_id=charlie.user_id)


def test_search_cut_among_hidden_hits_goes_on_where_it_stopped(
    bob: Viewer, charlie: Viewer, catch_up: CatchUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = make_contact(charlie)
    long_ago = now() - timedelta(days=9)
    oldest = [make_note(charlie, mine, "<p>cherry</p>", activity_date=long_ago) for _ in range(2)]
    hidden_notes(bob, charlie, 9)
    newest = make_note(charlie, mine, "<p>cherry</p>")
    catch_up()
    fresh = make_note(charlie, mine, "<p>cherry</p>", activity_date=long_ago - timedelta(days=1))
    monkeypatch.setattr("crm.search.activities.SECONDS_TO_LOOK", -1)
    seen, notes, before = [], [], None
    while True:
        page = search(charlie, "cherry", limit=3, before=before)
        seen.append(ids_of(page))
        notes.append(page.note and page.note.text)
        before = page.next_before
        if before is None:
            break
        assert not page.is_empty
    assert sorted(sum(seen, [])) == sorted([*oldest, newest, fresh])
    assert seen[0] == [newest]
    assert [] in seen
    assert notes == [*[NOT_YET] * (len(notes) - 1), None]


def test_hits_of_other_owners_are_not_even_looked_at(
    bob: Viewer, charlie: Viewer, catch_up: CatchUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = make_note(charlie, make_contact(charlie), "<p>cherry</p>", activity_date=now() - timedelta(days=9))
    theirs = make_contact(bob)
    for _ in range(9):
        make_note(bob, theirs, "<p>cherry</p>")
    catch_up()
    monkeypatch.setattr("crm.search.activities.SECONDS_TO_LOOK", -1)
    page = search(charlie, "cherry", limit=3)
    assert ids_of(page) == [old]
    assert page.next_before is None


def test_activity_that_changes_its_owner_is_found_by_the_new_one_at_once(
    alice: Viewer, bob: Viewer, charlie: Viewer, catch_up: CatchUp
) -> None:
    note = make_note(alice, make_contact(charlie), "<p>cherry</p>", hubspot_owner_id=bob.user_id)
    catch_up()
    assert ids_of(search(charlie, "cherry")) == []
    with unit_of_work():
        update_activity(alice, note, {"hubspot_owner_id": charlie.user_id})
    assert ids_of(search(charlie, "cherry")) == [note]
    catch_up()
    assert ids_of(search(charlie, "cherry")) == [note]


def test_hidden_linked_records_are_not_named(alice: Viewer, bob: Viewer, charlie: Viewer, catch_up: CatchUp) -> None:
    shared, hidden = make_contact(charlie, "Shown Person"), make_contact(bob, "Hidden Person")
    make_note(alice, shared, "<p>damson</p>", also_on=[shared, hidden], hubspot_owner_id=charlie.user_id)
    catch_up()
    (hit,) = search(charlie, "damson").activities
    assert [record.display_name for record in hit.records] == ["Shown Person"]


def test_rec_26_search_covers_six_fields(alice: Viewer) -> None:
    contact = make_contact(alice)
    found = [
        make_task(alice, contact, title="fig in the title", body=None),
        make_task(alice, contact, title="task", body="<p>fig in the body</p>"),
        make_note(alice, contact, "<p>fig</p>"),
        make_call(alice, contact, title="call", body="<p>fig</p>"),
        make_email(alice, contact, title="fig", body="<p>no</p>"),
        make_activity(alice, "meeting", contact, title="meeting", body="<p>fig</p>"),
    ]
    make_call(alice, contact, title="fig", body="<p>no</p>")
    make_email(alice, contact, title="no", body="<p>fig</p>")
    make_activity(alice, "meeting", contact, title="fig", body="<p>no</p>")
    make_activity(alice, "sms", contact, body="<p>fig</p>")
    make_comment(alice, make_note(alice, contact, "<p>no</p>"), "fig")
    assert match_in_record(alice, contact, "fig").activity_ids == frozenset(found)


def test_long_record_asks_the_index_and_still_sees_own_writes(
    alice: Viewer, catch_up: CatchUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.search.in_record.READ_UP_TO", 2)
    contact, other = make_contact(alice), make_contact(alice)
    found = {make_note(alice, contact, "<p>guava 客服案件</p>"), make_task(alice, contact, title="guava", body=None)}
    make_note(alice, other, "<p>guava 客服案件</p>")
    make_email(alice, contact, title="no", body="<p>guava</p>")
    catch_up()
    assert match_in_record(alice, contact, "guava").activity_ids == found
    end_read()
    fresh = make_note(alice, contact, "<p>guava 客服 案件</p>")
    assert match_in_record(alice, contact, "guava").activity_ids == found | {fresh}
    assert len(match_in_record(alice, contact, "客服案件").activity_ids) == 1


@only_on("sqlite")
def test_far_behind_the_database_the_newest_writes_are_found_and_no_stale_text(
    alice: Viewer, catch_up: CatchUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.search.activities.MOST_WAITING", 2)
    contact = make_contact(alice)
    notes = [make_note(alice, contact, f"<p>medlar {number}</p>") for number in range(4)]
    catch_up()
    for note in notes:
        with unit_of_work():
            update_activity(alice, note, {"body": "<p>sorb</p>"})
    fresh = make_note(alice, contact, "<p>medlar, fresh</p>")
    page = search(alice, "medlar")
    assert ids_of(page) == [fresh]
    assert page.note is not None
    assert page.note.text == MANY_WAITING


def test_without_an_index_the_newest_activities_are_searched_and_the_page_says_so(alice: Viewer) -> None:
    note = make_note(alice, make_contact(alice), "<p>plum</p>")
    page = search(alice, "plum")
    assert ids_of(page) == [note]
    assert page.note is not None
    assert page.note.text == NO_INDEX


@pytest.mark.parametrize(
    "q",
    ["ada", "BER", "ada berg", "berg ada", "a.berg@acme.com", "acme.com", "acme", "a.b", "601 234 567", "0048601"],
)
def test_contact_is_found_by(alice: Viewer, q: str) -> None:
    make_contact(alice, "Ada Berg", email="a.berg@acme.com", phone="+48601234567")
    make_contact(alice, "Zoe Other", email="zoe@nowhere.org", phone="+46812345678")
    assert names_of(find_records(alice, q, "contact")) == ["Ada Berg"]


def test_records_are_found_in_other_scripts(alice: Viewer) -> None:
    make_company(alice, "王小明貿易")
    make_company(alice, "Łódzkie Zakłady")
    assert names_of(find_records(alice, "小明")) == ["王小明貿易"]
    assert names_of(find_records(alice, "lodz")) == ["Łódzkie Zakłady"]


@pytest.mark.parametrize(
    ("name", "values", "queries"),
    [
        ("Łódzkie Zakłady", {}, ["lodz", "łódz", "zaklady", '"Łódzkie Zakłady"', '"lodzkie zaklady"']),
        ("Ny Försäljning AB", {}, ["forsaljning", "försäljning", '"ny försäljning"', "forsalj -oy"]),
        ("新客服案件公司", {}, ["案件", "客服案件", "「客服案件」"]),
        ("Müller & Söhne", {"domain": "mueller-soehne.de"}, ["Mueller", "müller", "muller", "soehne", "sohne"]),
        ("Schäfer & Söhne", {}, ['"Schäfer & Söhne"', '"schaefer soehne"', '"schafer sohne"']),
        ("Mueller KG", {}, ["Müller", "mueller", "mül"]),
        ("Große Straße 5", {}, ["grosse strasse", "straße"]),
        ("Goethe Institut", {}, ["goethe", "Göthe"]),
        ("O’Brien Ltd", {}, ["obrien", "o'brien", "brien"]),
        ("Coca-Cola HBC", {"domain": "coca-cola.com"}, ["cocacola", "coca-cola", "coca cola", "coca-cola.com"]),
        ("ＡＢＣ Trading", {"domain": "shop.acme.co.uk"}, ["abc", "acme.co.uk", "shop", "https://shop.acme.co.uk"]),
    ],
)  # fmt: skip
def test_every_way_to_find_a_record_agrees(
    alice: Viewer, client_of: ClientOf, name: str, values: dict[str, str], queries: list[str]
) -> None:
    """The global search, the suggestions, the list of companies and a picker."""
    company = make_company(alice, name, **values)
    contact = make_contact(alice, "Zoe Other")
    make_company(alice, "Something Else")
    client = client_of(alice)
    for q in queries:
        end_read()
        assert [group.hits[0].record_id for group in search(alice, q).records] == [company], q
        end_read()
        assert names_of(suggest(alice, q)) == [name], q
        listed = client.get("/objects/companies", query_string={"q": q}).text
        assert f'href="/records/{company}"' in listed, q
        assert "Something Else" not in listed, q
        offered = client.get(f"/records/{contact}/associations/companies/add", query_string={"q": q}).text
        assert escape(name) in offered, q
        assert "Something Else" not in offered, q


@pytest.mark.parametrize("q", ["odzkie", "uller", "mueler", '"zakłady łódzkie"', "lodzkie -zaklady", "akłady"])
def test_records_are_not_found_by(alice: Viewer, q: str) -> None:
    make_company(alice, "Łódzkie Zakłady")
    make_company(alice, "Müller")
    assert names_of(find_records(alice, q)) == []


def test_timeline_search_knows_phrases_and_exclusions(alice: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    contact = make_contact(alice)
    right = make_note(alice, contact, "<p>the best price, offered to Herr Müller</p>")
    other = make_note(alice, contact, "<p>price of the best</p>")
    assert match_in_record(alice, contact, '"best price"').activity_ids == {right}
    assert match_in_record(alice, contact, "price -mueller").activity_ids == {other}
    assert match_in_record(alice, contact, "-price").activity_ids == frozenset()
    assert match_in_record(alice, contact, "type:note").activity_ids == frozenset()


def test_long_record_knows_phrases_and_exclusions_too(
    alice: Viewer, catch_up: CatchUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.search.in_record.READ_UP_TO", 1)
    contact = make_contact(alice)
    right = make_note(alice, contact, "<p>the best price, offered to Herr Müller</p>")
    other = make_note(alice, contact, "<p>price of the best</p>")
    catch_up()
    assert match_in_record(alice, contact, '"best price"').activity_ids == {right}
    assert match_in_record(alice, contact, "price -mueller").activity_ids == {other}


def test_record_is_found_by_its_id(alice: Viewer) -> None:
    deal = make_deal(alice, "Nothing numeric")
    end_read()
    for q in (str(deal), f"#{deal}"):
        assert names_of(find_records(alice, q)) == ["Nothing numeric"]


def test_words_follow_changes_of_the_record(alice: Viewer) -> None:
    contact = make_contact(alice, "Old Name", email="old@acme.com")
    with unit_of_work():
        update_record(alice, contact, {"lastname": "Fresh"})
    assert names_of(find_records(alice, "fresh")) == ["Old Fresh"]
    assert names_of(find_records(alice, "name")) == []
    with unit_of_work():
        archive_record(alice, contact)
    assert names_of(find_records(alice, "fresh")) == []
    with unit_of_work():
        restore_record(alice, contact)
    assert names_of(find_records(alice, "fresh")) == ["Old Fresh"]


def test_one_record_with_many_equal_words_is_listed_once(alice: Viewer) -> None:
    make_contact(alice, "Orange Orangeman", email="orange@orange.com")
    make_contact(alice, "Orangina Second", email="s@example.com")
    assert sorted(names_of(find_records(alice, "orang", limit=5))) == ["Orange Orangeman", "Orangina Second"]


@pytest.mark.parametrize("q", ["", "   ", "!!!", "\x00", "'; drop table record; --", "%", "_", "*", "a" * 5000, "((("])
def test_odd_queries_find_nothing_and_harm_nothing(app: Flask, alice: Viewer, q: str, catch_up: CatchUp) -> None:
    make_note(alice, make_contact(alice), "<p>pear</p>")
    catch_up()
    assert search(alice, q).is_empty
    assert suggest(alice, q) == []
    end_read()
