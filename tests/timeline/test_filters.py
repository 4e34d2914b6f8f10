"""The filters of a timeline: what each leaves, how they combine, and what they refuse (SPEC 1.6)."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest
from werkzeug.datastructures import MultiDict

from crm.accounts.queries import directory
from crm.activities.operations import update_activity
from crm.activities.types import activity_types
from crm.db import end_read, unit_of_work
from crm.messages import InvalidValue
from crm.permissions.viewer import Viewer
from crm.records.operations import update_record
from crm.timeline.filters import timeline_filters
from crm.timeline.queries import page
from crm.timeline.selection import Selection
from tests.factories import make_activity, make_call, make_comment, make_contact, make_note
from tests.factories.activities import sample_values

Pairs = list[tuple[str, str]]


def found(viewer: Viewer, record_id: int, *pairs: tuple[str, str]) -> set[int]:
    """The activities a filter leaves, past and upcoming."""
    end_read()
    one = page(viewer, record_id, Selection.parse(MultiDict(pairs)))
    return {entry.activity_id for entry in (*one.upcoming, *one.entries) if entry.activity_id}


@pytest.fixture
def contact(alice: Viewer) -> int:
    """A contact of alice."""
    return make_contact(alice)


def test_each_kind_is_found_by_its_name_alone(alice: Viewer, contact: int) -> None:
    made = {kind.name: make_activity(alice, kind.name, contact) for kind in activity_types}
    for kind, activity in made.items():
        assert found(alice, contact, ("kind", kind)) == {activity}


def test_kinds_add_up(alice: Viewer, contact: int) -> None:
    note, call = make_note(alice, contact), make_call(alice, contact)
    make_activity(alice, "sms", contact)
    assert found(alice, contact, ("kind", "note"), ("kind", "call")) == {note, call}


def test_an_empty_choice_of_kinds_shows_nothing(alice: Viewer, contact: int) -> None:
    make_note(alice, contact)
    assert found(alice, contact, ("kind", "none")) == set()


def test_system_entries_are_a_kind(alice: Viewer, contact: int) -> None:
    make_note(alice, contact)
    end_read()
    one = page(alice, contact, Selection.parse(MultiDict([("kind", "created")])))
    assert [entry.kind for entry in one.entries] == ["created"]


def test_the_owner_is_who_the_activity_is_assigned_to(alice: Viewer, bob: Viewer, contact: int) -> None:
    make_note(bob, contact, hubspot_owner_id=alice.user_id)
    hers = make_note(alice, contact, hubspot_owner_id=bob.user_id)
    assert found(alice, contact, ("owner", str(bob.user_id))) == {hers}


def test_a_new_owner_is_found_at_once(alice: Viewer, bob: Viewer, contact: int) -> None:
    note = make_note(alice, contact)
    with unit_of_work():
        update_activity(alice, note, {"hubspot_owner_id": bob.user_id})
    assert found(alice, contact, ("owner", str(bob.user_id))) == {note}


def test_a_team_is_its_members(alice: Viewer, bob: Viewer, charlie: Viewer, contact: int) -> None:
    north = {make_note(alice, contact), make_note(alice, contact, hubspot_owner_id=bob.user_id)}
    south = make_note(alice, contact, hubspot_owner_id=charlie.user_id)
    nobody = make_note(alice, contact, hubspot_owner_id=None)
    assert found(alice, contact, ("team", str(bob.team_id))) == north
    assert found(alice, contact, ("team", str(charlie.team_id))) == {south}
    assert nobody in found(alice, contact)


def test_all_words_must_be_there(alice: Viewer, contact: int) -> None:
    both = make_note(alice, contact, "<p>Blood oranges <b>from</b> Sicily</p>")
    make_note(alice, contact, "<p>Blood sausage</p>")
    assert found(alice, contact, ("q", "sicily blood")) == {both}


@pytest.mark.parametrize("query", ["", "   ", "\x00"])
def test_an_empty_search_is_no_filter(alice: Viewer, contact: int, query: str) -> None:
    note = make_note(alice, contact)
    assert found(alice, contact, ("q", query)) == {note}


SEARCHED = {
    ("task", "title"), ("task", "body"), ("note", "body"), ("call", "body"), ("email", "title"), ("meeting", "body"),
}  # fmt: skip


def texts() -> list[tuple[str, str]]:
    """Every text somebody can write into an activity, by kind."""
    names = ("title", "body", "from_address", "to_addresses", "location", "internal_note", "from_number")
    return [
        (kind.name, name) for kind in activity_types for name in names if name == "body" or name in kind.composer_fields
    ]


def test_rec_26_search_covers_exactly_six_fields(alice: Viewer, contact: int) -> None:
    marked = "zebra"
    made = {}
    for kind, name in texts():
        text = f"<p>{marked}</p>" if name == "body" else marked
        made[make_activity(alice, kind, contact, **(sample_values(kind) | {name: text}))] = (kind, name)
    matches = found(alice, contact, ("q", marked))
    assert {made[one] for one in matches} == SEARCHED


def test_rec_26_comments_and_property_values_do_not_match(alice: Viewer, contact: int) -> None:
    note = make_note(alice, contact, "<p>Plain</p>")
    make_comment(alice, note, "zebra")
    with unit_of_work():
        update_record(alice, contact, {"jobtitle": "zebra"})
    assert found(alice, contact, ("q", "zebra")) == set()


def test_filters_narrow_together(alice: Viewer, bob: Viewer, charlie: Viewer, contact: int) -> None:
    body = {"body": "<p>Blood oranges</p>"}
    wanted = make_note(alice, contact, hubspot_owner_id=bob.user_id, **body)
    make_call(alice, contact, hubspot_owner_id=bob.user_id, **body)
    make_note(alice, contact, **body)
    make_note(alice, contact, hubspot_owner_id=bob.user_id)
    make_note(alice, contact, hubspot_owner_id=charlie.user_id, **body)
    pairs = [("kind", "note"), ("owner", str(bob.user_id)), ("team", str(bob.team_id)), ("q", "oranges")]
    assert found(alice, contact, *pairs) == {wanted}


def test_a_filter_never_shows_more_than_the_reader_may_see(alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    contact = make_contact(bob)
    make_note(alice, contact, "<p>Secret oranges</p>", hubspot_owner_id=charlie.user_id)
    for pair in (("q", "oranges"), ("owner", str(charlie.user_id)), ("team", str(charlie.team_id)), ("kind", "note")):
        assert found(bob, contact, pair) == set()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "fax"), ("kind", "note,call"), ("kind", "NOTE"), ("kind", "x" * 3000),
        ("owner", "x"), ("owner", "0"), ("owner", "-1"), ("owner", "9" * 40), ("owner", "1.5"), ("owner", "²"),
        ("team", "x"), ("team", "0"), ("team", "9" * 40), ("q", "x" * 201),
    ],
)  # fmt: skip
def test_nonsense_is_refused(app: object, name: str, value: str) -> None:
    with pytest.raises(InvalidValue):
        Selection.parse(MultiDict([(name, value)]))


def all_states(viewer: Viewer) -> list[Pairs]:
    team = next(iter(directory().teams))
    return [
        [],
        [("kind", "note")],
        [("kind", "note"), ("kind", "created"), ("kind", "sms")],
        [("kind", "none")],
        [("owner", str(viewer.user_id)), ("q", "a & b=c?")],
        [("kind", "call"), ("owner", str(viewer.user_id)), ("team", str(team)), ("q", "blå søm")],
    ]


def with_kind(pairs: Pairs) -> Pairs:
    """An address that says nothing of kinds would take the remembered ones."""
    return pairs if any(name == "kind" for name, _ in pairs) else [*pairs, ("kind", "")]


def test_a_selection_written_as_address_reads_back(alice: Viewer) -> None:
    for pairs in all_states(alice):
        selection = Selection.parse(MultiDict(pairs))
        assert Selection.parse(MultiDict(parse_qsl(selection.query_string()))) == selection
        assert sorted(selection.arguments()) == sorted(with_kind(pairs))


def test_each_chip_takes_its_own_filter_away(alice: Viewer) -> None:
    for pairs in all_states(alice):
        selection = Selection.parse(MultiDict(pairs))
        for chip, rest in selection.chips():
            left = [pair for pair in pairs if pair not in chip.arguments]
            assert sorted(parse_qsl(rest, keep_blank_values=True)) == sorted(with_kind(left))


def test_every_filter_of_the_registry_is_tested_here() -> None:
    assert {one.key for one in timeline_filters} == {"kind", "owner", "team", "q"}


def test_moments_of_a_filtered_timeline_keep_their_order(alice: Viewer, contact: int) -> None:
    days = [datetime(2026, 1, day, tzinfo=UTC) for day in (3, 1, 2)]
    notes = {day: make_note(alice, contact, activity_date=day) for day in days}
    end_read()
    one = page(alice, contact, Selection.parse(MultiDict([("kind", "note")])))
    assert [entry.activity_id for entry in one.entries] == [notes[day] for day in sorted(days, reverse=True)]
