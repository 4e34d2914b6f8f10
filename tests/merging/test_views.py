"""The pages of merging: search, side by side, merge, the merges of a record, unmerge (SPEC 4.6, REC-10)."""

from collections.abc import Callable
from datetime import timedelta

import time_machine
from flask.testing import FlaskClient

from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.records.operations import update_record
from crm.records.queries import current_id, get_record
from tests.factories import make_contact, make_deal, make_note, make_ticket, relate
from tests.factories.merging import make_merge
from tests.support.html import read
from tests.support.queries import count_queries

ClientOf = Callable[[Viewer], FlaskClient]
FRAGMENT = {"HX-Request": "true"}


def sent(page: str) -> dict[str, str]:
    """What the form of the preview sends when nobody touches it."""
    return read(page).one("form", id="merge-preview").fields()


def text_of(page: str) -> str:
    return read(page).text


def test_rec_10_two_contacts_are_merged_from_the_actions_menu(alice: Viewer, client_of: ClientOf) -> None:
    first = make_contact(alice, "Ada Berg", phone="+493012345", email="ada@example.com")
    second = make_contact(alice, "Ada Burg", jobtitle="Buyer", email="burg@example.com")
    make_note(alice, second, "<p>They like plums.</p>")
    browser = client_of(alice)
    assert f"/records/{first}/merge" in browser.get(f"/records/{first}/tools").text
    found = browser.get(f"/records/{first}/merge?q=burg").text
    assert f"/records/{first}/merge?with={second}" in found
    page = browser.get(f"/records/{first}/merge?with={second}").text
    answer = browser.post(f"/records/{first}/merge", data=sent(page))
    end_read()
    new = current_id(alice, first)
    assert (answer.status_code, answer.location) == (303, f"/records/{new}")
    values = get_record(alice, new).values
    assert values["lastname"] == "Berg"
    assert values["jobtitle"] == "Buyer"
    assert values["email"] == "ada@example.com"
    assert values["hs_additional_emails"] == "burg@example.com"
    shown = browser.get(f"/records/{new}?tab=activities").text
    assert "They like plums." in shown
    assert "Undo" in shown
    assert browser.get(f"/records/{second}").location == f"/records/{new}"


def test_choice_of_a_person_is_shown_and_written(alice: Viewer, client_of: ClientOf) -> None:
    first, second = make_contact(alice, "Ada Berg"), make_contact(alice, "Ada Burg")
    browser = client_of(alice)
    address = f"/records/{first}/merge?with={second}&choice-lastname=secondary"
    page = browser.get(address, headers=FRAGMENT).text
    assert "Chosen by you." in page
    browser.post(f"/records/{first}/merge", data=sent(page) | {"choice-lastname": "secondary"})
    end_read()
    assert get_record(alice, current_id(alice, first)).values["lastname"] == "Burg"


def test_preview_and_write_agree(alice: Viewer, client_of: ClientOf) -> None:
    first = make_contact(alice, "Ada Berg", lifecyclestage="lead", city="Bonn")
    second = make_contact(alice, "Ada Burg", lifecyclestage="customer", city="Köln", country="Germany")
    page = client_of(alice).get(f"/records/{first}/merge?with={second}").text
    lines = [line for line in read(page).all(css="merge-line") if line.all(css="merge-label")]
    results = {line.one(css="merge-label")["id"][6:]: line.one(css="merge-result").one("strong").text for line in lines}
    new = make_merge(alice, first, second).record_id
    end_read()
    values = get_record(alice, new).values
    for name in ("lastname", "city", "country", "email", "hs_additional_emails"):
        assert results[name] == values[name]
    assert results["lifecyclestage"] == "Customer"
    assert values["lifecyclestage"] == "customer"


def test_swapping_makes_the_other_the_primary_record(alice: Viewer, client_of: ClientOf) -> None:
    first, second = make_contact(alice, "Ada Berg"), make_contact(alice, "Ada Burg")
    page = client_of(alice).get(f"/records/{first}/merge?with={second}").text
    assert f"/records/{second}/merge?with={first}" in page


def test_change_after_the_preview_is_shown_first(alice: Viewer, client_of: ClientOf) -> None:
    first, second = make_contact(alice, "Ada Berg"), make_contact(alice, "Ada Burg")
    browser = client_of(alice)
    page = browser.get(f"/records/{first}/merge?with={second}").text
    end_read()
    with unit_of_work():
        update_record(alice, second, {"city": "Bonn"})
    answer = browser.post(f"/records/{first}/merge", data=sent(page))
    assert answer.status_code == 409
    assert "was changed in the meantime" in answer.text
    assert "Bonn" in answer.text
    end_read()
    assert get_record(alice, second).values["city"] == "Bonn"
    assert browser.post(f"/records/{first}/merge", data=sent(answer.text)).status_code == 303


def test_double_click_merges_once(alice: Viewer, client_of: ClientOf) -> None:
    first, second = make_contact(alice), make_contact(alice)
    browser = client_of(alice)
    data = sent(browser.get(f"/records/{first}/merge?with={second}").text)
    answers = {browser.post(f"/records/{first}/merge", data=data).location for _ in range(2)}
    assert len(answers) == 1


def test_what_cannot_be_merged_is_said_above_the_search(alice: Viewer, client_of: ClientOf) -> None:
    contact, ticket = make_contact(alice), make_ticket(alice)
    browser = client_of(alice)
    for other, words in (
        (contact, "cannot be merged with itself"),
        (ticket, "Only records of the same object"),
        (999_999, "There is no such record"),
    ):
        answer = browser.get(f"/records/{contact}/merge?with={other}")
        assert answer.status_code == 422
        assert words in text_of(answer.text)


def test_records_without_edit_right_are_refused(
    alice: Viewer, bob: Viewer, charlie: Viewer, dana: Viewer, client_of: ClientOf
) -> None:
    mine, theirs = make_contact(bob, "Ada Berg"), make_contact(charlie, "Ada Burg")
    assert client_of(dana).get(f"/records/{mine}/merge").status_code == 403
    assert client_of(dana).post(f"/records/{mine}/merge", data={"with": str(theirs)}).status_code == 403
    browser = client_of(bob)
    assert "Burg" not in browser.get(f"/records/{mine}/merge?q=burg").text
    hidden = browser.get(f"/records/{mine}/merge?with={theirs}")
    assert hidden.status_code == 422
    assert "There is no such record" in hidden.text
    end_read()
    assert get_record(alice, mine).id == mine


def test_merges_are_listed_and_undone(alice: Viewer, client_of: ClientOf, clock: time_machine.Traveller) -> None:
    first, second, third = make_contact(alice, "Ada Berg"), make_contact(alice, "Ada Burg"), make_contact(alice, "A B")
    once = make_merge(alice, first, second)
    clock.shift(timedelta(minutes=1))
    twice = make_merge(alice, third, once.record_id)
    browser = client_of(alice)
    assert "View merges" in browser.get(f"/records/{twice.record_id}/tools").text
    assert "View merges" not in browser.get(f"/records/{make_contact(alice)}/tools").text
    page = browser.get(f"/records/{twice.record_id}/merges").text
    assert f"#{first}, #{second}, #{third}, #{once.record_id}" in text_of(page)
    assert f"/merges/{twice.merge_id}" in page
    assert f"/merges/{once.merge_id}" not in page
    assert browser.post(f"/merges/{twice.merge_id}/undo").location == f"/records/{third}"
    assert browser.post(f"/merges/{once.merge_id}/undo").location == f"/records/{first}"


def test_unmerge_sent_twice_says_the_same_twice(alice: Viewer, charlie: Viewer, client_of: ClientOf) -> None:
    first = make_contact(alice)
    made = make_merge(alice, first, make_contact(alice))
    address = f"/merges/{made.merge_id}/undo"
    answers = [client_of(alice).post(address) for _ in range(2)]
    assert [(one.status_code, one.location) for one in answers] == [(303, f"/records/{first}")] * 2
    assert client_of(charlie).post(address).status_code == 404


def test_merge_that_was_undone_says_by_whom_and_leads_to_both(
    alice: Viewer, bob: Viewer, charlie: Viewer, client_of: ClientOf
) -> None:
    first, second = make_contact(alice, "Ada Berg"), make_contact(charlie, "Ada Burg")
    made = make_merge(alice, first, second)
    client_of(alice).post(f"/merges/{made.merge_id}/undo")
    page = client_of(alice).get(f"/merges/{made.merge_id}")
    assert page.status_code == 200
    assert "This merge was undone" in page.text
    assert alice.name in text_of(page.text)
    assert f'<a class="settings-row-name" href="/records/{first}">Ada Berg</a>' in page.text
    assert f'href="/records/{second}"' in page.text
    seen_by_charlie = client_of(charlie).get(f"/merges/{made.merge_id}").text
    assert f'href="/records/{second}"' in seen_by_charlie
    assert "Ada Berg" not in seen_by_charlie
    assert client_of(bob).get(f"/merges/{made.merge_id}").status_code in (200, 404)


def test_unmerge_tells_first_what_happened_since(alice: Viewer, client_of: ClientOf) -> None:
    first, second, deal = make_contact(alice, "Ada Berg"), make_contact(alice, "Ada Burg"), make_deal(alice)
    made = make_merge(alice, first, second)
    make_note(alice, made.record_id, "<p>Later</p>")
    relate(alice, made.record_id, deal)
    end_read()
    with unit_of_work():
        update_record(alice, made.record_id, {"city": "Bonn"})
    page = text_of(client_of(alice).get(f"/merges/{made.merge_id}").text)
    assert "1 activity, 1 association, 0 files" in page
    assert "City: Bonn" in page


def test_merge_that_is_too_old_says_so(alice: Viewer, client_of: ClientOf, clock: time_machine.Traveller) -> None:
    made = make_merge(alice, make_contact(alice), make_contact(alice))
    clock.shift(timedelta(days=90, minutes=1))
    browser = client_of(alice)
    assert "/merges/" not in browser.get(f"/records/{made.record_id}/merges").text
    page = browser.get(f"/merges/{made.merge_id}").text
    assert "A merge can be undone for 90 days" in page
    assert f'action="/merges/{made.merge_id}/undo"' in page
    answer = browser.post(f"/merges/{made.merge_id}/undo")
    assert answer.status_code == 422
    assert "A merge can be undone for 90 days" in answer.text


def test_merge_of_a_hidden_record_is_404(alice: Viewer, charlie: Viewer, dana: Viewer, client_of: ClientOf) -> None:
    made = make_merge(alice, make_contact(alice), make_contact(alice))
    for path in (f"/merges/{made.merge_id}", "/merges/999999"):
        assert client_of(charlie).get(path).status_code == 404
    assert client_of(charlie).post(f"/merges/{made.merge_id}/undo").status_code == 404
    assert client_of(dana).get(f"/merges/{made.merge_id}").status_code == 403
    assert client_of(dana).post(f"/merges/{made.merge_id}/undo").status_code == 403


def test_showing_a_choice_writes_nothing(alice: Viewer, client_of: ClientOf) -> None:
    first, second = make_contact(alice, "Ada Berg"), make_contact(alice, "Ada Burg")
    browser = client_of(alice)
    page = browser.get(f"/records/{first}/merge?with={second}").text
    chosen = sent(page) | {"choice-lastname": "secondary", "preview": "1"}
    shown = read(browser.post(f"/records/{first}/merge", data=chosen).text)
    reasons = [line.text for line in shown.all(css="merge-line") if "Chosen by you." in line.text]
    assert len(reasons) == 1
    assert reasons[0].startswith("Last name")
    end_read()
    assert get_record(alice, first).values["lastname"] == "Berg"


def test_preview_costs_the_same_however_much_hangs_on_the_records(alice: Viewer, client_of: ClientOf) -> None:
    first, second = make_contact(alice), make_contact(alice)
    browser = client_of(alice)
    amounts = []
    for more in (1, 8):
        for _ in range(more):
            make_note(alice, first)
            relate(alice, second, make_deal(alice))
        end_read()
        browser.get(f"/records/{first}/merge?with={second}")
        with count_queries() as queries:
            page = browser.get(f"/records/{first}/merge?with={second}").text
        amounts.append(len(queries))
    assert "9 activities" in page
    assert amounts[0] == amounts[1] <= 10


def test_other_record_that_was_merged_meanwhile_is_named(alice: Viewer, client_of: ClientOf) -> None:
    first, second, third = make_contact(alice), make_contact(alice), make_contact(alice)
    browser = client_of(alice)
    data = sent(browser.get(f"/records/{first}/merge?with={second}").text)
    new = make_merge(alice, second, third).record_id
    answer = browser.post(f"/records/{first}/merge", data=data)
    assert answer.status_code == 422
    assert f"Record #{second} was merged in the meantime; it is #{new} now." in text_of(answer.text)
    data = sent(browser.get(f"/records/{new}/merge?with={first}").text)
    final = make_merge(alice, first, new).record_id
    answer = browser.post(f"/records/{new}/merge", data=data)
    assert (answer.status_code, answer.location) == (307, f"/records/{final}/merge")
    assert browser.post(answer.location, data=data).status_code == 422
    end_read()
    assert get_record(alice, final).id == final
