"""Saving, sharing and deleting views, and the tabs they are (SPEC 5.3): what is allowed, what is told, who sees it."""

import pytest
import sqlalchemy as sa

from crm.accounts.operations import update_user
from crm.accounts.queries import directory, viewer_for
from crm.accounts.teams import delete_team
from crm.audit.models import AuditEntry
from crm.db import db, end_read, unit_of_work
from crm.events import ObjectTypeLeaving
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import Viewer
from crm.records.errors import InvalidInput
from crm.saved_views import operations
from crm.saved_views.operations import (
    LONGEST_NAME,
    Overtaken,
    create_view,
    delete_view,
    hand_over_views,
    on_object_type_leaving,
    rename_view,
    restore_view,
    save_state,
    share_view,
)
from crm.saved_views.queries import default_tabs_of, find_view, get_view, tabs_of, views_for
from crm.saved_views.state import ViewState
from crm.saved_views.tabs import (
    add_tab,
    choose_default_tabs,
    choose_tabs,
    forget_tabs,
    move_tab,
    order_tabs,
    remove_tab,
)
from crm.saved_views.view import SavedView
from tests.support.queries import count_queries

STATE = ViewState(filter=("city:equal_any:Oslo",), columns=("city",), sort="city", direction="asc")
STANDARD = ["all", "my", "unassigned", "recent"]


@pytest.fixture
def contacts(app: object) -> ObjectType:
    return schema().object_type("contact")


def save(actor: Viewer, name: str = "Oslo", visibility: str = "private", state: ViewState = STATE) -> int:
    with unit_of_work():
        made = create_view(actor, schema().object_type("contact"), name, visibility, state)
    end_read()
    return made


def again(person: Viewer) -> Viewer:
    """The same person with the preferences that are stored now."""
    end_read()
    return viewer_for(person.user_id or 0)


def keys(person: Viewer, kind: ObjectType) -> list[str]:
    return [view.key for view in tabs_of(again(person), kind)]


def saved(person: Viewer, kind: ObjectType, view_id: int) -> SavedView:
    end_read()
    return get_view(person, kind, view_id)


def test_a_view_keeps_what_it_was_saved_with_and_who_did_what_is_told(alice: Viewer, contacts: ObjectType) -> None:
    view_id = save(alice, "  Oslo\tpeople ", "everyone")
    found = saved(alice, contacts, view_id)
    assert (found.name, found.state, found.version) == ("Oslo people", STATE, 1)
    other = ViewState(filter=("city:equal_any:Rome",))
    with unit_of_work():
        save_state(alice, contacts, view_id, other, 1)
        rename_view(alice, contacts, view_id, "Rome")
        delete_view(alice, contacts, view_id)
    with pytest.raises(NotFound):
        saved(alice, contacts, view_id)
    with unit_of_work():
        restore_view(alice, contacts, view_id)
    assert saved(alice, contacts, view_id).state == other
    told = db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.about_kind == "saved_view"))
    assert list(told) == ["view_created", "view_changed", "view_changed", "view_deleted", "view_restored"]


@pytest.mark.parametrize(
    ("name", "visibility", "field"),
    [
        ("", "private", "name"),
        ("\x00 ", "private", "name"),
        ("x" * (LONGEST_NAME + 1), "private", "name"),
        ("x", "all", "visibility"),
    ],
)
def test_a_view_needs_a_name_and_a_reader(alice: Viewer, name: str, visibility: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        save(alice, name, visibility)
    assert list(refused.value.errors) == [field]


def test_a_person_keeps_so_many_views_of_an_object_and_no_more(alice: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MOST", 1)
    save(alice)
    with pytest.raises(InvalidInput) as refused:
        save(alice)
    assert "at most 1 views of contacts" in str(refused.value)


def test_a_newer_change_of_somebody_else_is_never_written_over(
    alice: Viewer, bob: Viewer, contacts: ObjectType
) -> None:
    view_id = save(bob, visibility="everyone")
    with unit_of_work():
        save_state(bob, contacts, view_id, ViewState(sort="city"), 1)
    with pytest.raises(Overtaken) as refused, unit_of_work():
        save_state(alice, contacts, view_id, ViewState(sort="email"), 1)
    assert "Bob Stone" in str(refused.value.message)
    assert saved(alice, contacts, view_id).state == ViewState(sort="city")


def test_views_are_seen_by_whom_they_are_shared_with_and_changed_by_owner_and_admin(
    alice: Viewer, bob: Viewer, charlie: Viewer, dana: Viewer, contacts: ObjectType
) -> None:
    private, team, everyone = (save(bob, name, name) for name in ("private", "team", "everyone"))
    seen = {one.name: [view.id for view in views_for(one, contacts)] for one in (alice, bob, charlie, dana)}
    assert seen == {
        "Alice Berg": [everyone, team],
        "Bob Stone": [everyone, private, team],
        "Charlie Reed": [everyone],
        "Dana Holm": [everyone, team],
    }
    for person in (alice, charlie, dana):
        with pytest.raises(NotFound):
            find_view(person, contacts, str(private))
        with pytest.raises(NotFound), unit_of_work():
            rename_view(person, contacts, private, "Mine now")
    with pytest.raises(Forbidden), unit_of_work():
        delete_view(dana, contacts, everyone)
    with pytest.raises(NotFound):
        find_view(bob, schema().object_type("company"), str(everyone))
    with unit_of_work():
        share_view(alice, contacts, everyone, "private")
    with pytest.raises(NotFound):
        saved(alice, contacts, everyone)
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert entry.about_name == "everyone"


def test_the_name_of_a_private_view_stands_in_no_log(alice: Viewer, bob: Viewer, contacts: ObjectType) -> None:
    view_id = save(bob, "Whom I want to leave")
    with unit_of_work():
        rename_view(bob, contacts, view_id, "Whom I left")
    told = db.session.execute(sa.select(AuditEntry.about_name, AuditEntry.details)).all()
    assert not any("left" in f"{row}" or "leave" in f"{row}" for row in told)


def test_a_view_stays_with_the_team_it_was_shared_with_until_that_is_deleted(
    alice: Viewer, bob: Viewer, charlie: Viewer, dana: Viewer, contacts: ObjectType
) -> None:
    view_id = save(bob, visibility="team")
    south = directory().users[charlie.user_id or 0].team_id
    with unit_of_work():
        update_user(bob.user_id or 0, team_id=south)
    moved = again(bob)
    assert saved(dana, contacts, view_id).id == saved(moved, contacts, view_id).id == view_id
    with pytest.raises(NotFound):
        saved(charlie, contacts, view_id)
    with unit_of_work():
        delete_team(alice, dana.team_id or 0, south)
    assert saved(moved, contacts, view_id).visibility == "private"
    with pytest.raises(NotFound):
        saved(again(dana), contacts, view_id)


def test_shared_views_go_to_the_heir_and_private_ones_to_nobody(
    bob: Viewer, charlie: Viewer, contacts: ObjectType
) -> None:
    private, shared = save(bob), save(bob, visibility="everyone")
    with unit_of_work():
        hand_over_views(bob.user_id or 0, charlie.user_id or 0)
    assert saved(charlie, contacts, shared).may_change(charlie)
    with pytest.raises(NotFound):
        saved(charlie, contacts, private)


def test_tabs_are_the_standard_ones_until_somebody_chooses(alice: Viewer, bob: Viewer, contacts: ObjectType) -> None:
    assert keys(bob, contacts) == STANDARD
    view_id = save(alice, visibility="everyone")
    with unit_of_work():
        choose_default_tabs(alice, contacts, [str(view_id), "all", str(view_id), "nonsense"])
    assert keys(bob, contacts) == [str(view_id), "all"]
    with unit_of_work():
        add_tab(again(bob), contacts, "my")
    with unit_of_work():
        choose_default_tabs(alice, contacts, ["recent"])
    assert keys(bob, contacts) == [str(view_id), "all", "my"]
    assert keys(alice, contacts) == ["recent"]
    with unit_of_work():
        forget_tabs(again(bob), contacts)
    assert keys(bob, contacts) == ["recent"]
    with pytest.raises(Forbidden), unit_of_work():
        choose_default_tabs(bob, contacts, ["all"])
    with pytest.raises(InvalidInput), unit_of_work():
        choose_default_tabs(alice, contacts, [])


def test_tabs_are_moved_and_removed_and_one_stays(bob: Viewer, contacts: ObjectType) -> None:
    for change, expected in (
        (lambda who: move_tab(who, contacts, "recent", -1), ["all", "my", "recent", "unassigned"]),
        (lambda who: order_tabs(who, contacts, ["my", "nonsense", "all"]), ["my", "all", "recent", "unassigned"]),
        (lambda who: remove_tab(who, contacts, "all"), ["my", "recent", "unassigned"]),
        (lambda who: move_tab(who, contacts, "my", -1), ["my", "recent", "unassigned"]),
        (lambda who: choose_tabs(who, contacts, ["my"]), ["my"]),
    ):
        with unit_of_work():
            change(again(bob))
        assert keys(bob, contacts) == expected
    with pytest.raises(InvalidInput), unit_of_work():
        remove_tab(again(bob), contacts, "my")


def test_a_tab_whose_view_is_gone_or_hidden_vanishes_and_comes_back(
    alice: Viewer, bob: Viewer, contacts: ObjectType
) -> None:
    view_id = save(alice, visibility="everyone")
    with unit_of_work():
        choose_default_tabs(alice, contacts, [str(view_id), "all"])
        choose_tabs(bob, contacts, [str(view_id)])
    assert keys(bob, contacts) == [str(view_id)]
    with unit_of_work():
        share_view(alice, contacts, view_id, "private")
    assert keys(bob, contacts) == ["all"]
    assert [view.key for view in default_tabs_of(contacts)] == ["all"]
    with unit_of_work():
        share_view(alice, contacts, view_id, "everyone")
    assert keys(bob, contacts) == [str(view_id)]


def test_tabs_cost_one_query_the_first_time_and_none_afterwards(bob: Viewer, contacts: ObjectType) -> None:
    made = [str(save(bob, f"View {number}")) for number in range(5)]
    with unit_of_work():
        choose_tabs(bob, contacts, made)
    person = again(bob)
    schema()
    with count_queries() as first:
        assert [view.key for view in tabs_of(person, contacts)] == made
    assert len(first) <= 2, first
    with count_queries() as second:
        tabs_of(person, contacts)
        find_view(person, contacts, made[0])
    assert not second, second


def test_an_object_takes_its_views_and_tabs_with_it(alice: Viewer, contacts: ObjectType) -> None:
    view_id = save(alice, visibility="everyone")
    with unit_of_work():
        choose_default_tabs(alice, contacts, [str(view_id)])
    with unit_of_work():
        on_object_type_leaving(ObjectTypeLeaving(alice, "contact"))
    assert keys(alice, contacts) == STANDARD
    with pytest.raises(NotFound):
        saved(alice, contacts, view_id)
