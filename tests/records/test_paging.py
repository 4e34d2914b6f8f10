"""Pages of an index by key: every record exactly once, in order, however it is sorted (DESIGN 4.4)."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.db import end_read, unit_of_work
from crm.messages import InvalidValue
from crm.objects.definitions.base import OptionDefinition
from crm.objects.properties import create_property
from crm.objects.queries import schema
from crm.permissions.actions import Scope, Verb
from crm.permissions.errors import NotFound
from crm.permissions.viewer import SYSTEM, Viewer
from crm.records import queries
from crm.records.ordering import MOST_LISTED
from crm.records.page_keys import decode_key, encode_key
from crm.records.queries import IndexOrder, IndexPage, index_page
from tests.factories import make_contact, make_deal
from tests.support.html import read
from tests.support.queries import count_queries

DAY = datetime(2026, 5, 1, 8, 30, 15, 250_000, tzinfo=UTC)


def page(viewer: Viewer, object_type: str, order: IndexOrder, key: str | None = None, limit: int = 2) -> IndexPage:
    end_read()
    kind = schema().object_type(object_type)
    return index_page(viewer, kind, order, [order.property_name], key=key, limit=limit)


def walk(viewer: Viewer, object_type: str, name: str, descending: bool = False, limit: int = 2) -> list[int]:
    """The ids on all pages, in order."""
    found: list[int] = []
    key = None
    for _ in range(60):
        one = page(viewer, object_type, IndexOrder(name, descending), key, limit)
        found += [row.id for row in one.rows]
        key = one.next_key
        if key is None:
            return found
    raise AssertionError("the pages find no end")


VALUES: dict[str, list[Any]] = {
    "dealname": ["b", "B", "a", "å", "Ä", "z", "b"],
    "amount": [Decimal("10"), Decimal("9.99"), None, Decimal("-1"), Decimal("10"), Decimal("0.1"), None],
    "closedate": [DAY, DAY + timedelta(microseconds=1), None, DAY, DAY - timedelta(days=400), None, None],
    "dealtype": ["newbusiness", None, "existingbusiness", "newbusiness", None, "existingbusiness", None],
    "hs_priority": ["low", "high", None, "medium", "high", "low", None],
    "hs_next_step": [None, None, None, None, None, None, None],
    "description": ["line\none", "", None, "😀", "a'b", 'a"b', "0"],
}


@pytest.mark.parametrize("name", VALUES)
def test_every_record_comes_exactly_once_both_ways(alice: Viewer, name: str) -> None:
    made = [make_deal(alice, **{name: value}) for value in VALUES[name]]
    upward = walk(alice, "deal", name)
    downward = walk(alice, "deal", name, descending=True)
    assert sorted(upward) == sorted(downward) == made
    known = [one for one in made if VALUES[name][made.index(one)] is not None]
    assert upward[: len(known)] == downward[: len(known)][::-1]
    assert set(upward[len(known) :]) == set(downward[len(known) :]) == set(made) - set(known)


def test_every_property_of_every_object_can_be_sorted_by(alice: Viewer) -> None:
    contacts = [make_contact(alice, f"Ada {number}") for number in range(3)]
    deals = [make_deal(alice) for _ in range(3)]
    for object_type, made in (("contact", contacts), ("deal", deals)):
        for name in schema().object_type(object_type).properties:
            assert sorted(walk(alice, object_type, name)) == made, name
            assert sorted(walk(alice, object_type, name, descending=True)) == made, name


def test_choices_sort_in_their_own_order(alice: Viewer) -> None:
    stages = [stage.name for stage in schema().object_type("deal").pipelines[0].stages]
    made = {make_deal(alice, dealstage=stage): stage for stage in reversed(stages)}
    assert [made[one] for one in walk(alice, "deal", "dealstage")] == stages


def test_a_choice_of_very_many_sorts_in_their_order_and_lists_none_of_them(alice: Viewer) -> None:
    wanted = tuple(OptionDefinition(f"v{number}", f"Option {number}") for number in range(MOST_LISTED + 1))
    end_read()
    with unit_of_work():
        name = create_property("contact", "Mood", "dropdown", "contact", wanted).name
    last, first, none, second = (make_contact(alice, **{name: value}) for value in ("v200", "v0", None, "v3"))
    with count_queries() as statements:
        assert walk(alice, "contact", name) == [first, second, last, none]
        assert walk(alice, "contact", name, descending=True) == [last, second, first, none]
    assert not any("WHEN" in one for one in statements)


def test_people_sort_by_name(alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    owners = [charlie.user_id, None, alice.user_id, bob.user_id]
    made = [make_contact(SYSTEM, hubspot_owner_id=owner) for owner in owners]
    assert walk(alice, "contact", "hubspot_owner_id") == [made[2], made[3], made[0], made[1]]


def test_equal_values_go_by_record(alice: Viewer) -> None:
    made = [make_contact(alice, city="Oslo") for _ in range(5)]
    assert walk(alice, "contact", "city") == made
    assert walk(alice, "contact", "city", descending=True) == made[::-1]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    texts=st.lists(st.none() | st.text(alphabet="abAB åÄ%_'0", max_size=3), min_size=1, max_size=7),
    limit=st.integers(1, 3),
    descending=st.booleans(),
)
def test_any_texts_are_paged_whole(alice: Viewer, texts: list[str | None], limit: int, descending: bool) -> None:
    company = f"{len(texts)}"
    made = {make_contact(alice, jobtitle=text, company=company) for text in texts}
    found = walk(alice, "contact", "jobtitle", descending, limit)
    assert len(found) == len(set(found))
    assert made <= set(found)


def test_a_record_made_meanwhile_repeats_nothing(alice: Viewer) -> None:
    made = [make_contact(alice, city=city) for city in "bdf"]
    first = page(alice, "contact", IndexOrder("city"))
    make_contact(alice, city="a")
    last = make_contact(alice, city="g")
    second = page(alice, "contact", IndexOrder("city"), first.next_key)
    assert [row.id for row in (*first.rows, *second.rows)] == [*made, last]


def test_the_count_is_exact_up_to_its_limit(alice: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "COUNT_LIMIT", 3)
    for count in (1, 2, 3):
        make_contact(alice)
        assert (page(alice, "contact", IndexOrder("city")).count, count) == (count, count)
    assert page(alice, "contact", IndexOrder("city")).count_is_exact
    make_contact(alice)
    above = page(alice, "contact", IndexOrder("city"))
    assert (above.count, above.count_is_exact) == (3, False)


def test_a_long_text_makes_no_long_address(alice: Viewer) -> None:
    made = [make_contact(alice, jobtitle="å" * 5000 + letter) for letter in "cab"]
    assert len(page(alice, "contact", IndexOrder("jobtitle")).next_key or "") < 500
    assert sorted(walk(alice, "contact", "jobtitle")) == made


def test_an_unknown_property_is_not_found(alice: Viewer) -> None:
    with pytest.raises(NotFound):
        page(alice, "contact", IndexOrder("shoe_size"))


def test_somebody_without_the_right_gets_an_empty_page(bob: Viewer) -> None:
    make_contact(bob)
    stranger = replace(bob, scopes={("company", Verb.VIEW): Scope.EVERYTHING})
    assert page(stranger, "contact", IndexOrder("city")).rows == []


def key_of(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(parts)).encode()).decode().rstrip("=")


BAD_KEYS = [
    "x",
    "é",
    "====",
    "A" * 5000,
    base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    base64.urlsafe_b64encode(b"[" * 3000).decode(),
    base64.urlsafe_b64encode(b'["a", NaN]').decode(),
    key_of(),
    key_of("a"),
    key_of("a", 1, 2),
    key_of("a", "b"),
    key_of("a", None),
    key_of("a", 10**30),
    key_of("a", -1e400),
    key_of(["a"], 1),
    key_of({"a": 1}, 1),
    key_of("\x00", 1),
    key_of(10**30, 1),
    key_of(True, 1),
    key_of("0001-01-01T00:00:00+14:00", 1),
    key_of("2026-01-01T00:00:00", 1),
]


@pytest.mark.parametrize("name", ["lastname", "createdate", "hubspot_owner_id", "hs_object_id", "num_notes"])
def test_a_key_that_is_none_is_refused(alice: Viewer, name: str) -> None:
    make_contact(alice)
    for key in BAD_KEYS:
        for descending in (False, True):
            try:
                assert page(alice, "contact", IndexOrder(name, descending), key).count == 1
            except InvalidValue:
                continue


@pytest.mark.parametrize("kind", [sa.Date(), sa.Integer(), sa.Boolean()])
def test_a_key_of_another_kind_is_refused(kind: Any) -> None:
    for value in ("x", 1.5, ["x"]):
        with pytest.raises(InvalidValue):
            decode_key(key_of(value, 1), kind)


def test_a_key_gives_the_value_back() -> None:
    for value, kind in ((date(2026, 5, 1), sa.Date()), ("å", sa.Text()), (3, sa.Integer()), (None, sa.Text())):
        assert decode_key(encode_key(value, 7), kind) == (value, 7)


def test_a_bad_page_key_in_the_address_is_400(client_of: Callable[[Viewer], FlaskClient], alice: Viewer) -> None:
    browser = client_of(alice)
    for key in ("x", key_of({}, 1), key_of("a", 10**30)):
        for fragment in (False, True):
            answer = browser.get("/objects/contacts", query_string={"page-key": key}, fragment=fragment)
            assert answer.status_code == 400


def test_following_next_page_shows_every_record_once(client_of: Callable[[Viewer], FlaskClient], alice: Viewer) -> None:
    made = {make_contact(alice, f"Ada {number:02}") for number in range(53)}
    browser, url = client_of(alice), "/objects/contacts?sort=lastname&direction=desc"
    seen: list[str] = []
    while url:
        page = read(browser.get(url).text)
        seen += [row.one("a", css="table-preview")["id"] for row in page.one("tbody").all("tr")]
        more = page.all("a", id="page-next")
        url = more[0]["href"] if more else ""
    assert len(seen) == 53
    assert {int(one.removeprefix("preview-")) for one in seen} == made
