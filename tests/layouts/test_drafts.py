"""Drafts of layouts, and saving them for everybody (SPEC 1.7)."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.audit.models import AuditEntry
from crm.db import db, end_read, unit_of_work
from crm.layouts import drafts, operations
from crm.layouts.drafts import SavedMeanwhile
from crm.layouts.editing import InvalidLayout
from crm.layouts.layout import PlacedCard, RecordLayout
from crm.layouts.models import LayoutDraft
from crm.layouts.reading import layout_for
from crm.layouts.stored import DEFAULT, layout_seen_by, stored_layout, stored_layouts
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import AccountRight
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import SYSTEM, Viewer


@pytest.fixture
def contacts(app: Flask) -> ObjectType:
    """The object of contacts."""
    return schema().object_type("contact")


def bare(layout: RecordLayout) -> RecordLayout:
    return replace(layout, left=(PlacedCard("only", "property_list"),))


def empty(layout: RecordLayout) -> RecordLayout:
    return replace(layout, left=())


def change(actor: Viewer, kind: ObjectType, done: drafts.Change, layout_id: int = DEFAULT) -> None:
    end_read()
    with unit_of_work():
        drafts.change_draft(actor, kind, layout_id, done)


def save(actor: Viewer, kind: ObjectType, over: str = "", layout_id: int = DEFAULT) -> None:
    end_read()
    with unit_of_work():
        drafts.save_draft(actor, kind, layout_id, over)


def left(viewer: Viewer, kind: ObjectType) -> list[str]:
    end_read()
    return [card.key for card in layout_for(viewer, kind).left]


def newest_entry() -> AuditEntry:
    end_read()
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    return entry


def test_a_draft_is_seen_by_nobody_until_it_is_saved(contacts: ObjectType, alice: Viewer, bob: Viewer) -> None:
    change(alice, contacts, bare)
    assert "only" not in left(bob, contacts)
    save(alice, contacts)
    assert left(bob, contacts) == ["only"]
    assert drafts.draft_of(alice, stored_layout(contacts, DEFAULT)) is None
    entry = newest_entry()
    assert (entry.action, entry.about_name) == ("layout_changed", "Default view")
    assert "added: Property list" in entry.details


def test_a_draft_is_undone_redone_and_discarded(contacts: ObjectType, alice: Viewer) -> None:
    change(alice, contacts, bare)
    change(alice, contacts, empty)
    for expected in (["only"], []):
        with unit_of_work():
            drafts.undo_draft(alice, contacts, DEFAULT)
        found = drafts.draft_of(alice, stored_layout(contacts, DEFAULT))
        assert found is not None
        assert [card.key for card in found.layout.left] == expected
        end_read()
    with unit_of_work():
        drafts.discard_draft(alice, contacts, DEFAULT)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LayoutDraft)) == 0


def test_a_draft_that_equals_the_layout_is_none(contacts: ObjectType, alice: Viewer) -> None:
    stored = stored_layout(contacts, DEFAULT).layout
    change(alice, contacts, bare)
    change(alice, contacts, lambda _layout: stored)
    assert drafts.draft_of(alice, stored_layout(contacts, DEFAULT)) is None


def test_the_second_to_save_is_told_and_can_save_over(
    contacts: ObjectType, alice: Viewer, bob: Viewer, dana: Viewer
) -> None:
    other = replace(dana, account_rights=frozenset({AccountRight.CUSTOMIZE_LAYOUT}))
    change(alice, contacts, bare)
    change(other, contacts, empty)
    save(other, contacts)
    seen = stored_layout(contacts, DEFAULT)
    draft = drafts.draft_of(alice, seen)
    assert draft is not None
    assert draft.is_outdated
    for over in ("", "nonsense"):
        with pytest.raises(SavedMeanwhile):
            save(alice, contacts, over)
    assert left(bob, contacts) == []
    save(alice, contacts, seen.fingerprint)
    assert left(bob, contacts) == ["only"]


def test_teams_have_one_view_each_and_go_back_to_the_default_one(
    contacts: ObjectType, alice: Viewer, bob: Viewer, charlie: Viewer
) -> None:
    north, south = bob.team_id or 0, charlie.team_id or 0
    end_read()
    with unit_of_work():
        first = operations.create_layout(alice, contacts, " North ", bare(layout_for(alice, contacts)))
        second = operations.create_layout(alice, contacts, "South", empty(layout_for(alice, contacts)), "North")
        operations.give_layout(alice, contacts, first, [north, south])
        operations.give_layout(alice, contacts, second, [south])
    assert (left(bob, contacts), left(charlie, contacts)) == (["only"], [])
    assert [one.name for one in stored_layouts(contacts)] == ["Default view", "North", "South"]
    assert layout_seen_by(bob, contacts).id == first
    change(alice, contacts, empty, second)
    end_read()
    with unit_of_work():
        operations.delete_layout(alice, contacts, second)
    assert left(charlie, contacts) == left(SYSTEM, contacts) != []
    end_read()
    with pytest.raises(NotFound):
        stored_layout(contacts, second)


def test_names_are_there_short_and_of_one_view(contacts: ObjectType, alice: Viewer) -> None:
    layout = layout_for(alice, contacts)
    end_read()
    with unit_of_work():
        first = operations.create_layout(alice, contacts, "North", layout)
    for name in ("", " \x00 ", "NORTH", "Default view", "x" * 61):
        with pytest.raises(InvalidLayout), unit_of_work():
            operations.create_layout(alice, contacts, name, layout)
    with pytest.raises(InvalidLayout), unit_of_work():
        operations.give_layout(alice, contacts, first, [999])
    for refused in (operations.delete_layout, lambda *given: operations.rename_layout(*given, "Other")):
        with pytest.raises(InvalidLayout), unit_of_work():
            refused(alice, contacts, DEFAULT)
    assert operations.free_name(contacts, "North") == "North 2"


def test_the_default_view_goes_back_to_what_the_program_has(contacts: ObjectType, alice: Viewer, bob: Viewer) -> None:
    before = left(bob, contacts)
    change(alice, contacts, bare)
    save(alice, contacts)
    end_read()
    with unit_of_work():
        operations.reset_default(alice, contacts)
    assert left(bob, contacts) == before
    assert newest_entry().action == "layout_reset"


def test_without_the_right_nothing_is_changed(contacts: ObjectType, bob: Viewer) -> None:
    layout = layout_for(bob, contacts)
    end_read()
    for refused in (
        lambda: operations.create_layout(bob, contacts, "Mine", layout),
        lambda: operations.store_layout(bob, contacts, DEFAULT, bare(layout)),
        lambda: operations.reset_default(bob, contacts),
        lambda: drafts.change_draft(bob, contacts, DEFAULT, bare),
        lambda: drafts.save_draft(bob, contacts, DEFAULT),
    ):
        with pytest.raises(Forbidden), unit_of_work():
            refused()
