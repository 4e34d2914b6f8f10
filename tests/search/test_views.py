"""The search page and the suggestions, as a browser gets them."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.permissions.viewer import Viewer
from tests.factories import make_contact, make_email, make_note
from tests.support.html import read

ClientOf = Callable[[Viewer], FlaskClient]
HTMX = {"HX-Request": "true"}


def test_results_are_grouped_and_words_marked(alice: Viewer, client_of: ClientOf, catch_up: Callable[[], None]) -> None:
    contact = make_contact(alice, "Mira Melon")
    make_note(alice, contact, "<p>Fresh melon &lt;script&gt; &amp; more</p>")
    make_email(alice, contact, title="Melon offer", body="<p>prices</p>")
    catch_up()
    html = client_of(alice).get("/search?q=melon").text
    assert "Mira <mark>Melon</mark>" in html
    assert "Fresh <mark>melon</mark> &lt;script&gt; &amp; more" in html
    assert "<mark>Melon</mark> offer" in html
    assert f'href="/records/{contact}"' in html


def test_htmx_gets_the_results_alone(alice: Viewer, client_of: ClientOf) -> None:
    html = client_of(alice).get("/search?q=nothing", headers=HTMX).text
    assert html.lstrip().startswith('<div class="results" id="search-results"')


def test_more_of_one_kind_leads_to_the_others(alice: Viewer, client_of: ClientOf, catch_up: Callable[[], None]) -> None:
    for number in range(7):
        make_contact(alice, f"Melon {number}")
    catch_up()
    client = client_of(alice)
    assert "/search?q=melon&amp;kind=contact" in client.get("/search?q=melon").text
    assert "<mark>Melon</mark> 6" in client.get("/search?q=melon&kind=contact").text


def test_activities_page_on(alice: Viewer, client_of: ClientOf, catch_up: Callable[[], None]) -> None:
    contact = make_contact(alice)
    for number in range(25):
        make_note(alice, contact, f"<p>melon number{number}.</p>")
    catch_up()
    client = client_of(alice)
    first = client.get("/search?q=melon").text
    following = first.split('class="block-more" href="')[1].split('"')[0].replace("&amp;", "&")
    assert first.count(following.replace("&", "&amp;")) == 2, "at the head and at the end of a long list"
    second = client.get(following).text
    shown = [number for number in range(25) if f"number{number}." in first or f"number{number}." in second]
    assert shown == list(range(25))


def test_suggestions_offer_records(alice: Viewer, client_of: ClientOf) -> None:
    contact = make_contact(alice, "Mira Melon")
    html = client_of(alice).get("/search/suggestions?q=mel", headers=HTMX).text
    assert f'href="/records/{contact}"' in html
    assert 'href="/search?q=mel"' in html


def test_suggestions_without_htmx_are_the_search_page(alice: Viewer, client_of: ClientOf) -> None:
    answer = client_of(alice).get("/search/suggestions?q=mel")
    assert answer.status_code == 303
    assert answer.location == "/search?q=mel"


ODD = ["", "?q=", "?q=%00", "?q=%FF", "?q=a&before=1.2", "?q=a&before=x.y.z", "?q=a&before=9.9." + "9" * 30]
ODD += ["?q=" + "a" * 5000, "?q=" + "9" * 40]


@pytest.mark.parametrize("query", ODD)
def test_odd_requests_get_a_page(alice: Viewer, client_of: ClientOf, query: str) -> None:
    assert client_of(alice).get(f"/search{query}").status_code == 200


@pytest.mark.parametrize("query", ["?q=a&kind=nonsense", "?q=&kind=note&kind=nonsense"])
def test_kind_that_does_not_exist_is_refused(alice: Viewer, client_of: ClientOf, query: str) -> None:
    answer = client_of(alice).get(f"/search{query}")
    assert answer.status_code == 400
    assert "There is no kind “nonsense”" in answer.text


def test_activity_without_a_heading_is_named_by_its_author(
    alice: Viewer, bob: Viewer, client_of: ClientOf, catch_up: Callable[[], None]
) -> None:
    contact = make_contact(alice, "Mira Gold")
    make_note(alice, contact, "<p>melon</p>", hubspot_owner_id=bob.user_id)
    make_email(alice, contact, title="Melon offer", body="<p>prices</p>")
    catch_up()
    lines = read(client_of(alice).get("/search?q=melon").text).all("p", "hit-line")
    assert sorted(line.text for line in lines) == [
        "Melon offer Email · Mira Gold",
        "Note by Alice Berg Mira Gold",
    ]


def test_search_that_is_cut_before_it_finds_anything_can_go_on(
    alice: Viewer,
    bob: Viewer,
    charlie: Viewer,
    client_of: ClientOf,
    catch_up: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_note(charlie, make_contact(charlie, "Mira Gold"), "<p>melon talks</p>")
    make_notes_of_another_team(bob, charlie, 21)
    catch_up()
    monkeypatch.setattr("crm.search.activities.SECONDS_TO_LOOK", -1)
    client = client_of(charlie)
    first = client.get("/search?q=melon").text
    assert "not all of it has been looked at" in first
    assert "Nothing matches" not in first
    following = first.split('class="block-more" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "<mark>melon</mark> talks" in client.get(following).text


def make_notes_of_another_team(bob: Viewer, charlie: Viewer, count: int) -> None:
    """Charlie's own notes, but on a contact of Bob's alone: only the gate can tell that he may not see them."""
    hidden = make_contact(bob, "Hidden Person")
    for _ in range(count):
        make_note(bob, hidden, "<p>melon</p>", also_on=[], hubspot_owner_id=charlie.user_id)


def test_hidden_records_and_activities_are_in_no_answer(
    bob: Viewer, charlie: Viewer, client_of: ClientOf, catch_up: Callable[[], None]
) -> None:
    make_note(bob, make_contact(bob, "Secret Melon"), "<p>melon talks</p>")
    catch_up()
    client = client_of(charlie)
    for path in ("/search", "/search/suggestions"):
        hidden, unknown = (client.get(f"{path}?q={q}", headers=HTMX).text for q in ("melon", "nelom"))
        assert hidden == unknown.replace("nelom", "melon")


def test_page_says_what_it_understood_and_what_not(alice: Viewer, client_of: ClientOf) -> None:
    page = read(client_of(alice).get("/search?q=melon type:call owner:zorro <b>").text)
    (problem,) = page.all("div", "notice")
    assert problem.text == "There is no user “zorro”, so that filter was left out."
    (chip,) = page.all("a", "chip")
    assert chip.text == "Remove filter: Type: Calls"
    assert chip.attributes["href"] == "/search?q=melon+owner%3Azorro+%3Cb%3E"
    assert page.all("input", "find-input")[0].attributes["value"] == "melon type:call owner:zorro <b>"
    current = [pill.text for pill in page.all("a", "pill") if "aria-current" in pill.attributes]
    assert current == ["Calls"]


def test_filters_alone_list_what_they_leave(alice: Viewer, client_of: ClientOf, catch_up: Callable[[], None]) -> None:
    contact = make_contact(alice, "Mira Melon")
    make_email(alice, contact, title="Melon offer", body="<p>prices</p>")
    catch_up()
    html = client_of(alice).get('/search?q=on:"Mira Melon" type:email').text
    assert "Melon offer" in html
    assert "Nothing matches" not in html


def test_more_of_a_filtered_search_goes_on_with_its_filters(
    alice: Viewer, client_of: ClientOf, catch_up: Callable[[], None]
) -> None:
    contact = make_contact(alice)
    for number in range(25):
        make_note(alice, contact, f"<p>melon number{number}.</p>")
    catch_up()
    client = client_of(alice)
    first = client.get("/search?q=owner:me type:note").text
    following = first.split('class="block-more" href="')[1].split('"')[0].replace("&amp;", "&")
    second = client.get(following).text
    shown = [number for number in range(25) if f"number{number}." in first or f"number{number}." in second]
    assert shown == list(range(25))


def test_long_queries_are_cut_and_the_page_says_so(alice: Viewer, client_of: ClientOf) -> None:
    client = client_of(alice)
    assert "Only the first 1000 characters" in client.get("/search?q=" + "melon%20" * 200).text
    assert "Only the first 8 words" in client.get("/search?q=a b c d e f g h i").text


def test_signed_out_is_sent_to_the_login_page(eve: FlaskClient) -> None:
    assert eve.get("/search?q=a").location.startswith("/login")
    assert eve.get("/search/suggestions?q=a", headers=HTMX).status_code == 401
