"""Which viewers share the statements built for their rights."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from crm.permissions.actions import Scope, Verb
from crm.permissions.viewer import SYSTEM, Viewer

TEAM = frozenset({1, 2})


def make(user_id: int, *scopes: Scope, team: frozenset[int] = TEAM) -> Viewer:
    granted = {(f"object{number}", Verb.VIEW): scope for number, scope in enumerate(scopes)}
    return Viewer(user_id, f"Person {user_id}", team_member_ids=team, scopes=granted)


def admin(user_id: int) -> Viewer:
    return Viewer(user_id, "Admin", team_member_ids=frozenset({user_id}), is_super_admin=True)


@pytest.mark.parametrize("person", [lambda user_id: make(user_id, Scope.EVERYTHING, Scope.NONE), admin, make])
def test_who_they_are_makes_no_difference_to_those_who_see_everything(person: Callable[[int], Viewer]) -> None:
    one, other = person(1), replace(person(7), team_member_ids=frozenset({7}))
    assert one.rights == other.rights
    assert hash(one.rights) == hash(other.rights)


def test_all_super_admins_and_the_system_have_the_same_rights() -> None:
    assert admin(1).rights == admin(2).rights == SYSTEM.rights
    assert admin(1).rights != make(1, Scope.EVERYTHING).rights


def test_whoever_has_their_own_records_has_rights_of_their_own() -> None:
    assert make(1, Scope.OWN).rights != make(2, Scope.OWN).rights
    assert make(1, Scope.OWN).rights == make(1, Scope.OWN, team=frozenset({1})).rights


def test_a_team_shares_its_rights_and_no_other_does() -> None:
    assert make(1, Scope.TEAM).rights == make(2, Scope.TEAM).rights
    assert make(1, Scope.TEAM).rights != make(3, Scope.TEAM, team=frozenset({3})).rights
    assert make(1, Scope.TEAM, Scope.OWN).rights != make(2, Scope.TEAM, Scope.OWN).rights


def test_other_scopes_are_other_rights() -> None:
    assert make(1, Scope.EVERYTHING, Scope.NONE).rights != make(1, Scope.NONE, Scope.EVERYTHING).rights
