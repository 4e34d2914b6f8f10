"""What somebody of another team is shown in place of what is hidden; that nothing at all tells: test_strangers.py."""

from collections.abc import Callable

from flask.testing import FlaskClient

from crm.permissions.viewer import Viewer
from tests.factories import make_note, relate
from tests.security.conftest import SECRET, Office
from tests.support.html import read


def test_no_index_shows_them(client_of: Callable[[Viewer], FlaskClient], charlie: Viewer, office: Office) -> None:
    browser = client_of(charlie)
    for plural in ("contacts", "companies", "deals", "tickets", "leads"):
        for state in ("", "?q=zanz", "?q=z%40example.com", "?sort=createdate"):
            answer = browser.get(f"/objects/{plural}{state}")
            assert answer.status_code == 200
            assert SECRET not in answer.text


def test_the_index_counts_what_it_shows(
    client_of: Callable[[Viewer], FlaskClient], charlie: Viewer, office: Office
) -> None:
    page = read(client_of(charlie).get("/objects/contacts").text)
    assert page.one("footer", css="index-foot").one("p").text == "1 in all"


def test_search_does_not_find_them(
    client_of: Callable[[Viewer], FlaskClient], charlie: Viewer, office: Office, work: Callable[[], None]
) -> None:
    browser = client_of(charlie)
    for query in ("zanz", "z@example.com", "calling", "comment", str(office.contact), "zanzibar.pdf"):
        for indexed in (False, True):
            links = read(browser.get("/search", query_string={"q": query}).text).one("main").links()
            found = [link for link in links if link.startswith(("/records/", "/activities/"))]
            found = [link for link in found if link != f"/records/{office.souths_contact}"]
            assert (query, indexed, found) == (query, indexed, [])
            work()


def test_suggestions_do_not_offer_them(
    client_of: Callable[[Viewer], FlaskClient], charlie: Viewer, office: Office
) -> None:
    browser = client_of(charlie)
    for query in ("zanz", "z@example.com", str(office.contact)):
        answer = browser.get("/search/suggestions", query_string={"q": query}, fragment=True)
        assert {link.partition("?")[0] for link in read(answer.text).links()} <= {
            "/search",
            f"/records/{office.souths_contact}",
        }


def test_the_picker_does_not_offer_them(
    client_of: Callable[[Viewer], FlaskClient], charlie: Viewer, office: Office
) -> None:
    browser = client_of(charlie)
    for plural, query in (("companies", "zanz"), ("deals", "zanz"), ("contacts", "z@example.com"), ("leads", "")):
        path = f"/records/{office.souths_contact}/associations/{plural}/add"
        answer = browser.get(path, query_string={"q": query})
        assert read(answer.text).all("input", name="record_id") == []


def test_the_composer_does_not_offer_them(
    client_of: Callable[[Viewer], FlaskClient], charlie: Viewer, office: Office
) -> None:
    path = f"/records/{office.souths_contact}/activities/links?kind=note&link_q=zanz"
    boxes = read(client_of(charlie).get(path, fragment=True).text).all("input", name="record_ids")
    assert {one["value"] for one in boxes} <= {str(office.souths_contact)}


def test_the_pop_up_of_an_activity_does_not_offer_them(
    client_of: Callable[[Viewer], FlaskClient], charlie: Viewer, office: Office
) -> None:
    note = make_note(charlie, office.souths_contact)
    path = f"/activities/{note}/associations"
    answer = client_of(charlie).get(path, query_string={"object": "companies", "q": "zanz"})
    assert read(answer.text).all("input", name="record_id") == []


def test_an_address_taken_by_them_does_not_say_by_whom(
    client_of: Callable[[Viewer], FlaskClient], charlie: Viewer, office: Office
) -> None:
    browser = client_of(charlie)
    for path in (f"/records/{office.souths_contact}/properties/email", "/objects/contacts/new"):
        answer = browser.post(path, data={"email": "z@example.com", "lastname": "South", "version": "1"})
        assert answer.status_code == 422
        assert SECRET not in answer.text
        assert f"/records/{office.contact}" not in read(answer.text).links()


def test_a_link_across_the_teams_is_neither_shown_nor_counted(
    client_of: Callable[[Viewer], FlaskClient], alice: Viewer, charlie: Viewer, office: Office
) -> None:
    relate(alice, office.souths_contact, office.records["company"], office.records["deal"])
    browser, here = client_of(charlie), f"/records/{office.souths_contact}"
    pages = (here, f"{here}/preview", f"{here}/cards/linked-companies", f"/objects/deals?associated={here[9:]}")
    for path in pages:
        answer = browser.get(path, fragment=path.endswith("companies"))
        assert answer.status_code == 200
        assert SECRET not in answer.text
    counts = [one.text for one in read(browser.get(here).text).all("span", css="count")]
    assert set(counts) == {"0"}


def make_shared(alice: Viewer, charlie: Viewer, office: Office) -> int:
    """A note for charlie, on a contact of each team."""
    text, also_on = "<p>Common ground</p>", [office.souths_contact]
    return make_note(alice, office.contact, text, also_on=also_on, hubspot_owner_id=charlie.user_id)


def test_an_activity_shared_with_the_other_team_shows_them_their_own_record_only(
    client_of: Callable[[Viewer], FlaskClient], alice: Viewer, charlie: Viewer, office: Office
) -> None:
    shared = make_shared(alice, charlie, office)
    browser = client_of(charlie)
    page = read(browser.get(f"/activities/{shared}").text)
    assert "1 association" in page.text
    shown = {link.partition("?")[0] for link in page.one("main").links() if link.startswith("/records/")}
    assert shown == {f"/records/{office.souths_contact}"}
    popup = read(browser.get(f"/activities/{shared}/associations").text)
    assert popup.one(id="dialog-title").text == "Associated with 1 record"
    timeline = browser.get(f"/records/{office.souths_contact}/timeline?expanded=all").text
    assert "1 association" in read(timeline).text
    for answer in (page.text, popup.text, timeline):
        assert SECRET not in answer


def test_a_shared_activity_does_not_open_the_record_of_the_other_team(
    client_of: Callable[[Viewer], FlaskClient], alice: Viewer, charlie: Viewer, office: Office
) -> None:
    shared = make_shared(alice, charlie, office)
    browser = client_of(charlie)
    for path in (f"/activities/{shared}/menu", f"/activities/{shared}/edit"):
        assert browser.get(f"{path}?record={office.contact}", fragment=True).status_code in (403, 404)
    assert browser.get(f"/records/{office.contact}").status_code == 404
