"""For whom somebody may create records, and that they may be given away but not taken (SPEC 0.2)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.accounts.models import PermissionGrant
from crm.accounts.queries import STAMP
from crm.db import db, end_read, touch, unit_of_work
from crm.permissions.actions import Scope, Verb
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import Viewer
from crm.records.errors import InvalidInput
from crm.records.operations import update_record
from crm.records.queries import get_record
from tests.factories import make_contact, make_deal, make_note, make_task
from tests.support.html import read
from tests.support.links import associated_ids
from tests.support.records import find_by_value

OWNER = "hubspot_owner_id"
GIVEN_AWAY = "Saved. The record now belongs to somebody whose records you may not see."


def creating(viewer: Viewer, scope: Scope) -> Viewer:
    """The viewer with this scope of creating."""
    changed = {key: scope if key[1] is Verb.CREATE else granted for key, granted in viewer.scopes.items()}
    return replace(viewer, scopes=changed)


def allow_creating(scope: Scope) -> None:
    """Change what everybody with a permission set may create."""
    end_read()
    with unit_of_work():
        db.session.execute(sa.update(PermissionGrant).where(PermissionGrant.verb == Verb.CREATE).values(scope=scope))
        touch(STAMP)


@pytest.mark.parametrize(
    ("scope", "own", "colleagues", "others", "nobodys"),
    [
        (Scope.OWN, True, False, False, False),
        (Scope.TEAM, True, True, False, False),
        (Scope.EVERYTHING, True, True, True, True),
    ],
)
def test_a_scope_says_for_whom_records_are_created(
    alice: Viewer, bob: Viewer, charlie: Viewer, scope: Scope, own: bool, colleagues: bool, others: bool, nobodys: bool
) -> None:
    actor = creating(bob, scope)
    wanted = {bob.user_id: own, alice.user_id: colleagues, charlie.user_id: others, None: nobodys}
    contact = make_contact(bob)
    for owner_id, is_allowed in wanted.items():
        for make, place in ((make_deal, ()), (make_task, (contact,))):
            if is_allowed:
                assert make(actor, *place, **{OWNER: owner_id})
                continue
            with pytest.raises(InvalidInput) as raised:
                make(actor, *place, **{OWNER: owner_id})
            assert list(raised.value.errors) == [OWNER]


def test_whoever_names_no_owner_owns_what_they_make(bob: Viewer) -> None:
    actor = creating(bob, Scope.OWN)
    contact = make_contact(actor)
    assert get_record(bob, contact).owner_id == bob.user_id
    assert make_note(actor, contact)


def test_without_the_right_the_owner_makes_no_difference(bob: Viewer) -> None:
    with pytest.raises(Forbidden):
        make_deal(creating(bob, Scope.NONE))


@pytest.mark.parametrize("path", ["/objects/deals/new", "/records/{contact}/associations/deals/add"])
def test_the_form_says_for_whom_at_the_owner(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, charlie: Viewer, path: str
) -> None:
    allow_creating(Scope.TEAM)
    contact = make_contact(bob)
    form = {"tab": "new", "dealname": "Lemons", OWNER: str(charlie.user_id)}
    answer = client_of(bob).post(path.format(contact=contact), data=form, fragment=True)
    assert answer.status_code == 422
    select = read(answer.text).one("select", name=OWNER)
    assert (select["aria-invalid"], select["aria-describedby"]) == ("true", "new-hubspot_owner_id-hint")
    hint = read(answer.text).one("p", id="new-hubspot_owner_id-hint")
    assert hint.text == "You may create deals for yourself and your team only."


def test_the_composer_says_for_whom_at_the_owner(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, charlie: Viewer
) -> None:
    allow_creating(Scope.OWN)
    contact = make_contact(bob)
    form = {"kind": "task", "title": "Call", "activity_date": "2026-05-01T08:00", OWNER: str(charlie.user_id)}
    answer = client_of(bob).post(f"/records/{contact}/activities", data=form, fragment=True)
    assert answer.status_code == 422
    assert "You may create tasks for yourself only." in answer.text


def given(browser: FlaskClient, viewer: Viewer, path: str, **form: Any) -> Any:
    answer = browser.post(path, data={"dealname": "Lemons", OWNER: str(viewer.user_id)} | form)
    assert answer.status_code == 303
    page = browser.get(answer.location)
    assert page.status_code == 200
    assert GIVEN_AWAY in read(page.text).text
    return answer.location


def test_a_record_given_away_when_it_is_made_is_linked_and_said(
    client_of: Callable[[Viewer], FlaskClient], alice: Viewer, bob: Viewer, charlie: Viewer
) -> None:
    browser, contact = client_of(bob), make_contact(bob)
    assert given(browser, charlie, "/objects/deals/new") == "/objects/deals"
    assert given(browser, charlie, "/objects/deals/new", associate_with=str(contact)) == f"/records/{contact}"
    linked = f"/records/{contact}/associations/deals/add"
    assert given(browser, charlie, linked, tab="new") == f"/records/{contact}"
    end_read()
    deals = find_by_value(alice, "deal", OWNER, charlie.user_id)
    assert len(deals) == 3
    assert associated_ids(alice, contact, "contact", "deal") == deals[:0:-1]
    assert associated_ids(bob, contact, "contact", "deal") == []


def test_giving_away_in_the_picker_says_so_on_the_spot(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, charlie: Viewer
) -> None:
    contact = make_contact(bob)
    form = {"tab": "new", "dealname": "Lemons", OWNER: str(charlie.user_id)}
    answer = client_of(bob).post(f"/records/{contact}/associations/deals/add", data=form, fragment=True)
    assert answer.status_code == 200
    assert GIVEN_AWAY in answer.text


def test_a_record_is_given_away_but_never_taken(bob: Viewer, charlie: Viewer) -> None:
    actor = creating(bob, Scope.OWN)
    mine, theirs = make_contact(bob), make_contact(charlie)
    end_read()
    with unit_of_work():
        update_record(actor, mine, {OWNER: charlie.user_id})
    with pytest.raises(NotFound), unit_of_work():
        update_record(actor, theirs, {OWNER: bob.user_id})
