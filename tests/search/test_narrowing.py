"""What the filters of a query mean, for whom, and what is said when one means nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crm.accounts.queries import directory
from crm.activities.types import activity_types
from crm.clock import now
from crm.db import end_read
from crm.messages import Message
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.search.narrowing import NO_DAY, Query, understand
from crm.search.queries import SearchPage, search, suggest
from tests.factories import make_call, make_company, make_contact, make_deal, make_email, make_note

CatchUp = Callable[[], None]


def meant(viewer: Viewer, q: str, translate: Callable[[Any], str] = str) -> Query:
    query = understand(viewer, q, translate)
    end_read()
    return query


def found(viewer: Viewer, q: str) -> SearchPage:
    page = search(viewer, q)
    end_read()
    return page


def activities(page: SearchPage) -> set[int]:
    return {hit.document.activity_id for hit in page.activities}


def records(page: SearchPage) -> set[int]:
    return {hit.record_id for group in page.records for hit in group.hits}


def texts(query: Query) -> list[str]:
    return [str(chip.text) for chip in query.chips]


@pytest.mark.parametrize(
    ("q", "kinds"),
    [
        ("type:call", {"call"}),
        ("type:calls", {"call"}),
        ("type:Call,email", {"call", "email"}),
        ("type:call type:e-mail", {"call", "email"}),
        ("type:contact", {"contact"}),
        ("type:companies", {"company"}),
        ('type:"LinkedIn message"', {"linkedin_message"}),
    ],
)
def test_types_are_named_by_name_or_label(alice: Viewer, q: str, kinds: set[str]) -> None:
    query = meant(alice, q)
    assert query.kinds == kinds
    assert query.problems == ()


def test_every_type_can_be_asked_for_by_its_name_and_labels(alice: Viewer) -> None:
    for kind in (*schema().record_types, *activity_types):
        for called in (kind.name, kind.label, kind.plural_label):
            assert kind.name in (meant(alice, f'type:"{called}"').kinds or ()), called


def test_owner_is_me_or_a_name_or_an_address(alice: Viewer, bob: Viewer) -> None:
    assert meant(alice, "owner:me").owners == {alice.user_id}
    for called in (f'"{bob.name}"', bob.name.split()[0].lower(), bob.email, bob.email.upper()):
        assert meant(alice, f"owner:{called}").owners == {bob.user_id}, called
    assert meant(alice, f"owner:me,{bob.email}").owners == {alice.user_id, bob.user_id}


def test_team_means_its_members_and_narrows_the_owner(alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    team = directory().teams[bob.team_id or 0].name
    members = directory().members(bob.team_id)
    assert meant(alice, f'team:"{team}"').owners == members
    assert meant(alice, f'team:"{team}" owner:{bob.email}').owners == {bob.user_id}
    assert meant(alice, f'team:"{team}" owner:{charlie.email}').owners == frozenset()


@pytest.mark.parametrize(
    ("q", "since", "before"),
    [
        ("since:2026-05-01", datetime(2026, 4, 30, 22, tzinfo=UTC), None),
        ("after:2026-05-01", datetime(2026, 5, 1, 22, tzinfo=UTC), None),
        ("before:2026-05-01", None, datetime(2026, 4, 30, 22, tzinfo=UTC)),
        ("since:2026-05 before:2026-12", datetime(2026, 4, 30, 22, tzinfo=UTC), datetime(2026, 11, 30, 23, tzinfo=UTC)),
        ("after:2026-12", datetime(2026, 12, 31, 23, tzinfo=UTC), None),
        ("after:2025", datetime(2025, 12, 31, 23, tzinfo=UTC), None),
        ("before:2026-05-02 before:2026-05-01", None, datetime(2026, 4, 30, 22, tzinfo=UTC)),
        ("since:2026-05-01 since:2026-05-02", datetime(2026, 5, 1, 22, tzinfo=UTC), None),
    ],
)
def test_days_are_days_of_the_reader(alice: Viewer, q: str, since: datetime | None, before: datetime | None) -> None:
    query = meant(replace(alice, time_zone="Europe/Warsaw"), q)
    assert (query.since, query.before) == (since, before)


def test_today_and_yesterday_are_days(alice: Viewer) -> None:
    today = datetime.combine(now().date(), datetime.min.time(), UTC)
    assert meant(alice, "since:today").since == today
    assert meant(alice, "since:yesterday before:today").since == today - timedelta(days=1)


@pytest.mark.parametrize(
    ("q", "said"),
    [
        ("melon type:banana", "There is no type “banana”, so that filter was left out."),
        ("melon owner:zorro", "There is no user “zorro”, so that filter was left out."),
        ("melon team:zorro", "There is no team “zorro”, so that filter was left out."),
        ("melon on:zorro", "No record “zorro” was found, so that filter was left out."),
        ("melon before:2026-02-30", str(Message(NO_DAY, value="2026-02-30"))),
        ("melon before:soon", str(Message(NO_DAY, value="soon"))),
        ("melon before:9999-12-31", str(Message(NO_DAY, value="9999-12-31"))),
        ("melon -type:call", "Only words and phrases can be excluded, so “-type:call” was left out."),
    ],
)  # fmt: skip
def test_what_means_nothing_is_said_and_the_rest_searched(alice: Viewer, catch_up: CatchUp, q: str, said: str) -> None:
    contact = make_contact(alice, "Ada Berg")
    note = make_note(alice, contact, "<p>melon</p>")
    catch_up()
    page = found(alice, q)
    assert [str(problem) for problem in page.query.problems] == [said]
    assert page.q == q
    assert page.query.chips == ()
    assert activities(page) == {note}


@pytest.mark.parametrize("q", ['"melon', "melon type:", "melon : ", "melon on: ", 'melon owner:"Bob'])
def test_unfinished_filters_and_quotes_are_plain_text(alice: Viewer, q: str) -> None:
    query = meant(alice, q)
    assert query.problems == query.chips == ()
    assert query.words.matches("melon on type owner bob")


def test_each_filter_is_a_chip_that_can_be_taken_away(alice: Viewer) -> None:
    query = meant(alice, 'price type:call,email "new offer" owner:me -draft')
    assert texts(query) == ["Type: Calls, Emails", f"Owner: {alice.name}"]
    assert [chip.rest for chip in query.chips] == [
        'price "new offer" owner:me -draft',
        'price type:call,email "new offer" -draft',
    ]
    assert query.typed == 'price "new offer" -draft'


def test_filters_can_be_called_by_names_of_the_readers_language(alice: Viewer) -> None:
    polish = {"type": "Typ", "owner": "właściciel", "me": "ja", "Calls": "Rozmowy"}
    query = meant(alice, "typ:rozmowy Właściciel:ja owner:me", lambda text: polish.get(text, text))
    assert query.kinds == {"call"}
    assert query.owners == {alice.user_id}


def test_activities_are_narrowed_by_filters_with_and_without_words(
    alice: Viewer, bob: Viewer, catch_up: CatchUp
) -> None:
    orange, apple = make_company(alice, "Orange Inc"), make_company(alice, "Apple Inc")
    long_ago = now() - timedelta(days=40)
    note = make_note(alice, orange, "<p>melon price</p>", activity_date=long_ago)
    call = make_call(alice, orange, title="melon", body=None, hubspot_owner_id=bob.user_id)
    other = make_email(alice, apple, title="melon", body="<p>price list</p>")
    cut = (now() - timedelta(days=20)).date().isoformat()
    for _ in range(2):
        assert activities(found(alice, 'on:"Orange Inc"')) == {note, call}
        assert activities(found(alice, "melon type:call,email")) == {call, other}
        assert activities(found(alice, f"owner:{bob.email}")) == {call}
        assert activities(found(alice, f"melon before:{cut}")) == {note}
        assert activities(found(alice, f"type:note since:{cut}")) == set()
        assert activities(found(alice, f'on:"Orange Inc" since:{cut} melon')) == {call}
        assert activities(found(alice, "on:orange,apple price")) == {note, other}
        assert activities(found(alice, "melon -price")) == {call}
        assert activities(found(alice, '"price list"')) == {other}
        assert activities(found(alice, '-"price list" type:email')) == set()
        catch_up()


def test_records_follow_the_filters_that_mean_something_for_them(alice: Viewer, bob: Viewer) -> None:
    mine, his = make_contact(alice, "Ada Orange"), make_contact(alice, "Bo Orange", hubspot_owner_id=bob.user_id)
    deal = make_deal(alice, "Orange deal")
    assert records(found(alice, "orange")) == {mine, his, deal}
    assert records(found(alice, "orange type:contact")) == {mine, his}
    assert records(found(alice, "orange type:call")) == set()
    assert records(found(alice, f"orange owner:{bob.email}")) == {his}
    assert records(found(alice, f"owner:{bob.email}")) == {his}
    assert records(found(alice, "orange before:2020")) == set()
    assert records(found(alice, "orange since:2020")) == {mine, his, deal}
    assert records(found(alice, "orange on:ada")) == set()
    assert records(found(alice, "orange -ada")) == {his, deal}
    assert records(found(alice, '"orange ada"')) == set()
    assert records(found(alice, '"ada orange"')) == {mine}


def test_on_names_a_record_by_name_address_or_number(alice: Viewer) -> None:
    contact = make_contact(alice, "Ada Berg", email="ada@berg.se")
    other = make_contact(alice, "Ada Bergman", email="b@berg.se")
    end_read()
    assert meant(alice, 'on:"Ada Berg"').record_ids == {contact}
    assert meant(alice, "on:ada@berg.se").record_ids == {contact}
    assert meant(alice, f"on:{contact}").record_ids == {contact}
    assert meant(alice, "on:ada").record_ids == {contact, other}


def test_on_says_the_same_of_a_hidden_record_as_of_none(bob: Viewer, charlie: Viewer, catch_up: CatchUp) -> None:
    hidden = make_contact(bob, "Secret Melon", email="secret@melon.org")
    make_note(bob, hidden, "<p>talks</p>")
    catch_up()
    for value in ('"Secret Melon"', "secret@melon.org", str(hidden)):
        page, nothing = found(charlie, f"on:{value}"), found(charlie, "on:nobody")
        assert str(page.query.problems[0]).replace(value.strip('"'), "nobody") == str(nothing.query.problems[0])
        assert page.is_empty
        assert page.query.record_ids is None


def test_suggestions_look_past_filters(alice: Viewer) -> None:
    make_contact(alice, "Mira Melon")
    hits = suggest(alice, "type:contact mel")
    assert [hit.display_name for hit in hits] == ["Mira Melon"]
    assert suggest(alice, "owner:me") == []
