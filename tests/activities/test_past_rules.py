"""A rule applied to activities that are there, in batches, and taken back (SPEC 6.7)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from crm.activities.operations import archive_activity, create_activity, link, unlink
from crm.activities.origin import Origin
from crm.activities.past_rules import APPLY_RULE, apply_to_past, kinds_of
from crm.activities.past_rules import selection as selected
from crm.activities.past_selection import Selection, count_of, ids_of, logged
from crm.activities.queries import links_of
from crm.activities.reasons import reasons
from crm.activities.rule import Rule, Scope
from crm.bulk import operations as bulk
from crm.bulk.models import RunState
from crm.bulk.queries import Run, get_run
from crm.bulk.registry import bulk_kinds
from crm.clock import now
from crm.db import end_read, unit_of_work
from crm.messages import InvalidValue
from crm.objects.removal import remove_object_type
from crm.permissions.errors import Forbidden
from crm.permissions.viewer import Viewer
from crm.records.operations import archive_record
from tests.factories import make_call, make_company, make_contact, make_deal, make_email, make_note, relate
from tests.factories.activities import sample_values
from tests.factories.merging import make_merge
from tests.factories.objects import make_object
from tests.factories.rules import make_rule
from tests.support.queries import count_queries

ALL_DEALS = Rule("contact", "deal", Scope.ALL, kind="note")


def begin(actor: Viewer, rule: Rule, days: int | None = None) -> Run:
    end_read()
    with unit_of_work():
        return apply_to_past(actor, rule, days)


def undo(actor: Viewer, run: Run) -> Run:
    end_read()
    with unit_of_work():
        return bulk.undo(actor, run.id)


def do(act, *args: object) -> None:
    end_read()
    with unit_of_work():
        act(*args)


def on(viewer: Viewer, activity_id: int) -> dict[int, str]:
    end_read()
    return {one.record_id: one.source for one in links_of(viewer, activity_id)}


def log(actor: Viewer, kind: str, record_id: int, via: str, **values: object) -> int:
    end_read()
    with unit_of_work():
        return create_activity(actor, kind, sample_values(kind) | values, record_id, Origin(via))


@pytest.fixture
def jane(alice: Viewer) -> int:
    """A contact whose notes follow a rule of one's own."""
    make_rule(alice, ALL_DEALS)
    return make_contact(alice, "Jane Doe")


def test_a_run_puts_what_was_logged_there_where_the_rule_says_and_nothing_else(alice: Viewer, jane: int) -> None:
    deal, company, other = make_deal(alice), make_company(alice), make_contact(alice)
    note, call = make_note(alice, jane), make_call(alice, jane)
    elsewhere = make_note(alice, company, also_on=[jane])
    old = make_note(alice, jane, activity_date=now() - timedelta(days=40))
    theirs, gone = make_note(alice, other), make_note(alice, jane)
    do(archive_activity, alice, gone)
    relate(alice, jane, deal, company)
    run = begin(alice, ALL_DEALS, 30)
    title = "Associate notes logged on contacts with all their deals: applied to past activity"
    assert (run.state, run.total, run.changed, run.skipped, str(run.title)) == (RunState.DONE, 2, 1, 1, title)
    assert on(alice, note) == {jane: "origin", deal: "rule"}
    [link_to_deal] = [one for one in links_of(alice, note) if one.record_id == deal]
    assert str(reasons(alice, [link_to_deal])[0]) == "By rule: one of the deals of Jane Doe; applied to past activity"
    for untouched in (call, elsewhere, old, theirs, gone):
        assert deal not in on(alice, untouched)
    assert begin(alice, ALL_DEALS, None).changed == 1
    assert on(alice, old) == {jane: "origin", deal: "rule"}


def test_asc_18_to_23_exceptions_hold_for_the_past_too(alice: Viewer) -> None:
    jane, deal = make_contact(alice, "Jane Doe"), make_deal(alice)
    first = make_email(alice, jane, thread_id="t1")
    kept = [
        log(alice, "email", jane, "mobile"),
        log(alice, "email", jane, "inbox"),
        log(alice, "whatsapp", jane, "inbox"),
        log(alice, "task", jane, "gmail_ext"),
        log(alice, "task", jane, "sequence"),
        log(alice, "note", jane, "api"),
        make_email(alice, jane, thread_id="t1"),
    ]
    taken = [first, log(alice, "call", jane, "api"), log(alice, "meeting", jane, "sequence")]
    relate(alice, jane, deal)
    rule = Rule("contact", "deal", Scope.MOST_RECENT_OPEN, 5)
    begin(alice, rule)
    assert [one for one in kept if deal in on(alice, one)] == []
    assert [one for one in taken if deal not in on(alice, one)] == []


def test_many_are_done_in_batches_by_the_worker_and_taken_back_as_a_whole(
    alice: Viewer, jane: int, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = bulk_kinds.get(APPLY_RULE)
    assert kind is not None
    monkeypatch.setitem(bulk_kinds._kinds, APPLY_RULE, replace(kind, batch=2))
    deal = make_deal(alice)
    notes = [make_note(alice, jane) for _ in range(5)]
    relate(alice, jane, deal)
    do(link, alice, notes[4], deal)
    run = begin(alice, ALL_DEALS)
    assert (run.state, run.done, run.total) == (RunState.RUNNING, 2, 5)
    work()
    run = get_run(alice, run.id)
    assert (run.state, run.done, run.changed, run.skipped) == (RunState.DONE, 5, 4, 1)
    do(unlink, alice, notes[0], deal)
    do(link, alice, notes[0], deal)
    undo(alice, run)
    work()
    assert get_run(alice, run.id).state == RunState.UNDONE
    assert [deal in on(alice, note) for note in notes] == [True, False, False, False, True]


def test_what_a_merge_moved_on_is_found_and_taken_back_too(alice: Viewer, jane: int) -> None:
    note, other = make_note(alice, jane), make_contact(alice, "J. Doe")
    merged = make_merge(alice, jane, other).record_id
    deal, second = make_deal(alice, "One"), make_deal(alice, "Two")
    relate(alice, merged, deal)
    run = begin(alice, ALL_DEALS)
    assert on(alice, note) == {merged: "merge", deal: "rule"}
    both = make_merge(alice, deal, second).record_id
    undo(alice, run)
    assert on(alice, note) == {merged: "merge"}
    assert both


def test_a_rule_leaves_kinds_with_a_rule_of_their_own_alone(alice: Viewer) -> None:
    rule = Rule("contact", "deal", Scope.MOST_RECENT_OPEN, 5)
    assert len(kinds_of(rule)) == 9
    make_rule(alice, ALL_DEALS)
    end_read()
    assert "note" not in kinds_of(rule)
    assert kinds_of(ALL_DEALS) == ["note"]


def test_only_super_admins_apply_rules_and_only_to_something(alice: Viewer, bob: Viewer, jane: int) -> None:
    with pytest.raises(InvalidValue):
        begin(alice, ALL_DEALS)
    make_note(alice, jane)
    with pytest.raises(Forbidden):
        begin(bob, ALL_DEALS)


def test_the_selection_costs_the_same_for_few_and_many(alice: Viewer, jane: int) -> None:
    chosen, ids, amounts = selected(ALL_DEALS, 30), [make_note(alice, jane) for _ in range(12)], []
    for some in (ids[:2], ids[:2], ids):
        with count_queries() as queries:
            assert len(logged(alice, chosen, some)) == len(some)
        amounts.append(len(queries))
    assert amounts[1] == amounts[2]
    assert count_of(alice, chosen, 10) == 10


@pytest.mark.parametrize("days", [90, 365, None])
def test_a_selection_is_read_in_order_a_batch_at_a_time(alice: Viewer, charlie: Viewer, days: int | None) -> None:
    jane, company, gone = make_contact(alice), make_company(alice), make_contact(alice)
    made = [log(alice, kind, jane, "record") for kind in ("sms", "note", "whatsapp", "call", "sms", "note")]
    log(alice, "note", company, "record")
    make_note(alice, gone)
    do(archive_record, alice, gone)
    do(archive_activity, alice, made.pop())
    old = make_note(alice, jane, activity_date=now() - timedelta(days=100))
    chosen = Selection("contact", ("note", "call", "sms"), None if days is None else now() - timedelta(days=days))
    end_read()
    found = ids_of(alice, chosen, 0, 2)
    while more := ids_of(alice, chosen, found[-1], 2):
        found = [*found, *more]
    assert found == [one for one in made if one != made[2]] + [old] * (days != 90)
    assert count_of(alice, chosen) == len(found)
    assert {one.id for one in logged(alice, chosen, [*made, old])} == set(found)
    assert ids_of(charlie, chosen, 0, 10) == []


def test_an_object_that_is_removed_meanwhile_leaves_the_rest_as_it_is(
    alice: Viewer, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, machine, jane = bulk_kinds.get(APPLY_RULE), make_object(alice), make_contact(alice)
    assert kind is not None
    monkeypatch.setitem(bulk_kinds._kinds, APPLY_RULE, replace(kind, batch=2))
    notes = [make_note(alice, jane) for _ in range(3)]
    run = begin(alice, make_rule(alice, Rule("contact", machine, Scope.ALL)))
    do(remove_object_type, alice, machine)
    work()
    end_read()
    run = get_run(alice, run.id)
    assert (run.state, run.failure, run.skipped) == (RunState.DONE, None, len(notes))
    assert undo(alice, run).state == RunState.UNDONE


@pytest.mark.parametrize("logged_first", [True, False])
def test_what_was_logged_on_either_of_two_merged_records_was_logged_on_the_merged_one(
    alice: Viewer, jane: int, logged_first: bool
) -> None:
    other, deal = make_contact(alice, "J. Doe"), make_deal(alice)
    note = make_note(alice, jane, also_on=[other])
    merged = make_merge(alice, *((jane, other) if logged_first else (other, jane))).record_id
    relate(alice, merged, deal)
    assert begin(alice, ALL_DEALS).changed == 1
    assert on(alice, note) == {merged: "merge", deal: "rule"}
