"""What the visibility gate lets through, for each verb and scope, as SQL and in Python (DESIGN 6)."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.activities.queries import get_activity
from crm.associations.models import Association
from crm.db import db, end_read
from crm.objects.queries import schema
from crm.permissions.actions import Scope, Verb
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.scopes import UnguardedSelect, guarded, rows_visible_to, unguarded, visible_to
from crm.permissions.viewer import SYSTEM, Viewer
from crm.records.models import Record
from crm.records.queries import get_record
from crm.timeline.models import TimelineEntry
from tests.factories import make_contact, make_note

SEEN = {
    Scope.NONE: set(),
    Scope.OWN: {"mine"},
    Scope.TEAM: {"mine", "colleague's"},
    Scope.EVERYTHING: {"mine", "colleague's", "other team's", "nobody's"},
}


def with_scopes(viewer: Viewer, scope: Scope, *verbs: Verb, objects: tuple[str, ...] = ("contact",)) -> Viewer:
    """The viewer with these rights and no others."""
    return replace(viewer, scopes={(name, verb): scope for name in objects for verb in verbs})


@pytest.fixture
def owned(alice: Viewer, bob: Viewer, charlie: Viewer) -> dict[int, str]:
    """A contact of bob, of alice in his team, of charlie in the other team, and of nobody."""
    owners = {"mine": bob.user_id, "colleague's": alice.user_id, "other team's": charlie.user_id, "nobody's": None}
    return {make_contact(SYSTEM, hubspot_owner_id=owner): name for name, owner in owners.items()}


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("scope", Scope)
def test_a_scope_covers_the_same_records_as_sql_and_in_python(
    bob: Viewer, owned: dict[int, str], scope: Scope, verb: Verb
) -> None:
    viewer = with_scopes(bob, scope, verb)
    end_read()
    passports = guarded(sa.select(Record.id).where(visible_to(viewer, verb=verb)), viewer)
    table = schema().object_type("contact").table
    rows = sa.select(table.c.record_id).where(rows_visible_to(viewer, "contact", table, verb))
    owners = guarded(sa.select(Record.id, Record.owner_id), SYSTEM)
    covered = {row.id for row in db.session.execute(owners) if viewer.covers("contact", verb, row.owner_id)}
    assert {owned[one] for one in db.session.scalars(passports)} == SEEN[scope]
    assert {owned[one] for one in db.session.scalars(guarded(rows, viewer))} == SEEN[scope]
    assert {owned[one] for one in covered} == SEEN[scope]


def test_rights_on_one_object_are_no_rights_on_another(bob: Viewer, owned: dict[int, str]) -> None:
    viewer = with_scopes(bob, Scope.EVERYTHING, Verb.VIEW, objects=("company",))
    for record_id in owned:
        with pytest.raises(NotFound):
            get_record(viewer, record_id)


def test_an_object_type_added_later_is_hidden_until_it_is_granted(bob: Viewer) -> None:
    assert bob.scope("spaceship", Verb.VIEW) is Scope.NONE


def test_somebody_without_a_team_sees_their_own_with_scope_team(alice: Viewer, bob: Viewer) -> None:
    loner = replace(bob, team_id=None, team_member_ids=frozenset())
    mine, hers = make_contact(loner), make_contact(alice)
    assert get_record(loner, mine).id == mine
    with pytest.raises(NotFound):
        get_record(loner, hers)


def test_a_viewer_without_an_id_owns_nothing(bob: Viewer, owned: dict[int, str]) -> None:
    machine = replace(with_scopes(bob, Scope.OWN, Verb.VIEW), user_id=None)
    end_read()
    found = guarded(sa.select(Record.id).where(visible_to(machine)), machine)
    assert list(db.session.scalars(found)) == []


def test_a_visible_record_that_may_not_be_edited_is_forbidden(dana: Viewer, owned: dict[int, str]) -> None:
    with pytest.raises(Forbidden):
        get_record(dana, min(owned), Verb.EDIT)


def test_a_hidden_record_is_not_found_even_for_who_could_edit_it(bob: Viewer, owned: dict[int, str]) -> None:
    editor = with_scopes(bob, Scope.EVERYTHING, Verb.EDIT)
    with pytest.raises(NotFound):
        get_record(editor, min(owned), Verb.EDIT)


@pytest.mark.parametrize(
    "make",
    [
        lambda: sa.select(Record.id),
        lambda: sa.select(schema().object_type("contact").table),
        lambda: sa.select(sa.func.count()).select_from(Association),
        lambda: sa.select(sa.literal(1)).where(sa.exists().where(TimelineEntry.record_id == 1)),
        lambda: sa.select(sa.select(Record.id).limit(3).subquery()),
        lambda: sa.union_all(sa.select(Record.id), sa.select(Record.id)),
        lambda: sa.select(sa.select(sa.func.count()).select_from(Record).scalar_subquery()),
    ],
    ids=["passport", "object table", "count", "exists", "subquery", "union", "scalar subquery"],
)
def test_a_select_of_guarded_rows_without_a_decision_is_refused(app: Flask, make: Callable[[], sa.Select]) -> None:
    with pytest.raises(UnguardedSelect):
        db.session.execute(make())
    db.session.execute(unguarded(make(), "a test"))


def test_reading_an_orm_entity_without_a_decision_is_refused(app: Flask) -> None:
    with pytest.raises(UnguardedSelect):
        db.session.get(Record, 1)


def test_tables_nobody_owns_need_no_decision(app: Flask) -> None:
    db.session.execute(sa.text("SELECT 1"))
    assert schema().object_type("contact")


ON_CONTACTS = {("contact", Verb.VIEW): Scope.TEAM}
TO_NOTES = {("note", Verb.VIEW): Scope.EVERYTHING}


@pytest.mark.parametrize(
    ("scopes", "is_seen"),
    [(ON_CONTACTS | TO_NOTES, True), (ON_CONTACTS, False), (TO_NOTES, False), ({}, False)],
    ids=["both", "no right to notes", "no right to contacts", "no right at all"],
)
def test_an_activity_needs_the_right_to_its_type_and_to_a_record(
    bob: Viewer, scopes: dict[tuple[str, Verb], Scope], is_seen: bool
) -> None:
    note = make_note(bob, make_contact(bob))
    reader = replace(bob, scopes=scopes)
    if is_seen:
        assert get_activity(reader, note).id == note
        return
    with pytest.raises(NotFound):
        get_activity(reader, note)


def test_one_visible_record_of_several_shows_an_activity(alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    theirs, mine = make_contact(charlie), make_contact(bob)
    note = make_note(alice, theirs, also_on=[mine])
    reader = replace(bob, scopes=ON_CONTACTS | TO_NOTES)
    assert get_activity(reader, note).id == note


def test_an_activity_on_hidden_records_only_is_hidden_from_its_owner(bob: Viewer, charlie: Viewer) -> None:
    note = make_note(charlie, make_contact(charlie), hubspot_owner_id=bob.user_id)
    with pytest.raises(NotFound):
        get_activity(bob, note)


def test_an_activity_is_editable_only_with_that_right_on_its_type(bob: Viewer, dana: Viewer) -> None:
    note = make_note(bob, make_contact(bob))
    assert get_activity(bob, note, Verb.EDIT).id == note
    with pytest.raises(Forbidden):
        get_activity(dana, note, Verb.EDIT)
