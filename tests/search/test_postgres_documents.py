"""Documents on PostgreSQL are written with the change itself, whoever else is at it, and never cost a save."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.activities.comments import add_comment
from crm.activities.operations import archive_activity, create_activity, link, restore_activity, unlink, update_activity
from crm.clock import now
from crm.db import db, end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.search import index
from crm.search.documents import load_documents
from crm.search.engine import Ask
from crm.search.models import SearchDead
from crm.search.postgres_tables import search_document
from crm.search.words import parse
from tests.factories import make_activity, make_comment, make_contact, make_note
from tests.support.databases import only_on
from tests.support.queries import count_queries

pytestmark = only_on("postgres")

PATIENCE = 30


@pytest.fixture(autouse=True)
def begun(catch_up: Callable[[], None]) -> None:
    catch_up()


def found(q: str, **narrowed: object) -> list[int]:
    """What the index alone says."""
    end_read()
    usable = index.usable()
    assert usable is not None
    assert usable.is_whole
    hits = usable.engine.find(Ask(parse(q, prefix=False), **narrowed))  # type: ignore[arg-type]
    return sorted(hit.place.activity_id for hit in hits)


def dead() -> dict[int, str]:
    end_read()
    return dict(db.session.execute(sa.select(SearchDead.activity_id, SearchDead.error)).tuples().all())


def demand_in_step() -> None:
    """The documents are those of all live activities, as they are."""
    end_read()
    columns = search_document.c
    held = dict(db.session.execute(sa.select(columns.activity_id, columns.fingerprint)).tuples().all())
    documents = load_documents(range(1, 10_000))
    assert held == {activity_id: document.fingerprint for activity_id, document in documents.items()}


def test_every_change_is_found_with_its_commit(alice: Viewer) -> None:
    contact, other = make_contact(alice), make_contact(alice)
    note = make_note(alice, contact, "<p>quince</p>")
    assert found("quince") == found("quince", record_ids=frozenset({contact})) == [note]
    steps: list[tuple[Callable[[], object], str, list[int]]] = [
        (lambda: add_comment(alice, note, "what about medlars?"), "medlars", [note]),
        (lambda: update_activity(alice, note, {"body": "<p>sorb</p>"}), "quince", []),
        (lambda: archive_activity(alice, note), "sorb", []),
        (lambda: restore_activity(alice, note), "sorb", [note]),
    ]
    for change, q, expected in steps:
        with unit_of_work():
            change()
        assert found(q) == expected
    with unit_of_work():
        link(alice, note, other)
    assert found("sorb", record_ids=frozenset({other})) == [note]
    with unit_of_work():
        unlink(alice, note, contact)
    assert found("sorb", record_ids=frozenset({contact})) == []
    assert found("", record_ids=frozenset({other}), kinds=frozenset({"note"})) == [note]
    demand_in_step()


def test_a_transaction_that_fails_leaves_no_document(alice: Viewer) -> None:
    contact = make_contact(alice)
    with pytest.raises(ZeroDivisionError), unit_of_work():
        create_activity(alice, "note", {"body": "<p>quince</p>"}, contact)
        raise ZeroDivisionError
    with unit_of_work():
        with pytest.raises(ZeroDivisionError), db.session.begin_nested():
            create_activity(alice, "note", {"body": "<p>medlar</p>"}, contact)
            raise ZeroDivisionError
        create_activity(alice, "note", {"body": "<p>sorb</p>"}, contact)
    assert found("quince") == found("medlar") == []
    assert len(found("sorb")) == 1
    demand_in_step()


def test_many_activities_in_one_transaction_cost_few_statements(alice: Viewer) -> None:
    contact = make_contact(alice)

    def log(count: int) -> int:
        end_read()
        with count_queries() as queries, unit_of_work():
            for number in range(count):
                create_activity(alice, "note", {"body": f"<p>quince {number}</p>"}, contact)
        return sum("search_document" in query or "pg_advisory" in query for query in queries)

    assert log(1) == log(30) <= 3
    assert len(found("quince")) == 31


def test_whoever_commits_last_writes_what_both_have_changed(app: Flask, alice: Viewer) -> None:
    """Two comments at once: each transaction sees only its own until the other is committed."""
    note = make_note(alice, make_contact(alice), "<p>quince</p>")
    has_commented, may_end = threading.Event(), threading.Event()

    def comment() -> None:
        with app.app_context(), unit_of_work():
            add_comment(alice, note, "medlar")
            has_commented.set()
            assert may_end.wait(PATIENCE)

    thread = threading.Thread(target=comment)
    thread.start()
    assert has_commented.wait(PATIENCE)
    make_comment(alice, note, "sorb")
    assert found("medlar") == []
    may_end.set()
    thread.join(PATIENCE)
    assert found("quince medlar sorb") == [note]
    demand_in_step()


def test_many_writers_at_once_lose_nothing(app: Flask, alice: Viewer) -> None:
    contact = make_contact(alice)
    shared = [make_note(alice, contact, "<p>quince</p>") for _ in range(3)]
    failures: list[Exception] = []

    def write(number: int) -> None:
        try:
            with app.app_context():
                for turn in range(6):
                    make_note(alice, contact, f"<p>medlar {number} {turn}</p>")
                    make_comment(alice, shared[turn % 3], f"remark{number}x{turn}")
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * PATIENCE)
    assert failures == []
    assert len(found("medlar")) == 24
    assert [found(f"remark{number}x{turn}") for number in range(4) for turn in range(6)] == [
        [shared[turn % 3]] for _ in range(4) for turn in range(6)
    ]
    demand_in_step()


def test_activity_that_cannot_be_analysed_is_saved_and_named(alice: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    contact = make_contact(alice)
    note = make_note(alice, contact, "<p>quince</p>")

    def words_of(text: str) -> set[str]:
        if "poison" in text:
            raise RecursionError("too deep \x00")
        return set(text.split())

    with monkeypatch.context() as patch:
        patch.setattr("crm.search.postgres_documents.words_of", words_of)
        with unit_of_work():
            update_activity(alice, note, {"body": "<p>quince poison</p>"})
            others = [create_activity(alice, "note", {"body": "<p>quince</p>"}, contact) for _ in range(3)]
        assert found("quince") == others
        assert dead().keys() == {note}
        assert "too deep" in dead()[note]
    with unit_of_work():
        add_comment(alice, note, "again")
    assert found("quince") == [note, *others]
    assert dead() == {}
    demand_in_step()


def test_word_the_database_refuses_costs_no_save(alice: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    contact = make_contact(alice)
    monkeypatch.setattr("crm.search.postgres_lexemes.LEXEME_LENGTH", 10_000)
    monkeypatch.setattr("crm.search.postgres_documents.words_of", lambda text: set(text.split()))
    note = make_note(alice, contact, f"<p>quince {'x' * 5000}</p>")
    assert "word is too long" in dead()[note]
    assert found("quince") == []


def test_more_different_words_than_fit_are_indexed_in_part_and_named(
    alice: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = make_contact(alice)
    monkeypatch.setattr("crm.search.postgres_lexemes.MOST_BYTES", 20)
    note = make_note(alice, contact, "<p>apple banana cherry damson elder</p>")
    assert found("apple") == [note]
    assert dead().keys() == {note}


def test_random_characters_of_many_scripts_do_not_fail_a_save(alice: Viewer) -> None:
    contact = make_contact(alice)
    many = "".join(chr(0x4E00 + (place * place + 7 * place) % 20_900) for place in range(100_000))
    email = make_activity(alice, "email", contact, title="客服", body=f"<p>quince {many[:90_000]}</p>")
    assert found("quince") == [email]


def test_moments_and_owners_follow_changes(alice: Viewer, bob: Viewer) -> None:
    contact = make_contact(alice)
    note = make_note(alice, contact, "<p>quince</p>")
    earlier = now() - timedelta(days=400)
    with unit_of_work():
        update_activity(alice, note, {"hubspot_owner_id": bob.user_id, "activity_date": earlier})
    assert bob.user_id is not None
    assert found("quince", owners=frozenset({bob.user_id}), before=now() - timedelta(days=300)) == [note]
    assert found("quince", since=now() - timedelta(days=300)) == []
