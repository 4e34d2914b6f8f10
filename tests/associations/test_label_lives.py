"""Labels go where their links go: copies, merges and back, the bin, the export, the past; limits hold (DB-40)."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from crm.associations.cloning import clone_record
from crm.associations.creating import create_linked
from crm.associations.labels import delete_label, labels_of, set_labels, set_limit
from crm.associations.limits import LimitReached
from crm.associations.operations import associate
from crm.associations.past import links_as_of
from crm.associations.rows import delete_typed
from crm.clock import now
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.records.errors import InvalidInput
from crm.records.operations import archive_record, restore_record
from tests.associations.test_labels import do, history, rows_of, texts
from tests.associations.test_lifecycle_races import at_once
from tests.durability.invariants import associations_go_both_ways, link_history_ends_at_the_links
from tests.durability.snapshot import Snapshot
from tests.factories import make_company, make_contact, make_deal, make_record, relate
from tests.factories.merging import make_merge, undo_merge
from tests.factories.objects import make_object
from tests.merging.whole import differences, newest_record, whole
from tests.support.links import associated_ids, make_label, relate_as


def test_a_copy_has_the_labels_and_is_refused_beyond_a_limit(alice: Viewer) -> None:
    label = make_label(alice, "deal", "contact", "Buyer", "Deal")
    deal, ada, max_ = make_deal(alice, "Oranges"), make_contact(alice, "Ada Berg"), make_contact(alice)
    relate_as(alice, deal, ada, [label])
    relate(alice, deal, max_)
    copy = do(clone_record, alice, deal, "Copy", True)
    assert (texts(alice, copy, ada), texts(alice, ada, copy), texts(alice, copy, max_)) == (["Buyer"], ["Deal"], [])
    do(set_limit, alice, "contact", "deal", None, 2)
    with pytest.raises(InvalidInput, match="“Ada Berg” may be associated with at most 2 Deals"):
        do(clone_record, alice, deal, "Another", True)
    assert do(clone_record, alice, deal, "Without", False)


def test_a_merge_unites_labels_also_beyond_a_limit_and_comes_apart_exactly(alice: Viewer) -> None:
    boss = make_label(alice, "contact", "contact", "Manager", "Employee")
    friend = make_label(alice, "contact", "contact", "Friend")
    employer = make_label(alice, "contact", "company", "Employer")
    first, second, other, third, new = (make_contact(alice) for _ in range(5))
    company = make_company(alice)
    relate_as(alice, first, other, [boss])
    relate_as(alice, other, second, [boss, friend])
    relate_as(alice, second, third, [boss])
    relate_as(alice, second, company, [employer])
    do(set_limit, alice, "contact", "contact", boss, 1)
    last = newest_record()
    before = whole(last)
    undo_merge(alice, make_merge(alice, first, second).merge_id)
    assert not differences(before, whole(last))
    merged = make_merge(alice, first, second)
    assert texts(alice, merged.record_id, other) == ["Employee", "Friend", "Manager"]
    assert texts(alice, other, merged.record_id) == ["Employee", "Friend", "Manager"]
    assert texts(alice, merged.record_id, third) == ["Manager"]
    assert texts(alice, company, merged.record_id) == ["Employer"]
    _whole_and_told()
    relate_as(alice, merged.record_id, new, [friend])
    do(set_labels, alice, merged.record_id, company, [])
    undo_merge(alice, merged.merge_id)
    assert texts(alice, first, new) == ["Friend"]
    assert texts(alice, second, company) == ["Employer"]
    assert texts(alice, other, first) == ["Employee"]
    assert texts(alice, second, other) == ["Employee", "Friend"]
    _whole_and_told()


def test_a_label_deleted_since_the_merge_does_not_come_back_with_the_two(alice: Viewer) -> None:
    """The job may have been at the two records and not yet at the merged one when the merge is taken apart."""
    label = make_label(alice, "contact", "company", "Employer")
    first, second, company = make_contact(alice), make_contact(alice), make_company(alice)
    relate_as(alice, first, company, [label])
    merged = make_merge(alice, first, second)
    do(delete_label, alice, label)
    with unit_of_work():
        delete_typed(alice, label, [(first, company)])
    undo_merge(alice, merged.merge_id)
    end_read()
    assert rows_of(label) == 0
    _whole_and_told()


def _whole_and_told() -> None:
    snapshot = Snapshot()
    assert [*associations_go_both_ways(snapshot), *link_history_ends_at_the_links(snapshot)] == []


def test_the_bin_keeps_labels_and_a_restored_record_its_place_beyond_a_limit(alice: Viewer) -> None:
    label = make_label(alice, "contact", "company", "Employer")
    contact, first, second = make_contact(alice), make_company(alice), make_company(alice)
    relate_as(alice, contact, first, [label])
    do(set_limit, alice, "contact", "company", None, 1)
    do(archive_record, alice, first)
    assert texts(alice, contact, first) == []
    do(associate, alice, contact, second)
    do(restore_record, alice, first)
    assert texts(alice, contact, first) == ["Employer"]
    assert associated_ids(alice, contact, "contact", "company") == [second, first]


def test_automatic_links_stay_within_limits_without_a_word(alice: Viewer) -> None:
    company = make_company(alice, "Orange Inc", domain="orange.example")
    do(set_limit, alice, "company", "contact", None, 1)
    one = do(create_linked, alice, "contact", {"lastname": "Berg", "email": "a@orange.example"})
    other = do(create_linked, alice, "contact", {"lastname": "Lund", "email": "b@orange.example"})
    assert associated_ids(alice, company, "company", "contact") == [one]
    assert associated_ids(alice, other, "contact", "company") == []
    do(set_limit, alice, "company", "contact", None, None)
    do(set_limit, alice, "contact", "company", None, 1)
    lemon = make_company(alice, "Lemon Ltd")
    values = {"lastname": "Holm", "email": "c@grape.example"}
    assert associated_ids(alice, do(create_linked, alice, "contact", values, [lemon]), "contact", "company") == [lemon]


def test_records_of_a_custom_object_have_labels(alice: Viewer) -> None:
    make_object(alice, "Machine", "Machines", associated=["contact"])
    label = make_label(alice, "machine", "contact", "Operator", "Machine they run")
    machine, ada = make_record(alice, "machine", serial_number="4711"), make_contact(alice)
    relate_as(alice, machine, ada, [label])
    assert (texts(alice, machine, ada), texts(alice, ada, machine)) == (["Operator"], ["Machine they run"])


def test_db_40_the_past_has_the_words_of_then_also_of_a_label_that_is_gone(
    alice: Viewer, clock: time_machine.Traveller, work: Callable[[], None]
) -> None:
    label = make_label(alice, "contact", "contact", "Manager", "Employee")
    clerk, boss = make_contact(alice), make_contact(alice)
    relate_as(alice, clerk, boss, [label])
    then = now()
    clock.shift(timedelta(days=1))
    do(delete_label, alice, label)
    work()
    assert texts(alice, clerk, boss) == []
    for record_id, words in ((clerk, ["", "Manager"]), (boss, ["", "Employee"])):
        end_read()
        assert [list(one.labels) for one in links_as_of(alice, record_id, then)] == [words]
        assert [list(one.labels) for one in links_as_of(alice, record_id, now())] == [[""]]
        assert history(alice, record_id) == [(words[1], True), (words[1], False)]
    _whole_and_told()


def test_labels_are_in_the_export_of_a_contact(client_of: Callable[[Viewer], FlaskClient], alice: Viewer) -> None:
    labels = [make_label(alice, "contact", "deal", text) for text in ("Buyer", "Adviser")]
    ada, deal = make_contact(alice), make_deal(alice, "Oranges")
    relate_as(alice, ada, deal, labels)
    answer = client_of(alice).post(f"/records/{ada}/export")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        text = archive.read("associations.csv").decode("utf-8-sig")
    assert [row["labels"] for row in csv.DictReader(io.StringIO(text))] == ["Adviser; Buyer"]


def test_of_two_links_made_at_once_a_limit_lets_one_through(app: Flask, alice: Viewer) -> None:
    label = make_label(alice, "contact", "company", "Employer")
    do(set_limit, alice, "contact", "company", label, 1)
    contact, companies = make_contact(alice), [make_company(alice) for _ in range(3)]
    refused = []

    def link(company: int) -> None:
        try:
            with unit_of_work():
                associate(alice, contact, company, labels=[label])
        except LimitReached as reached:
            refused.append(reached)

    at_once(app, *(lambda company=company: link(company) for company in companies))
    end_read()
    assert len(refused) == 2
    assert len(labels_of(alice, contact, companies)) == 1
