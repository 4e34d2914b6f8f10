"""Who follows a record (SPEC 1.3, REC-06)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.db import end_read, unit_of_work
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer
from crm.records.following import follow, followers_of
from crm.records.operations import archive_record, create_record, update_record
from crm.records.purge import purge_due
from crm.records.source import Source, SourceKind
from tests.factories import make_contact, make_deal
from tests.factories.merging import make_merge, undo_merge
from tests.support.html import read

OWNER = "hubspot_owner_id"
ClientOf = Callable[[Viewer], FlaskClient]


def following(record_id: int) -> set[int]:
    end_read()
    return followers_of([record_id]).get(record_id, set())


def choose(actor: Viewer, record_id: int, is_following: bool) -> None:
    end_read()
    with unit_of_work():
        follow(actor, record_id, is_following)


def give(actor: Viewer, record_id: int, to: Viewer | None, source: Source | None = None) -> None:
    end_read()
    with unit_of_work():
        update_record(actor, record_id, {OWNER: to.user_id if to else None}, source=source or Source())


def test_creator_and_owner_follow_by_themselves(alice: Viewer, bob: Viewer, dana: Viewer) -> None:
    contact = make_contact(alice, **{OWNER: bob.user_id})
    assert following(contact) == {alice.user_id, bob.user_id}
    give(alice, contact, None)
    assert following(contact) == {alice.user_id}
    give(alice, contact, dana)
    assert following(contact) == {alice.user_id, dana.user_id}


def test_who_stops_by_hand_follows_again_by_hand_or_as_the_new_owner(alice: Viewer, bob: Viewer) -> None:
    contact = make_contact(bob)
    choose(bob, contact, False)
    assert following(contact) == set()
    choose(bob, contact, True)
    assert following(contact) == {bob.user_id}
    choose(bob, contact, False)
    give(alice, contact, alice)
    assert following(contact) == {alice.user_id}
    give(alice, contact, bob)
    assert following(contact) == {bob.user_id}


def test_what_cannot_be_seen_cannot_be_followed(bob: Viewer, charlie: Viewer) -> None:
    contact = make_contact(bob)
    with pytest.raises(NotFound):
        choose(charlie, contact, True)
    assert following(contact) == {bob.user_id}


def test_who_imports_does_not_follow_all_of_the_file(alice: Viewer, bob: Viewer) -> None:
    values = {"name": "Orange Inc", OWNER: bob.user_id}
    end_read()
    with unit_of_work():
        company = create_record(alice, "company", values, Source(SourceKind.IMPORT, "1:2"))
    assert following(company) == {bob.user_id}


def test_rec_06_follow_and_unfollow_come_first_in_the_actions_menu(
    alice: Viewer, bob: Viewer, dana: Viewer, client_of: ClientOf
) -> None:
    contact = make_contact(bob)
    reader = client_of(dana)
    address = f"/records/{contact}/following"
    menu = read(reader.get(f"/records/{contact}/tools").text).one("nav", css="tool-list")
    assert menu.all(css="menu-item")[0].text == "Follow"
    assert reader.post(address, data={"on": "1"}).location == f"/records/{contact}"
    assert following(contact) == {bob.user_id, dana.user_id}
    menu = read(reader.get(f"/records/{contact}/tools").text).one("nav", css="tool-list")
    assert menu.all(css="menu-item")[0].text == "Unfollow"
    item = read(reader.post(address, data={"on": "0"}, fragment=True).text)  # type: ignore[call-arg]
    assert item.one("form", css="tool-switch").text == "Follow"
    assert "You no longer follow Ada Berg." in item.text
    assert following(contact) == {bob.user_id}
    assert reader.post(address, data={"on": "maybe"}).status_code == 400
    assert read(client_of(bob).get(f"/records/{contact}/tools").text).all(css="menu-item")  # bob owns it
    assert "Unfollow" in client_of(bob).get(f"/records/{contact}/tools").text


def test_rec_06_a_hidden_record_cannot_be_followed_by_its_address(
    bob: Viewer, charlie: Viewer, client_of: ClientOf
) -> None:
    contact = make_contact(bob)
    assert client_of(charlie).post(f"/records/{contact}/following", data={"on": "1"}).status_code == 404


def test_a_merge_carries_followers_and_an_unmerge_gives_them_back(alice: Viewer, bob: Viewer, dana: Viewer) -> None:
    first, second = make_deal(alice), make_deal(bob)
    choose(dana, second, True)
    choose(alice, first, False)
    made = make_merge(alice, first, second)
    assert following(made.record_id) == {bob.user_id, dana.user_id}
    choose(dana, made.record_id, False)
    choose(alice, made.record_id, True)
    undo_merge(alice, made.merge_id)
    assert following(first) == {alice.user_id}
    assert following(second) == {bob.user_id, dana.user_id}
    assert following(made.record_id) <= {alice.user_id}


def test_followers_go_with_a_record_that_is_deleted_for_good(alice: Viewer, dana: Viewer) -> None:
    contact = make_contact(alice)
    choose(dana, contact, True)
    end_read()
    with unit_of_work():
        archive_record(alice, contact, permanently=True)
    end_read()
    purge_due()
    assert following(contact) == set()
