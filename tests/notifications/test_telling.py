"""Whom a change tells, of what, and whom not (SPEC 8.15)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from crm.accounts import operations as accounts
from crm.accounts.managing import deactivate
from crm.accounts.queries import viewer_for
from crm.activities.operations import update_activity
from crm.associations.operations import associate
from crm.clock import now
from crm.db import db, end_read, unit_of_work
from crm.imports.running import finish, start_or_resume
from crm.jobs.kinds import housekeeping
from crm.notifications import telling
from crm.notifications.models import Notification
from crm.notifications.operations import choose_topics
from crm.notifications.queries import NoticeFilter, count_unread, page
from crm.notifications.rights import Rights
from crm.permissions.errors import NotFound
from crm.permissions.scopes import activity_visible_to, guarded, unguarded
from crm.permissions.viewer import Viewer
from crm.records.following import follow
from crm.records.models import Record
from crm.records.operations import archive_record, create_record, restore_record, update_record
from crm.records.queries import get_passport
from crm.records.source import Source, SourceKind
from crm.settings.handover import begin_hand_over
from tests.factories import make_comment, make_contact, make_deal, make_note, make_record, make_task
from tests.factories.merging import make_merge, undo_merge
from tests.support.queries import count_queries

OWNER = "hubspot_owner_id"
Work = Callable[[], None]


def told(viewer: Viewer) -> list[tuple[str, str]]:
    """What somebody was told, the newest first: kind and words."""
    end_read()
    return [(one.topic.name, str(one.words)) for one in page(viewer, NoticeFilter(), 100)]


def kinds(viewer: Viewer) -> list[str]:
    return [kind for kind, _words in told(viewer)]


def change(actor: Viewer, record_id: int, source: Source | None = None, **values: Any) -> None:
    end_read()
    with unit_of_work():
        update_record(actor, record_id, values, source=source or Source())


def choose(actor: Viewer, record_id: int, is_following: bool = True) -> None:
    end_read()
    with unit_of_work():
        follow(actor, record_id, is_following)


def notices() -> list[int]:
    """Who has a notice, of anything."""
    end_read()
    return list(db.session.scalars(unguarded(sa.select(Notification.user_id), "a test looks")))


def test_rec_06_a_follower_is_told_of_the_new_owner_and_after_unfollowing_no_more(
    alice: Viewer, bob: Viewer, dana: Viewer
) -> None:
    contact = make_contact(bob)
    choose(dana, contact)
    change(bob, contact, **{OWNER: alice.user_id})
    assert told(dana) == [("owner_changed", "Bob Stone made Alice Berg the owner of Ada Berg")]
    assert told(alice) == [("assigned", "Bob Stone gave Ada Berg to you")]
    assert told(bob) == []
    choose(dana, contact, False)
    change(alice, contact, **{OWNER: bob.user_id})
    assert len(told(dana)) == 1
    assert told(bob) == [("assigned", "Alice Berg gave Ada Berg to you")]


def test_who_owned_a_record_is_told_that_it_was_taken(alice: Viewer, bob: Viewer) -> None:
    contact = make_contact(bob)
    change(alice, contact, **{OWNER: alice.user_id})
    assert told(bob) == [("owner_changed", "Alice Berg made Alice Berg the owner of Ada Berg")]


def test_stage_activity_and_comment_are_told_to_followers(alice: Viewer, bob: Viewer, dana: Viewer) -> None:
    deal = make_deal(bob)
    choose(dana, deal)
    change(alice, deal, dealstage="qualifiedtobuy")
    note = make_note(alice, deal)
    make_comment(alice, note)
    wanted = [
        ("comment", "Alice Berg commented"),
        ("activity", "Note by Alice Berg"),
        ("stage_changed", "Alice Berg moved Oranges by the ton to Qualified to buy"),
    ]
    assert [one.lower() for _kind, one in told(dana)] == [one.lower() for _kind, one in wanted]
    assert kinds(bob) == [kind for kind, _words in wanted]
    assert told(alice) == []


def test_a_comment_is_told_to_who_wrote_the_activity_and_who_commented_before(
    alice: Viewer, bob: Viewer, dana: Viewer
) -> None:
    contact = make_contact(alice)
    note = make_note(bob, contact)
    choose(alice, contact, False)
    make_comment(dana, note)
    assert kinds(bob) == ["comment"]
    make_comment(bob, note)
    assert kinds(dana) == ["comment"]


def test_a_task_is_told_to_who_gets_it(alice: Viewer, bob: Viewer, dana: Viewer) -> None:
    contact = make_contact(alice)
    task = make_task(alice, contact, **{OWNER: bob.user_id})
    assert told(bob) == [("task_assigned", "Alice Berg gave you a task")]
    end_read()
    with unit_of_work():
        update_activity(bob, task, {OWNER: alice.user_id})
    assert kinds(alice) == ["task_assigned"]


def test_one_event_is_one_notice_of_the_weightiest_kind(alice: Viewer, bob: Viewer) -> None:
    deal = make_deal(bob)
    make_note(alice, deal, body=f'<p><data value="{bob.user_id}">@Bob Stone</data> look</p>')
    assert kinds(bob) == ["mention"]
    change(alice, deal, dealstage="qualifiedtobuy", **{OWNER: alice.user_id})
    assert kinds(bob) == ["owner_changed", "mention"]


def test_what_is_switched_off_is_not_told_and_a_lesser_kind_is_told_instead(alice: Viewer, bob: Viewer) -> None:
    end_read()
    with unit_of_work():
        choose_topics(bob, {"activity"})
    deal = make_deal(bob)
    change(alice, deal, dealstage="qualifiedtobuy")
    assert told(bob) == []
    make_note(alice, deal, body=f'<p><data value="{bob.user_id}">@Bob Stone</data> look</p>')
    assert kinds(bob) == ["activity"]


def test_a_file_that_is_taken_in_tells_of_no_single_record_but_that_it_is_done(
    alice: Viewer, bob: Viewer, tmp_path: Any
) -> None:
    end_read()
    with unit_of_work():
        create_record(alice, "company", {"name": "Orange", OWNER: bob.user_id}, Source(SourceKind.IMPORT, "1:2"))
    assert told(bob) == []
    end_read()
    finish(start_or_resume(alice, tmp_path / "firms.csv", "0" * 64, "company", "{}"), 1)
    assert told(alice) == [("import_finished", "The import of firms.csv is finished")]
    assert page(alice, NoticeFilter(), 1)[0].url == "/objects/companies"


def test_a_hand_over_is_one_notice(alice: Viewer, bob: Viewer, dana: Viewer, work: Work) -> None:
    for _ in range(3):
        make_contact(bob)
    end_read()
    with unit_of_work():
        deactivate(alice, bob.user_id or 0)
        begin_hand_over(alice, bob.user_id or 0, dana.user_id or 0)
    work()
    assert told(dana) == [("handed_over", "Alice Berg gave you everything Bob Stone owned")]


def test_who_is_deactivated_is_told_nothing(alice: Viewer, bob: Viewer) -> None:
    contact = make_contact(bob)
    end_read()
    with unit_of_work():
        deactivate(alice, bob.user_id or 0)
    make_note(alice, contact)
    assert notices() == []


def test_who_may_not_see_a_record_is_told_nothing_and_old_notices_of_it_are_gone(
    alice: Viewer, bob: Viewer, charlie: Viewer
) -> None:
    contact = make_contact(charlie)
    make_note(alice, contact)  # Alice's notes are for her team
    change(alice, contact, **{OWNER: bob.user_id})
    assert (told(charlie), count_unread(charlie)) == ([], 0)  # it went out of sight in that very transaction
    change(alice, contact, **{OWNER: charlie.user_id})
    assert (kinds(charlie), count_unread(charlie)) == (["assigned"], 1)
    end_read()
    with unit_of_work():
        archive_record(alice, contact)
    assert (told(charlie), count_unread(charlie)) == ([], 0)
    end_read()
    with unit_of_work():
        restore_record(alice, contact)
    assert (kinds(charlie), count_unread(charlie)) == (["assigned"], 1)


def test_notices_of_merged_records_rest_until_the_merge_is_undone(alice: Viewer, bob: Viewer) -> None:
    first, second = (make_contact(alice, **{OWNER: bob.user_id}) for _ in range(2))
    note = make_note(alice, first, body=f'<p><data value="{bob.user_id}">@Bob Stone</data></p>')
    assert kinds(bob) == ["mention", "assigned", "assigned"]
    made = make_merge(alice, first, second)
    assert kinds(bob) == ["mention"]
    assert page(bob, NoticeFilter(), 1)[0].activity_id == note
    undo_merge(alice, made.merge_id)
    assert kinds(bob) == ["mention", "assigned", "assigned"]


def test_what_is_undone_tells_nobody(alice: Viewer, bob: Viewer) -> None:
    deal = make_deal(bob)
    end_read()
    with pytest.raises(ZeroDivisionError), unit_of_work():
        update_record(alice, deal, {"dealstage": "qualifiedtobuy"})
        raise ZeroDivisionError
    change(alice, deal, dealname="Lemons")
    assert told(bob) == []


def test_more_than_fifty_people_are_told_by_a_job(alice: Viewer, work: Work) -> None:
    contact = make_contact(alice)
    prepared = [accounts.prepare_user(f"Person {one}", f"p{one}@example.com", None) for one in range(51)]
    end_read()
    with unit_of_work():
        granted = accounts.permission_set_id(accounts.VIEW_ONLY)
        ids = [accounts.create_user(alice, one, alice.team_id, granted) for one in prepared]
    for one in ids:
        choose(viewer_for(one), contact)
    make_note(alice, contact)
    assert notices() == []
    work()
    assert sorted(notices()) == ids


def test_the_job_run_again_tells_nobody_twice(alice: Viewer, bob: Viewer, dana: Viewer) -> None:
    contact = make_contact(alice)
    end_read()
    moment = now().isoformat()
    tellings = [["assigned", alice.user_id, one.user_id, contact, None, {}, moment] for one in (bob, dana)]
    telling.tell_many({"tellings": tellings[:1]})
    telling.tell_many({"tellings": tellings})
    assert (kinds(bob), kinds(dana)) == (["assigned"], ["assigned"])


def test_the_job_run_again_tells_nobody_of_the_other_record_an_activity_is_on(alice: Viewer, bob: Viewer) -> None:
    records = [make_contact(alice), make_contact(alice)]
    note = make_note(alice, records[0])
    end_read()
    moment = now().isoformat()
    tellings = [["activity", alice.user_id, bob.user_id, one, note, {"kind": "note"}, moment] for one in records]
    telling.tell_many({"tellings": tellings})
    telling.tell_many({"tellings": tellings})
    assert kinds(bob) == ["activity"]


def test_old_notices_go_with_the_housekeeping(alice: Viewer, bob: Viewer) -> None:
    make_contact(alice, **{OWNER: bob.user_id})
    with time_machine.travel(now() + timedelta(days=89), tick=False):
        end_read()
        housekeeping.run({})
        assert count_unread(bob) == 1
    with time_machine.travel(now() + timedelta(days=91), tick=False):
        end_read()
        housekeeping.run({})
        assert count_unread(bob) == 0


def test_a_note_on_a_record_that_only_its_writer_follows_costs_one_query_for_notices(alice: Viewer) -> None:
    contact = make_contact(alice)
    make_note(alice, contact)
    with count_queries() as queries:
        make_note(alice, contact)
    of_notices = [one for one in queries if "record_follower" in one or "notification" in one or "muted" in one]
    assert len(of_notices) == 1, queries


def test_rights_of_many_people_are_what_the_gate_says(
    alice: Viewer, bob: Viewer, charlie: Viewer, dana: Viewer
) -> None:
    """The notices ask for many readers at once; each answer is that of the one gate.

    What is left on deleted records alone super admins may open, but nobody is shown it, nor told of it.
    """
    records = [make_record(one, "contact", lastname=one.name) for one in (alice, bob, charlie)]
    activities = [make_note(one, record) for one, record in zip((alice, bob, charlie), records, strict=True)]
    activities.append(make_note(bob, records[1], **{OWNER: charlie.user_id}))
    end_read()
    with unit_of_work():
        associate(alice, records[1], records[2])
        archive_record(alice, records[0])
    end_read()
    rights = Rights.read(records, activities)
    for person in (alice, bob, charlie, dana):
        for one in records:
            assert rights.sees_record(person.user_id or 0, one) == _is_found(get_passport, person, one)
        for one in activities:
            assert rights.sees_activity(person.user_id or 0, one) == _is_shown(person, one)


def _is_shown(person: Viewer, activity_id: int) -> bool:
    shown = sa.select(Record.id).where(Record.id == activity_id, activity_visible_to(person, Record.__table__))
    return db.session.scalar(guarded(shown, person)) is not None


def _is_found(get: Callable[[Viewer, int], object], person: Viewer, one: int) -> bool:
    try:
        get(person, one)
    except NotFound:
        return False
    return True
