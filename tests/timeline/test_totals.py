"""Counting a record's activities by kind and direction, and listing what a number counts (SPEC 1.6)."""

from datetime import timedelta

import pytest
import time_machine

from crm.clock import now
from crm.permissions.viewer import Viewer
from crm.timeline import totals
from crm.timeline.totals import Counted, Way, activities_of
from tests.factories import make_activity, make_call, make_contact, make_email, make_note, make_task
from tests.support.queries import count_queries

HOUR = timedelta(hours=1)


def counted(viewer: Viewer, record: int, **more: object) -> dict[str, tuple[int, int, int]]:
    """All, incoming and outgoing activities by kind."""
    found = totals.totals(viewer, record, **more)  # type: ignore[arg-type]
    return {one.kind.name: (one.number, one.incoming, one.outgoing) for one in found.kinds}


def test_activities_are_counted_by_kind_and_direction(clock: time_machine.Traveller, bob: Viewer) -> None:
    contact = make_contact(bob)
    for direction in ("INBOUND", "INBOUND", "OUTBOUND", None):
        make_call(bob, contact, direction=direction, activity_date=now() - HOUR)
    for direction in ("EMAIL", "INCOMING_EMAIL", "FORWARDED_EMAIL"):
        make_email(bob, contact, direction=direction, activity_date=now() - HOUR)
    make_activity(bob, "whatsapp", contact, direction="INBOUND", activity_date=now() - HOUR)
    make_note(bob, contact)
    assert counted(bob, contact) == {
        "note": (1, 0, 0),
        "email": (3, 1, 2),
        "call": (4, 2, 1),
        "whatsapp": (1, 1, 0),
    }


def test_what_waits_or_lies_ahead_is_not_counted(clock: time_machine.Traveller, bob: Viewer) -> None:
    contact = make_contact(bob)
    make_task(bob, contact, activity_date=now() - HOUR)
    make_task(bob, contact, activity_date=now() - HOUR, status="COMPLETED")
    make_activity(bob, "meeting", contact)
    make_note(bob, contact, activity_date=now() + HOUR)
    assert counted(bob, contact) == {"task": (1, 0, 0)}


def test_a_time_leaves_out_what_was_before(clock: time_machine.Traveller, bob: Viewer) -> None:
    contact = make_contact(bob)
    make_call(bob, contact, direction="INBOUND", activity_date=now() - timedelta(days=40))
    late = make_call(bob, contact, direction="INBOUND", activity_date=now() - HOUR)
    since = now() - timedelta(days=30)
    assert counted(bob, contact) == {"call": (2, 2, 0)}
    assert counted(bob, contact, since=since) == {"call": (1, 1, 0)}
    listed = activities_of(bob, contact, Counted("call", Way.IN, since))
    assert [entry.activity_id for entry in listed.entries] == [late]


def test_the_list_has_what_the_number_counts(clock: time_machine.Traveller, bob: Viewer) -> None:
    contact = make_contact(bob)
    made = {
        direction: make_call(bob, contact, direction=direction, activity_date=now() - HOUR)
        for direction in ("INBOUND", "OUTBOUND", None)
    }
    make_email(bob, contact, direction="INCOMING_EMAIL")
    for way, expected in ((Way.IN, ["INBOUND"]), (Way.OUT, ["OUTBOUND"]), (None, [None, "OUTBOUND", "INBOUND"])):
        listed = activities_of(bob, contact, Counted("call", way))
        assert [entry.activity_id for entry in listed.entries] == [made[one] for one in expected]
        assert not listed.upcoming


def test_many_are_listed_page_by_page(clock: time_machine.Traveller, bob: Viewer) -> None:
    contact = make_contact(bob)
    made = [make_note(bob, contact) for _ in range(totals.LISTED + 2)]
    first = activities_of(bob, contact, Counted("note"))
    assert len(first.entries) == totals.LISTED
    rest = activities_of(bob, contact, Counted("note"), before=first.next_key)
    assert [entry.activity_id for entry in rest.entries] == [made[1], made[0]]
    assert rest.next_key is None


def test_only_the_newest_of_very_many_are_counted(
    clock: time_machine.Traveller, bob: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = make_contact(bob)
    for kind in ("note", "note", "call", "call"):
        make_activity(bob, kind, contact, activity_date=now() - HOUR)
    monkeypatch.setattr(totals, "MOST_COUNTED", 3)
    monkeypatch.setattr(totals, "_statements", totals.Statements())
    found = totals.totals(bob, contact)
    assert found.is_cut
    assert sum(one.number for one in found.kinds) == 3


def test_activities_of_others_are_not_counted(clock: time_machine.Traveller, alice: Viewer, charlie: Viewer) -> None:
    contact = make_contact(charlie)
    make_call(charlie, contact, direction="INBOUND", activity_date=now() - HOUR)
    make_call(alice, contact, direction="INBOUND", activity_date=now() - HOUR)
    assert counted(alice, contact) == {"call": (2, 2, 0)}
    assert counted(charlie, contact) == {"call": (1, 1, 0)}
    assert len(activities_of(charlie, contact, Counted("call", Way.IN)).entries) == 1


def test_the_cost_is_one_query(bob: Viewer) -> None:
    contact = make_contact(bob)
    make_note(bob, contact)
    counted(bob, contact)
    with count_queries() as queries:
        counted(bob, contact)
    assert len(queries) == 1, queries
