"""Records that may be the same: found by the job, each pair with its reasons, dismissed, offered again (SPEC 4.7)."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.db import db, end_read, unit_of_work
from crm.merging.duplicates.comparisons import comparisons
from crm.merging.duplicates.finding import MOST_ALIKE, find_duplicates
from crm.merging.duplicates.queries import pairs_page
from crm.merging.models import DuplicatePair
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.operations import archive_record, update_record
from tests.factories import make_company, make_contact, make_ticket
from tests.factories.merging import make_merge
from tests.support.html import read
from tests.support.queries import count_queries

ClientOf = Callable[[Viewer], FlaskClient]


LETTERS = "abcdefghijklmnopqrstuvwxyz"


def make_person(actor: Viewer, name: str = "Ada Berg", **values: Any) -> int:
    """A contact whose address has a domain nobody else has."""
    return make_contact(actor, name, **({"email": f"ada@firm{next(_numbers)}.example"} | values))


_numbers = count()


def found(viewer: Viewer, object_type: str = "contact", **more: Any) -> dict[tuple[int, int], list[str]]:
    """The pairs on the first page, with the names of their reasons."""
    end_read()
    page = pairs_page(viewer, schema().object_type(object_type), Context(), **more)
    return {
        (row.first.record_id, row.second.record_id): [reason.name for reason in row.reasons] for row in page.rows
    }


def change(actor: Viewer, record_id: int, **values: Any) -> None:
    end_read()
    with unit_of_work():
        update_record(actor, record_id, values)


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        ({"email": "ada.berg@gmail.com"}, {"email": "adaberg+shop@gmail.com"}, {"email", "name"}),
        ({"phone": "+49 30 123456"}, {"phone": "030/123456", "lastname": "Burg"}, {"phone", "part_of_name"}),
        ({"phone": "+49 30 123456"}, {"mobilephone": "+4930123456"}, {"phone", "name"}),
        ({"company": "Orange Inc."}, {"company": "orange"}, {"company", "name"}),
        ({"email": "a@acme.com"}, {"email": "ada@acme.com"}, {"domain", "name"}),
        ({"email": None, "country": "Poland"}, {"country": "Poland"}, {"name", "country", "nothing_against"}),
        ({"firstname": "Łucja", "lastname": "Müller"}, {"firstname": "lucja", "lastname": "MUELLER", "email": None},
         {"name", "nothing_against"}),
        ({"firstname": "Müller", "lastname": "Ada"}, {"firstname": "Ada", "lastname": "Muller", "email": None},
         {"name", "nothing_against"}),
    ],
)  # fmt: skip
def test_db_duplicate_contacts_meet_by_name_mail_phone_company_country(
    alice: Viewer, one: dict[str, Any], other: dict[str, Any], reasons: set[str]
) -> None:
    first, second = make_person(alice, **one), make_person(alice, **other)
    make_person(alice, "Somebody Else", phone="+49 30 777777", company="Plum")
    assert find_duplicates("contact") == 1
    assert {pair: set(names) for pair, names in found(alice).items()} == {(first, second): reasons}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"company": "Orange", "phone": "+4930123456"}, {"firstname": "Bo", "lastname": "Ek", "company": "Orange",
                                                         "phone": "+4930123456"}),
        ({"country": "Poland"}, {"country": "Poland"}),
        ({"email": "info@gmail.com", "lastname": "Ek"}, {"email": "sales@gmail.com", "firstname": "Bo"}),
    ],
)  # fmt: skip
def test_colleagues_and_namesakes_are_no_duplicates(alice: Viewer, one: dict[str, Any], other: dict[str, Any]) -> None:
    make_person(alice, **one)
    make_person(alice, **other)
    assert find_duplicates("contact") == 0


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        ({"domain": "orange.com", "website": None}, {"name": "OJ", "website": "https://www.orange.com/"}, {"domain"}),
        ({"country": "Sweden"}, {"name": "ORANGE AB", "country": "sweden"}, {"name", "country", "nothing_against"}),
        ({"industry": "RETAIL", "domain": "a-one.example"}, {"industry": "RETAIL", "domain": "b-two.example"},
         {"name", "industry"}),
        ({"phone": "+4930123456", "country": "Germany"}, {"name": "Orange Fruit", "phone": "030 123456"},
         {"phone", "part_of_name"}),
        ({"domain": "orange.com"}, {"domain": "orange.de"}, {"name", "brand"}),
    ],
)  # fmt: skip
def test_db_duplicate_companies_meet_by_name_domain_phone_country_industry(
    alice: Viewer, one: dict[str, Any], other: dict[str, Any], reasons: set[str]
) -> None:
    first, second = make_company(alice, **one), make_company(alice, **other)
    assert find_duplicates("company") == 1
    assert {pair: set(names) for pair, names in found(alice, "company").items()} == {(first, second): reasons}


def test_dismissed_pair_stays_away_until_something_changes(alice: Viewer, client_of: ClientOf) -> None:
    first, second = make_person(alice, company="Orange"), make_person(alice, company="Orange")
    find_duplicates("contact")
    end_read()
    pair_id = db.session.scalar(sa.select(DuplicatePair.id))
    browser = client_of(alice)
    assert browser.post(f"/objects/contacts/duplicates/{pair_id}/dismissal").status_code == 303
    assert found(alice) == {}
    assert set(found(alice, state="dismissed")) == {(first, second)}
    change(alice, first, jobtitle="Buyer")
    find_duplicates("contact")
    assert found(alice) == {}
    change(alice, first, country="Poland")
    find_duplicates("contact")
    assert set(found(alice)) == {(first, second)}


def test_dismissal_can_be_taken_back(alice: Viewer, client_of: ClientOf) -> None:
    first, second = make_person(alice, company="Orange"), make_person(alice, company="Orange")
    find_duplicates("contact")
    end_read()
    pair_id = db.session.scalar(sa.select(DuplicatePair.id))
    browser = client_of(alice)
    browser.post(f"/objects/contacts/duplicates/{pair_id}/dismissal")
    page = browser.get("/objects/contacts/duplicates").text
    assert f'action="/objects/contacts/duplicates/{pair_id}/return"' in page
    browser.post(f"/objects/contacts/duplicates/{pair_id}/return")
    assert set(found(alice)) == {(first, second)}


def test_pair_that_is_no_longer_alike_goes(alice: Viewer) -> None:
    first, _second = make_person(alice, company="Orange"), make_person(alice, company="Orange")
    find_duplicates("contact")
    change(alice, first, firstname="Bo", lastname="Ek")
    find_duplicates("contact")
    assert found(alice) == {}


def test_merged_and_deleted_records_are_in_no_pair(alice: Viewer) -> None:
    ids = [make_person(alice, company="Orange") for _ in range(3)]
    find_duplicates("contact")
    assert len(found(alice)) == 3
    end_read()
    with unit_of_work():
        archive_record(alice, ids[2])
    assert set(found(alice)) == {(ids[0], ids[1])}
    make_merge(alice, ids[0], ids[1])
    assert found(alice) == {}


def test_pair_is_for_who_sees_both_records_also_in_counts(
    alice: Viewer, bob: Viewer, charlie: Viewer, client_of: ClientOf
) -> None:
    mine = make_person(bob, company="Orange")
    theirs = make_person(charlie, "Ada Berg", company="Orange")
    find_duplicates("contact")
    assert set(found(alice)) == {(mine, theirs)}
    for person in (bob, charlie):
        page = read(client_of(person).get("/objects/contacts/duplicates").text)
        assert page.one(css="block-title").one(css="count").text == "0"
        assert found(person) == {}
    end_read()
    pair_id = db.session.scalar(sa.select(DuplicatePair.id))
    for path in ("dismissal", "return"):
        answer = client_of(bob).post(f"/objects/contacts/duplicates/{pair_id}/{path}")
        assert answer.status_code == 404


def test_who_may_not_edit_sees_no_tool_and_no_page(alice: Viewer, dana: Viewer, client_of: ClientOf) -> None:
    assert "/objects/contacts/duplicates" in client_of(alice).get("/objects/contacts").text
    assert "/objects/contacts/duplicates" not in client_of(dana).get("/objects/contacts").text
    assert client_of(dana).get("/objects/contacts/duplicates").status_code == 403
    make_ticket(alice)
    assert client_of(alice).get("/objects/tickets/duplicates").status_code == 404


def test_common_key_tells_nothing(alice: Viewer) -> None:
    for number in range(MOST_ALIKE + 1):
        make_person(alice, f"Person{LETTERS[number % 26]}{LETTERS[number // 26]} Berg", phone="+4930123456")
    assert find_duplicates("contact") == 0


def test_pairs_are_filtered_by_reason(alice: Viewer) -> None:
    by_phone = make_person(alice, phone="+4930123456"), make_person(alice, phone="+4930123456")
    by_company = make_person(alice, "Bo Ek", company="Orange"), make_person(alice, "Bo Ek", company="Orange")
    find_duplicates("contact")
    assert set(found(alice, reason="phone")) == {by_phone}
    assert set(found(alice, reason="company")) == {by_company}


def test_search_is_asked_for_and_shows_how_far_it_is(
    alice: Viewer, client_of: ClientOf, work: Callable[[], None]
) -> None:
    pair = make_person(alice, company="Orange"), make_person(alice, company="Orange")
    browser = client_of(alice)
    assert "Nobody has looked yet" in browser.get("/objects/contacts/duplicates").text
    browser.post("/objects/contacts/duplicates/search")
    running = browser.get("/objects/contacts/duplicates").text
    assert "Looking for duplicates" in running
    assert 'hx-trigger="every 2s"' in running
    work()
    done = browser.get("/objects/contacts/duplicates").text
    assert "Last looked on" in done
    assert f"/records/{pair[0]}/merge?with={pair[1]}" in done
    assert "every 2s" not in done


def test_review_of_a_pair_is_the_preview_of_the_merge(alice: Viewer, client_of: ClientOf) -> None:
    first, second = make_person(alice, company="Orange"), make_person(alice, company="Orange")
    find_duplicates("contact")
    page = client_of(alice).get(f"/records/{first}/merge").text
    assert "These look like the same record" in page
    assert f"/records/{first}/merge?with={second}" in page


def test_page_of_pairs_costs_the_same_for_5_and_50(alice: Viewer, client_of: ClientOf) -> None:
    browser = client_of(alice)
    amounts = []
    for start, end in ((0, 3), (3, 26)):
        for letter in LETTERS[start:end]:
            for _ in range(2):
                make_person(alice, f"X{letter} Berg", company=f"Firm {letter}{letter}")
        find_duplicates("contact")
        end_read()
        browser.get("/objects/contacts/duplicates")
        with count_queries() as queries:
            answer = browser.get("/objects/contacts/duplicates")
        assert answer.text.count('class="duplicate"') == min(25, end)
        amounts.append(len(queries))
    assert amounts[0] == amounts[1] <= 9


def test_pages_of_pairs_go_on_where_the_last_ended(alice: Viewer) -> None:
    expected = set()
    for number in range(28):
        name = f"X{LETTERS[number % 26]}{LETTERS[number // 26]} Berg"
        expected.add((make_person(alice, name, company="Orange"), make_person(alice, name, company="Orange")))
    find_duplicates("contact")
    end_read()
    kind = schema().object_type("contact")
    first = pairs_page(alice, kind, Context())
    second = pairs_page(alice, kind, Context(), key=first.next_key or "")
    shown = [(row.first.record_id, row.second.record_id) for row in (*first.rows, *second.rows)]
    assert len(shown) == len(set(shown)) == 28
    assert set(shown) == expected
    assert second.next_key is None
    assert first.count == 28


@pytest.mark.parametrize("question", ["state=x", "reason=x", "page-key=1", "page-key=x-y", f"page-key={9**19}-1"])
def test_nonsense_in_the_address_is_400(alice: Viewer, client_of: ClientOf, question: str) -> None:
    assert client_of(alice).get(f"/objects/contacts/duplicates?{question}").status_code == 400


def test_every_comparison_reads_properties_that_exist(alice: Viewer) -> None:
    for comparison in comparisons:
        kind = schema().object_type(comparison.object_type)
        assert set(comparison.properties) <= set(kind.properties)
        assert all(comparison.reason(reason.name) == reason for reason in comparison.reasons)
        assert comparison.compare(comparison.facts({}), comparison.facts({})) == ([], 0)
