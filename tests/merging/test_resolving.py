"""Old ids and addresses keep leading to what a record has become, for whoever may see that (SPEC 4.6)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.db import end_read
from crm.permissions.errors import MergedAway, NotFound
from crm.permissions.viewer import Viewer
from crm.records.queries import current_id, get_record
from crm.search.find_records import find_records
from tests.factories import make_contact, make_deal, relate
from tests.factories.merging import make_merge, undo_merge

ClientOf = Callable[[Viewer], FlaskClient]
FRAGMENT = {"HX-Request": "true"}


def test_old_ids_resolve_through_all_merges(alice: Viewer) -> None:
    first, second, third = (make_contact(alice) for _ in range(3))
    once = make_merge(alice, first, second)
    twice = make_merge(alice, third, once.record_id)
    end_read()
    for old in (first, second, third, once.record_id):
        assert current_id(alice, old) == twice.record_id
        with pytest.raises(MergedAway) as away:
            get_record(alice, old)
        assert (away.value.record_id, away.value.into_id) == (old, twice.record_id)


def test_rec_10_old_addresses_redirect_pages_and_fragments(alice: Viewer, client_of: ClientOf) -> None:
    first, second = make_contact(alice), make_contact(alice)
    new = make_merge(alice, first, second).record_id
    browser = client_of(alice)
    for old in (first, second):
        page = browser.get(f"/records/{old}?tab=activities")
        assert (page.status_code, page.location) == (302, f"/records/{new}?tab=activities")
        part = browser.get(f"/records/{old}/timeline?kind=note", headers=FRAGMENT)
        assert (part.status_code, part.location) == (302, f"/records/{new}/timeline?kind=note")
    assert browser.get(f"/records/{new}").status_code == 200


def test_form_of_an_old_page_reaches_the_merged_record(alice: Viewer, client_of: ClientOf) -> None:
    first, second = make_contact(alice), make_contact(alice)
    browser = client_of(alice)
    new = make_merge(alice, first, second).record_id
    sent = {"jobtitle": "Buyer", "version": "1"}
    answer = browser.post(f"/records/{first}/properties/jobtitle", data=sent)
    assert (answer.status_code, answer.location) == (307, f"/records/{new}/properties/jobtitle")


def test_old_record_in_the_question_of_an_address_is_replaced_too(alice: Viewer, client_of: ClientOf) -> None:
    first, second, deal = make_contact(alice), make_contact(alice), make_deal(alice)
    relate(alice, first, deal)
    new = make_merge(alice, first, second).record_id
    answer = client_of(alice).get(f"/objects/deals?associated={first}")
    assert answer.status_code == 302
    assert answer.location == f"/objects/deals?associated={new}"


def test_who_may_not_see_what_it_became_learns_nothing(alice: Viewer, bob: Viewer, client_of: ClientOf) -> None:
    mine = make_contact(bob)
    hidden = make_contact(alice, hubspot_owner_id=None)
    make_merge(alice, hidden, mine, {})
    new = current_id(alice, mine)
    with pytest.raises(NotFound) as refused:
        get_record(charlie_like(bob), mine)
    assert not isinstance(refused.value, MergedAway)
    assert str(new) not in str(refused.value)


def charlie_like(viewer: Viewer) -> Viewer:
    """Somebody with no right at all."""
    return Viewer(viewer.user_id, "Nobody")


def test_hidden_merged_record_is_404_for_a_page(alice: Viewer, charlie: Viewer, client_of: ClientOf) -> None:
    first, second = make_contact(alice), make_contact(alice)
    make_merge(alice, first, second)
    assert client_of(charlie).get(f"/records/{first}").status_code == 404


def test_record_is_found_by_its_old_ids(alice: Viewer) -> None:
    first, second = make_contact(alice), make_contact(alice)
    new = make_merge(alice, first, second).record_id
    end_read()
    for old in (first, second, new):
        assert [hit.record_id for hit in find_records(alice, str(old))] == [new]


def test_after_an_unmerge_the_merged_id_leads_to_the_primary_record(alice: Viewer) -> None:
    first, second = make_contact(alice), make_contact(alice)
    made = make_merge(alice, first, second)
    undo_merge(alice, made.merge_id)
    end_read()
    assert get_record(alice, first).id == first
    assert get_record(alice, second).id == second
    assert current_id(alice, made.record_id) == first
