"""Making and changing people."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts import operations
from crm.accounts.models import PermissionGrant, UserAccount
from crm.accounts.operations import AlreadySetUp, InvalidAccount, prepare_user, set_preference
from crm.accounts.queries import directory, find_user, viewer_for
from crm.accounts.sign_in import sign_in
from crm.accounts.teams import create_team
from crm.db import db, end_read, unit_of_work
from crm.permissions.actions import Scope, Verb
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import SYSTEM, Viewer
from tests.support import cast
from tests.support.queries import count_queries


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(InvalidAccount) as caught:
        prepare_user("  ", "nonsense", "short", "Mars/Olympus")
    assert set(caught.value.errors) == {"name", "email", "password", "time_zone"}


@pytest.mark.parametrize("email", ["owner@office.local", "owner@crm.test", "OWNER@Example.COM", "łukasz@łódź.pl"])
def test_addresses_are_kept_in_small_letters_those_of_private_networks_too(email: str) -> None:
    assert prepare_user("Owner", f" {email} ", None).email == email.lower()


@pytest.mark.parametrize("typed", ["Ada@xn--bcher-kva.example", " ada@BU\u0308CHER.example", "ada@b\u00fccher.example"])
def test_whoever_is_stored_is_found_and_signed_in_by_any_spelling(app: Flask, alice: Viewer, typed: str) -> None:
    new = prepare_user("Ada", "ada@bu\u0308cher.example", "quiet-harbour-lantern-41")
    end_read()
    with unit_of_work():
        operations.create_user(alice, new, None, operations.permission_set_id(operations.VIEW_ONLY))
    found = find_user(typed)
    assert found is not None
    assert found.email == "ada@b\u00fccher.example"
    end_read()
    assert sign_in(typed, "quiet-harbour-lantern-41", user_agent="tests", address="192.0.2.1")


@pytest.mark.parametrize("typed", ["", "nobody", "a@b@c", "\ud800@x.org", "x" * 254, "@", "a@\0.org"])
def test_what_is_no_address_finds_nobody(app: Flask, typed: str) -> None:
    assert find_user(typed) is None


def test_there_is_one_first_owner(app: Flask) -> None:
    with pytest.raises(AlreadySetUp), unit_of_work():
        operations.create_owner(prepare_user("Second", "second@example.com", None))


def test_of_two_set_ups_at_the_same_moment_one_wins(app: Flask) -> None:
    with unit_of_work():
        db.session.execute(sa.delete(UserAccount))
    owners = [prepare_user("Owner", f"owner{number}@example.com", None) for number in range(4)]
    start = threading.Barrier(len(owners))
    end_read()

    def set_up(owner: operations.NewUser) -> bool:
        start.wait()
        try:
            with app.app_context(), unit_of_work():
                operations.create_owner(owner)
        except AlreadySetUp:
            return False
        return True

    with ThreadPoolExecutor(len(owners)) as pool:
        assert sorted(pool.map(set_up, owners)) == [False, False, False, True]


def test_an_address_belongs_to_one_person(app: Flask, alice: Viewer) -> None:
    with pytest.raises(InvalidAccount) as caught, unit_of_work():
        new = prepare_user("Bob Too", "Bob@Example.com", None)
        operations.create_user(alice, new, None, operations.permission_set_id(operations.VIEW_ONLY))
    assert "email" in caught.value.errors


def test_only_a_super_admin_changes_accounts(app: Flask, bob: Viewer, charlie: Viewer) -> None:
    for change in (
        lambda: create_team(bob, "West"),
        lambda: operations.create_user(bob, prepare_user("New", "new@example.com", None), None, 1),
        lambda: operations.change_password(bob, charlie.user_id or 0, "a hash"),
    ):
        with pytest.raises(Forbidden), unit_of_work():
            change()


def test_a_change_of_somebody_who_is_not_there_is_refused(app: Flask, alice: Viewer) -> None:
    with pytest.raises(NotFound), unit_of_work():
        operations.change_password(alice, 99_999, "a hash")


def test_the_directory_follows_changes_and_costs_nothing_between_them(app: Flask, alice: Viewer) -> None:
    assert "West" not in [team.name for team in directory().teams.values()]
    with unit_of_work():
        create_team(alice, "West")
    assert "West" in [team.name for team in directory().teams.values()]
    with count_queries() as queries:
        directory()
    assert len(queries) == 0, queries


def test_a_viewer_knows_team_and_scopes(app: Flask, alice: Viewer, bob: Viewer, dana: Viewer) -> None:
    assert alice.is_super_admin
    assert bob.team_member_ids == {alice.user_id, bob.user_id, dana.user_id}
    assert bob.scope("contact", Verb.VIEW) is Scope.TEAM
    assert bob.scope("contact", Verb.CREATE) is Scope.EVERYTHING
    assert dana.scope("note", Verb.VIEW) is Scope.EVERYTHING
    assert dana.scope("note", Verb.EDIT) is Scope.NONE


def test_an_unknown_viewer_is_not_found(app: Flask) -> None:
    with pytest.raises(NotFound):
        viewer_for(99_999)


def test_people_are_found_by_address_in_any_case(app: Flask) -> None:
    found = find_user(f" {cast.email_of('bob').upper()} ")
    assert found is not None
    assert found.name == "Bob Stone"
    assert find_user("nobody@example.com") is None


def test_preferences_are_remembered_one_by_one(app: Flask, bob: Viewer) -> None:
    assert bob.preferences == {}
    for key, value in (("tab", "activities"), ("kinds", ["note", "call"]), ("tab", None)):
        with unit_of_work():
            set_preference(bob, key, value)
    assert viewer_for(bob.user_id or 0).preferences == {"kinds": ["note", "call"]}


def test_preferences_stay_small(app: Flask, bob: Viewer) -> None:
    with pytest.raises(ValueError, match="small"), unit_of_work():
        set_preference(bob, "novel", "x" * 30_000)


def test_the_system_has_no_preferences(app: Flask) -> None:
    with unit_of_work():
        set_preference(SYSTEM, "tab", "activities")
    assert SYSTEM.preferences == {}


def test_standard_permission_sets_keep_what_somebody_changed(app: Flask) -> None:
    team_set = operations.permission_set_id(operations.SALES_TEAM)
    grant = sa.and_(
        PermissionGrant.permission_set_id == team_set,
        PermissionGrant.object_type == "contact",
        PermissionGrant.verb == Verb.DELETE,
    )
    with unit_of_work():
        db.session.execute(sa.update(PermissionGrant).where(grant).values(scope=Scope.NONE))
        operations.sync_defaults(["contact", "yacht"])
        operations.sync_defaults(["contact", "yacht"])
    scope = sa.select(PermissionGrant.scope)
    assert db.session.execute(scope.where(grant)).scalar_one() == Scope.NONE
    yacht = scope.where(PermissionGrant.permission_set_id == team_set, PermissionGrant.object_type == "yacht")
    assert len(db.session.execute(yacht).all()) == len(Verb)
