"""Who is on a list: put there and taken off, merged, gone for good, and handed over (SPEC 5.4)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from crm.db import end_read, unit_of_work
from crm.lists.operations import add_members, clone_list, delete_list, remove_members, restore_list
from crm.lists.queries import get_list, lists_for, static_lists
from crm.lists.sizes import size_graph
from crm.objects.archiving import archive_property
from crm.objects.definition_errors import InvalidDefinition
from crm.objects.properties import define_property
from crm.objects.property_content import PropertyContent
from crm.objects.queries import schema
from crm.objects.registry import property_uses
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import Viewer
from crm.records.operations import archive_record
from crm.records.purge import purge_due
from crm.settings.handover import hand_over
from tests.factories import make_contact
from tests.factories.merging import make_merge, undo_merge
from tests.support.lists import make_list, on_list

Work = Callable[[], None]


def put(actor: Viewer, list_id: int, *record_ids: int) -> list[int]:
    end_read()
    with unit_of_work():
        return add_members(actor, list_id, record_ids)


def take(actor: Viewer, list_id: int, *record_ids: int) -> list[int]:
    end_read()
    with unit_of_work():
        return remove_members(actor, list_id, record_ids)


def size(viewer: Viewer, list_id: int) -> int:
    end_read()
    return get_list(viewer, list_id).size


def test_only_records_one_sees_are_put_on_a_list_and_each_once(alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    mine, theirs = make_contact(bob), make_contact(charlie)
    guests = make_list(bob, "Guests", visibility="everyone")
    assert put(bob, guests, mine, theirs, 10**9) == [mine]
    assert put(bob, guests, mine) == []
    assert put(charlie, guests, theirs) == [theirs]
    assert size(alice, guests) == 2
    assert take(bob, guests, mine, theirs) == [mine]
    assert (on_list(guests), size(alice, guests)) == ({theirs}, 1)


def test_who_may_fill_a_list(alice: Viewer, bob: Viewer, charlie: Viewer, dana: Viewer) -> None:
    """Everybody it is shared with who may edit such records; nobody where a filter decides."""
    contact, kind = make_contact(bob), schema().object_type("contact")
    private = make_list(bob, "Private")
    shared = make_list(bob, "Shared", visibility="everyone")
    active = make_list(bob, "Active", "city:known", visibility="everyone")
    assert [one.id for one in static_lists(bob, kind)] == [private, shared]
    assert [one.id for one in static_lists(charlie, kind)] == [shared]
    assert static_lists(dana, kind) == []
    for who, list_id, error in ((dana, shared, Forbidden), (alice, private, NotFound), (bob, active, Forbidden)):
        with pytest.raises(error):
            put(who, list_id, contact)


def test_merged_record_is_on_the_lists_of_both_and_parted_ones_on_their_own(alice: Viewer, work: Work) -> None:
    first, second = make_contact(alice, "Ada"), make_contact(alice, "Ada")
    one, other = make_list(alice, "One"), make_list(alice, "Other")
    active = make_list(alice, "Everybody", "email:known")
    put(alice, one, first, second)
    put(alice, other, second)
    work()
    merged = make_merge(alice, first, second)
    work()
    live = {merged.record_id}
    assert on_list(active) == live
    assert on_list(one) & live == on_list(other) & live == live
    assert (size(alice, one), size(alice, other), size(alice, active)) == (1, 1, 1)
    undo_merge(alice, merged.merge_id)
    work()
    assert (on_list(one), on_list(other), on_list(active)) == ({first, second}, {second}, {first, second})
    assert (size(alice, one), size(alice, other)) == (2, 1)


def test_record_that_goes_for_good_leaves_every_list(
    alice: Viewer, clock: time_machine.Traveller, work: Work
) -> None:
    ada, bert = make_contact(alice, "Ada"), make_contact(alice, "Bert")
    guests = make_list(alice, "Guests")
    put(alice, guests, ada, bert)
    end_read()
    with unit_of_work():
        archive_record(alice, ada)
    work()
    clock.shift(timedelta(days=100))
    end_read()
    purge_due()
    assert (on_list(guests), size(alice, guests)) == ({bert}, 1)


def test_list_that_is_brought_back_counts_who_is_there(alice: Viewer, work: Work) -> None:
    ada, bert = make_contact(alice, "Ada"), make_contact(alice, "Bert")
    guests = make_list(alice, "Guests")
    put(alice, guests, ada, bert)
    with unit_of_work():
        delete_list(alice, guests)
    with unit_of_work():
        archive_record(alice, ada)
    work()
    with unit_of_work():
        restore_list(alice, guests)
    assert size(alice, guests) == 1


def test_copy_of_a_static_list_has_the_members_one_sees(bob: Viewer, charlie: Viewer) -> None:
    mine, theirs = make_contact(bob), make_contact(charlie)
    guests = make_list(bob, "Guests", visibility="everyone")
    put(bob, guests, mine)
    put(charlie, guests, theirs)
    end_read()
    with unit_of_work():
        copy = clone_list(bob, guests, "Copy")
    assert (on_list(copy), size(bob, copy)) == ({mine}, 1)


def test_sizes_over_time_are_kept_by_day_and_drawn(alice: Viewer, bob: Viewer, clock: time_machine.Traveller) -> None:
    guests = make_list(alice, "Guests", visibility="everyone")
    put(alice, guests, make_contact(alice), make_contact(alice))
    clock.shift(timedelta(days=3))
    put(alice, guests, make_contact(alice))
    put(alice, guests, make_contact(alice))
    clock.shift(timedelta(days=1))
    end_read()
    graph = size_graph(alice, get_list(alice, guests))
    assert graph is not None
    assert [number for _day, number in graph.days] == [4, 2]
    assert (graph.least, graph.greatest, graph.line) == (2, 4, "M0 60H360V0H600")
    assert size_graph(bob, get_list(bob, guests)) is None  # he does not see every contact


def test_shared_lists_are_handed_over_and_read_with_the_new_eyes(
    alice: Viewer, bob: Viewer, charlie: Viewer, work: Work
) -> None:
    contact = make_contact(charlie)
    shared = make_list(bob, "Of the owner", "hubspot_owner_id:any:me", visibility="everyone")
    make_list(bob, "Private", "city:known")
    work()
    assert contact not in on_list(shared)
    end_read()
    hand_over({"actor_id": alice.user_id, "from_id": bob.user_id, "to_id": charlie.user_id})
    end_read()
    assert {one.name: one.owner_id for one in lists_for(charlie)} == {"Of the owner": charlie.user_id}
    work()
    assert contact in on_list(shared)


def test_db_14_property_of_a_list_is_not_archived_under_it(alice: Viewer, work: Work) -> None:
    """DB-14: a property that people made is asked for by a list, which then says that it needs it."""
    end_read()
    with unit_of_work():
        group = schema().object_type("contact").property("jobtitle").group
        define_property(alice, "contact", "text", PropertyContent("Shoe size", group), name="shoe_size")
    ada = make_contact(alice, "Ada", shoe_size="38")
    shod = make_list(alice, "Shod", "shoe_size:equal_any:38", visibility="everyone")
    work()
    assert on_list(shod) == {ada}
    end_read()
    with unit_of_work(), pytest.raises(InvalidDefinition) as refused:
        archive_property(alice, "contact", "shoe_size")
    assert "in use" in str(refused.value.errors["form"])
    end_read()
    kind, lists = schema().object_type("contact"), property_uses.get("lists")
    assert lists is not None
    assert [use.url for use in lists.find(kind, kind.property("shoe_size"))] == [f"/lists/{shod}"]
