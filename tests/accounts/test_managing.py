"""Who may manage whom, and what becomes of a person who is changed, deactivated or invited."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from time_machine import Traveller

from crm.accounts import invitations
from crm.accounts.managing import UserChange, change_user, deactivate, managed, reactivate
from crm.accounts.models import PermissionGrant, PermissionRight, UserAccount
from crm.accounts.operations import (
    EVERYTHING,
    SALES_TEAM,
    SUPER_ADMIN,
    VIEW_ONLY,
    InvalidAccount,
    permission_set_id,
    prepare_user,
)
from crm.accounts.queries import UserState, directory, end_change, viewer_for
from crm.accounts.sessions import start_session, viewer_of_session
from crm.accounts.teams import create_team, delete_team, rename_team
from crm.audit.models import AuditEntry
from crm.db import db, unit_of_work
from crm.permissions.actions import AccountRight, Scope, Verb
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import Viewer
from tests.factories import make_contact


def id_of(viewer: Viewer) -> int:
    assert viewer.user_id is not None
    return viewer.user_id


def change(viewer: Viewer, set_name: str, **values: object) -> UserChange:
    """What the account says already, with another permission set and `values`."""
    now = {"name": viewer.name, "email": viewer.email, "team_id": viewer.team_id}
    return UserChange(**(now | {"permission_set_id": permission_set_id(set_name)} | values))  # type: ignore[arg-type]


def give_right(set_name: str, right: AccountRight = AccountRight.MANAGE_USERS) -> None:
    with unit_of_work():
        values = {"permission_set_id": permission_set_id(set_name), "account_right": right}
        db.session.execute(sa.insert(PermissionRight).values(values))
        end_change()


def newest() -> AuditEntry:
    found = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert found is not None
    return found


@pytest.fixture
def manager(app: Flask, bob: Viewer) -> Viewer:
    """bob, who sells in North, and may manage users besides."""
    give_right(SALES_TEAM)
    return viewer_for(id_of(bob))


def test_without_the_right_nobody_is_managed(app: Flask, bob: Viewer, dana: Viewer) -> None:
    for refused in (
        lambda: managed(bob, id_of(dana)),
        lambda: deactivate(bob, id_of(dana)),
        lambda: invitations.invite(bob, change(dana, VIEW_ONLY, email="new@example.com")),
        lambda: invitations.make_reset_link(bob, id_of(dana)),
        lambda: create_team(bob, "West"),
        lambda: rename_team(bob, bob.team_id or 0, "West"),
        lambda: delete_team(bob, bob.team_id or 0, None),
    ):
        with pytest.raises(Forbidden), unit_of_work():
            refused()


def test_manager_manages_only_people_who_may_do_no_more(
    manager: Viewer, alice: Viewer, charlie: Viewer, dana: Viewer
) -> None:
    """alice may do everything, charlie sees another team, dana sees everything: a reset link would open all that."""
    assert managed(manager, id_of(manager)).name == manager.name
    for other in (alice, charlie, dana):
        for act in (deactivate, invitations.make_reset_link):
            with pytest.raises(Forbidden), unit_of_work():
                act(manager, id_of(other))


@pytest.mark.parametrize("set_name", [SUPER_ADMIN, EVERYTHING, VIEW_ONLY, SALES_TEAM])
def test_manager_gives_no_more_than_they_have(manager: Viewer, charlie: Viewer, set_name: str) -> None:
    """The team's own set is no more inside the manager's team, and is more in another one."""
    team_id = charlie.team_id if set_name == SALES_TEAM else manager.team_id
    wanted = UserChange("New", "new@example.com", team_id, permission_set_id(set_name))
    with pytest.raises(InvalidAccount) as caught, unit_of_work():
        invitations.invite(manager, wanted)
    assert set(caught.value.errors) == {"permission_set_id"}


def test_manager_invites_into_their_own_team(manager: Viewer) -> None:
    with unit_of_work():
        user_id, _token = invitations.invite(
            manager, UserChange("New", "new@example.com", manager.team_id, permission_set_id(SALES_TEAM))
        )
    assert directory().users[user_id].state is UserState.INVITED
    assert managed(manager, user_id).email == "new@example.com"


def test_manager_moves_nobody_into_their_own_team(app: Flask, alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    """charlie may do no more than bob, but what charlie owns would be the team's, and so bob's."""
    give_right(SALES_TEAM)
    with unit_of_work():
        view = sa.update(PermissionGrant).where(PermissionGrant.permission_set_id == permission_set_id(SALES_TEAM))
        db.session.execute(view.where(PermissionGrant.verb == Verb.VIEW).values(scope=Scope.EVERYTHING))
        change_user(alice, id_of(charlie), change(charlie, VIEW_ONLY))
    manager = viewer_for(id_of(bob))
    assert managed(manager, id_of(charlie)).name == charlie.name
    with pytest.raises(InvalidAccount) as caught, unit_of_work():
        change_user(manager, id_of(charlie), change(charlie, VIEW_ONLY, team_id=manager.team_id))
    assert set(caught.value.errors) == {"team_id"}
    with pytest.raises(InvalidAccount) as caught, unit_of_work():
        delete_team(manager, charlie.team_id or 0, manager.team_id)
    assert set(caught.value.errors) == {"move_to"}
    with unit_of_work():
        change_user(manager, id_of(charlie), change(charlie, VIEW_ONLY, team_id=None))
    assert viewer_for(id_of(charlie)).team_id is None


def test_links_made_before_a_change_of_rights_open_nothing(manager: Viewer, alice: Viewer) -> None:
    """Who made them managed the person as they were: what they may do now was not the maker's to give."""
    with unit_of_work():
        invited = UserChange("New", "new@example.com", manager.team_id, permission_set_id(SALES_TEAM))
        user_id, invitation = invitations.invite(manager, invited)
        reset_link = invitations.make_reset_link(alice, id_of(manager))
    with unit_of_work():
        change_user(alice, user_id, replace(invited, permission_set_id=permission_set_id(SUPER_ADMIN)))
        change_user(alice, id_of(manager), change(manager, SUPER_ADMIN))
    new = prepare_user("New", "new@example.com", "quiet-harbour-lantern-41")
    for use in (
        lambda: invitations.accept_invitation(invitation, new),
        lambda: invitations.reset_password(reset_link, "a hash"),
    ):
        with pytest.raises(NotFound), unit_of_work():
            use()


def test_change_is_stored_told_and_ends_nothing_when_only_the_name_changes(
    app: Flask, alice: Viewer, bob: Viewer
) -> None:
    with unit_of_work():
        change_user(alice, id_of(bob), change(bob, SALES_TEAM, name="Robert Stone", email="ROBERT@example.com"))
    now = directory().users[id_of(bob)]
    assert (now.name, now.email) == ("Robert Stone", "robert@example.com")
    assert newest().details == ('{"email": "bob@example.com → robert@example.com", "name": "Bob Stone → Robert Stone"}')


def test_every_mistake_of_a_change_is_named(app: Flask, alice: Viewer, bob: Viewer) -> None:
    wrong = UserChange(" ", alice.email, 999, 999)
    with pytest.raises(InvalidAccount) as caught, unit_of_work():
        change_user(alice, id_of(bob), wrong)
    assert set(caught.value.errors) == {"name", "email", "team_id", "permission_set_id"}


def test_last_super_admin_is_neither_demoted_nor_deactivated(app: Flask, alice: Viewer, bob: Viewer) -> None:
    with pytest.raises(InvalidAccount, match="last super admin"), unit_of_work():
        change_user(alice, id_of(alice), change(alice, EVERYTHING))
    with unit_of_work():
        change_user(alice, id_of(bob), change(bob, SUPER_ADMIN))
    other = viewer_for(id_of(bob))
    with unit_of_work():
        deactivate(other, id_of(alice))
    with pytest.raises(InvalidAccount, match="last super admin"), unit_of_work():
        change_user(other, id_of(other), change(bob, EVERYTHING))
    with pytest.raises(InvalidAccount, match="yourself"), unit_of_work():
        deactivate(other, id_of(other))


def test_deactivated_person_comes_back_as_they_were(app: Flask, alice: Viewer, bob: Viewer) -> None:
    with unit_of_work():
        deactivate(alice, id_of(bob))
    assert directory().users[id_of(bob)].state is UserState.DEACTIVATED
    with unit_of_work():
        reactivate(alice, id_of(bob))
    again = viewer_for(id_of(bob))
    assert (again.team_id, again.scopes) == (bob.team_id, bob.scopes)
    with pytest.raises(InvalidAccount, match="not deactivated"), unit_of_work():
        reactivate(alice, id_of(bob))


def test_records_go_to_somebody_active_only(app: Flask, alice: Viewer, bob: Viewer, dana: Viewer) -> None:
    with unit_of_work():
        deactivate(alice, id_of(dana))
    for heir in (dana.user_id, bob.user_id, 999):
        with pytest.raises(InvalidAccount) as caught, unit_of_work():
            deactivate(alice, id_of(bob), heir)
        assert "handed_to" in caught.value.errors


def test_invitation_is_accepted_once(app: Flask, alice: Viewer) -> None:
    with unit_of_work():
        user_id, token = invitations.invite(
            alice, UserChange("Ewa", "ewa@example.com", None, permission_set_id(VIEW_ONLY))
        )
    new = prepare_user("Ewa Nowak", "ewa@example.com", "quiet-harbour-lantern-41", "Europe/Warsaw", "pl")
    with unit_of_work():
        assert invitations.accept_invitation(token, new) == user_id
    person = directory().users[user_id]
    assert (person.name, person.time_zone, person.state) == ("Ewa Nowak", "Europe/Warsaw", UserState.ACTIVE)
    assert (newest().actor_id, newest().action) == (user_id, "invitation_accepted")
    with pytest.raises(NotFound), unit_of_work():
        invitations.accept_invitation(token, new)
    with pytest.raises(InvalidAccount), unit_of_work():
        invitations.withdraw_invitation(alice, user_id)


@pytest.mark.parametrize("end", ["withdrawn", "renewed", "too old"])
def test_invitation_that_ended_opens_nothing(app: Flask, alice: Viewer, clock: Traveller, end: str) -> None:
    wanted = UserChange("Ewa", "ewa@example.com", None, permission_set_id(VIEW_ONLY))
    with unit_of_work():
        user_id, token = invitations.invite(alice, wanted)
    with unit_of_work():
        if end == "withdrawn":
            invitations.withdraw_invitation(alice, user_id)
        elif end == "renewed":
            invitations.renew_invitation(alice, user_id)
    if end == "too old":
        clock.shift(timedelta(days=7))
    with pytest.raises(NotFound), unit_of_work():
        invitations.accept_invitation(token, prepare_user("Ewa", "ewa@example.com", None))
    if end == "withdrawn":
        assert user_id not in directory().users
        with unit_of_work():
            invitations.invite(alice, wanted)


def test_reset_link_sets_a_password_once_and_not_for_deactivated_people(app: Flask, alice: Viewer, bob: Viewer) -> None:
    with unit_of_work():
        token = invitations.make_reset_link(alice, id_of(bob))
    with unit_of_work():
        invitations.reset_password(token, "a hash")
    stored = sa.select(UserAccount.password_hash).where(UserAccount.id == bob.user_id)
    assert db.session.scalar(stored) == "a hash"
    with pytest.raises(NotFound), unit_of_work():
        invitations.reset_password(token, "another")
    with unit_of_work():
        token = invitations.make_reset_link(alice, id_of(bob))
        deactivate(alice, id_of(bob))
    with pytest.raises(NotFound), unit_of_work():
        invitations.reset_password(token, "another")


def test_nobody_makes_a_reset_link_for_themselves(manager: Viewer, alice: Viewer) -> None:
    for person in (manager, alice):
        with pytest.raises(InvalidAccount, match="profile"), unit_of_work():
            invitations.make_reset_link(person, id_of(person))


@pytest.mark.parametrize("name", ["", "  ", "north", "x" * 61])
def test_team_needs_a_name_of_its_own(app: Flask, alice: Viewer, charlie: Viewer, name: str) -> None:
    for act in (lambda: create_team(alice, name), lambda: rename_team(alice, charlie.team_id or 0, name)):
        with pytest.raises(InvalidAccount), unit_of_work():
            act()


def test_deleted_team_moves_its_people_and_signs_them_out(
    app: Flask, alice: Viewer, bob: Viewer, charlie: Viewer, dana: Viewer
) -> None:
    with unit_of_work():
        delete_team(alice, bob.team_id or 0, charlie.team_id)
    assert {viewer_for(id_of(one)).team_id for one in (alice, bob, charlie)} == {charlie.team_id}
    with unit_of_work():
        kept, ended = (start_session(id_of(one), "Firefox", "192.0.2.1") for one in (alice, bob))
        delete_team(alice, charlie.team_id or 0, None, keep_token=kept)
    assert viewer_for(id_of(bob)).team_id is None
    assert directory().teams == {}
    assert viewer_of_session(kept) == viewer_for(id_of(alice))
    assert viewer_of_session(ended) is None
    moved = sa.select(AuditEntry.about_id).where(AuditEntry.action == "user_changed")
    assert sorted(db.session.scalars(moved.where(AuditEntry.details.contains("South → –")))) == sorted(
        id_of(one) for one in (alice, bob, charlie, dana)
    )


def test_withdrawn_account_on_which_records_hang_is_deactivated(app: Flask, alice: Viewer) -> None:
    with unit_of_work():
        user_id, _token = invitations.invite(
            alice, UserChange("Ewa", "ewa@example.com", None, permission_set_id(VIEW_ONLY))
        )
    make_contact(alice, hubspot_owner_id=user_id)
    with unit_of_work():
        invitations.withdraw_invitation(alice, user_id)
    assert directory().users[user_id].state is UserState.DEACTIVATED
