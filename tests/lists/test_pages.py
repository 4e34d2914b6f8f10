"""The pages of lists (SPEC 5.4)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.db import end_read, unit_of_work
from crm.lists.operations import add_members
from crm.lists.queries import Asked, ListRow, get_list, lists_for
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.saved_views.operations import create_view
from crm.saved_views.state import ViewState
from tests.factories import make_company, make_contact
from tests.support.html import Element, read
from tests.support.lists import make_list, on_list
from tests.support.queries import count_queries

SignIn = Callable[[Viewer], FlaskClient]
Work = Callable[[], None]
BERLIN = "city:equal_any:Berlin"


def page(browser: FlaskClient, url: str, status: int = 200) -> Element:
    answer = browser.get(url)
    assert answer.status_code == status, answer.text[:2000]
    return read(answer.text)


def add(actor: Viewer, list_id: int, *record_ids: int) -> None:
    end_read()
    with unit_of_work():
        add_members(actor, list_id, record_ids)


def only(viewer: Viewer) -> ListRow:
    [found] = lists_for(viewer, Asked())
    return found


def test_list_is_made_from_the_filter_of_an_index_page(alice: Viewer, client_of: SignIn, work: Work) -> None:
    ada = make_contact(alice, "Ada Berg", city="Berlin")
    make_contact(alice, "Bert Holm", city="Rome")
    browser = client_of(alice)
    [save] = [
        link
        for link in page(browser, f"/objects/contacts?filter={BERLIN}").all("a")
        if link.attributes.get("href", "").startswith("/lists/new")
    ]
    form = page(browser, save["href"])
    assert form.one(css="list-meeting").text == "1 contacts"
    data = form.one("form", id="list-form").fields() | {"name": "Berliners", "filter": [BERLIN]}
    made = browser.post("/lists", data=data)
    assert made.location == only(alice).url
    work()
    assert on_list(only(alice).id) == {ada}
    shown = page(browser, only(alice).url)
    assert [row.text for row in shown.one("table").all("th", scope="row")] == ["Ada Berg Preview"]
    assert "1 in all" in shown.text


def test_active_list_without_a_condition_is_refused_and_the_text_stays(alice: Viewer, client_of: SignIn) -> None:
    answer = client_of(alice).post(
        "/lists", data={"object": "contacts", "name": "All", "kind": "active", "visibility": "private"}
    )
    assert answer.status_code == 422
    assert "An active list needs at least one condition." in answer.text
    assert read(answer.text).one("form", id="list-form").fields()["name"] == "All"
    assert lists_for(alice) == []


def test_two_lists_that_name_each_other_are_refused_with_a_clear_line(
    alice: Viewer, client_of: SignIn, work: Work
) -> None:
    one = make_list(alice, "Berliners", BERLIN)
    two = make_list(alice, "Guests", f"list.member:any:{one}")
    data = {"name": "Berliners", "visibility": "private", "filter": [BERLIN, f"list.member:none:{two}"]}
    answer = client_of(alice).post(f"/lists/{one}/edit", data=data)
    assert answer.status_code == 422
    assert "“Guests” asks for the members of this list already" in answer.text
    data["filter"] = [f"list.member:any:{one}"]
    assert "A list cannot ask for its own members." in client_of(alice).post(f"/lists/{one}/edit", data=data).text
    assert get_list(alice, one).filter == (BERLIN,)


def test_twenty_lists_upon_each_other_answer_and_more_are_refused(
    alice: Viewer, client_of: SignIn, work: Work
) -> None:
    ada = make_contact(alice, "Ada", city="Berlin")
    last = make_list(alice, "List 1", BERLIN)
    for number in range(2, 20):
        last = make_list(alice, f"List {number}", f"list.member:any:{last}")
    work()
    assert on_list(last) == {ada}
    data = {"object": "contacts", "kind": "active", "name": "Deep", "visibility": "private"}
    deeper = client_of(alice).post("/lists", data=data | {"filter": f"list.member:any:{last}"})
    assert deeper.status_code == 303
    newest = max(one.id for one in lists_for(alice))
    refused = client_of(alice).post("/lists", data=data | {"filter": f"list.member:any:{newest}"})
    assert (refused.status_code, "more than 20 lists" in refused.text) == (422, True)


def test_list_is_edited_cloned_converted_deleted_and_brought_back(
    alice: Viewer, client_of: SignIn, work: Work
) -> None:
    ada, browser = make_contact(alice, "Ada", city="Berlin"), client_of(alice)
    one = make_list(alice, "Berliners", BERLIN, folder="Cities")
    work()
    form = page(browser, f"/lists/{one}/edit").one("form", id="list-form")
    data = form.fields() | {"name": "People of Berlin", "filter": [BERLIN]}
    assert browser.post(f"/lists/{one}/edit", data=data).location == f"/lists/{one}"
    assert (get_list(alice, one).name, get_list(alice, one).folder) == ("People of Berlin", "Cities")
    stale = browser.post(f"/lists/{one}/edit", data=data)
    assert (stale.status_code, "in the meantime" in stale.text) == (422, True)

    copy = browser.post(f"/lists/{one}/copy").location
    assert page(browser, copy).one("input", name="name")["value"] == "Copy of People of Berlin"
    browser.post(f"/lists/{one}/conversion")
    assert not get_list(alice, one).is_active
    assert on_list(one) == {ada}

    assert browser.post(f"/lists/{one}/deletion").location == "/lists"
    assert browser.get(f"/lists/{one}").status_code == 404
    assert browser.get(f"/records/{ada}").status_code == 200
    browser.post(f"/lists/{one}/restoration")
    assert on_list(one) == {ada}
    assert get_list(alice, one).size == 1


def test_static_list_begins_with_what_a_filter_finds_and_keeps_it(
    alice: Viewer, client_of: SignIn, work: Work
) -> None:
    ada = make_contact(alice, "Ada", city="Berlin")
    data = {"object": "contacts", "kind": "static", "name": "Guests", "visibility": "private", "filter": BERLIN}
    client_of(alice).post("/lists", data=data)
    work()
    make_contact(alice, "Bert", city="Berlin")
    work()
    assert on_list(only(alice).id) == {ada}
    assert not only(alice).is_being_built


def test_testing_a_record_names_the_condition_it_fails(alice: Viewer, client_of: SignIn, work: Work) -> None:
    ada = make_contact(alice, "Ada", city="Berlin", jobtitle="Cook")
    bert = make_contact(alice, "Bert", city="Rome", jobtitle="Cook")
    one = make_list(alice, "Cooks of Berlin", BERLIN, "jobtitle:equal_any:Cook")
    work()
    browser = client_of(alice)
    assert "Meets the filter. It is on the list." in page(browser, f"/lists/{one}/test?record={ada}").text
    failed = page(browser, f"/lists/{one}/test?record={bert}").one(id="list-test")
    assert "Does not meet the filter." in failed.text
    assert [item.text for item in failed.one("ul", css="list-conditions").all("li")] == [
        "Fails: City is equal to any of Berlin"
    ]


def test_rec_14_record_is_added_to_lists_from_its_actions_and_rec_58_the_card_counts_them(
    alice: Viewer, client_of: SignIn, work: Work
) -> None:
    """REC-14, REC-58, DB-42: the number equals the lists that contain the contact, and rises by one."""
    ada, browser = make_contact(alice, "Ada", city="Berlin"), client_of(alice)
    active, static, other = make_list(alice, "Berliners", BERLIN), make_list(alice, "Guests"), make_list(alice, "VIP")
    work()
    url = f"/records/{ada}"
    card = page(browser, url).one(id="card-list_memberships")
    assert card.one("header").one("span", css="count").text == "1"
    assert card.one("ul", css="links").text.startswith("Berliners Active, since")
    tools = browser.get(f"{url}/tools", fragment=True)  # type: ignore[call-arg]
    assert f"{url}/lists" in tools.text
    form = page(browser, f"{url}/lists").one("form", id="record-lists")
    assert [box["value"] for box in form.all("input", name="list")] == [str(static), str(other)]
    browser.post(f"{url}/lists", data={"list": [str(static)]})
    card = page(browser, url).one(id="card-list_memberships")
    assert card.one("header").one("span", css="count").text == "2"
    assert card.one("ul", css="links").links() == [f"/lists/{active}", f"/lists/{static}"]
    browser.post(f"{url}/lists", data={"held": [str(static)], "list": [str(other)]})
    assert (on_list(static), on_list(other)) == (set(), {ada})
    assert browser.post(f"{url}/lists", data={"list": [str(active)]}).status_code == 404


def test_private_list_is_404_to_others_and_a_shared_one_is_read(
    alice: Viewer, bob: Viewer, charlie: Viewer, client_of: SignIn
) -> None:
    private = make_list(bob, "Mine", BERLIN)
    team = make_list(bob, "Ours", BERLIN, visibility="team")
    for who in (alice, charlie):
        assert client_of(who).get(f"/lists/{private}").status_code == 404
        assert "Mine" not in client_of(who).get("/lists").text
    assert [client_of(who).get(f"/lists/{team}").status_code for who in (alice, charlie)] == [200, 404]
    dana_like = client_of(alice)
    assert dana_like.post(f"/lists/{team}/deletion").status_code == 303  # a super admin changes what is shared
    everyones = make_list(bob, "Everybody's", BERLIN, visibility="everyone")
    answer = client_of(charlie).post(f"/lists/{everyones}/deletion")
    assert (answer.status_code, get_list(bob, everyones).name) == (403, "Everybody's")


def test_filter_does_not_tell_of_lists_one_may_not_use(alice: Viewer, bob: Viewer, client_of: SignIn) -> None:
    secret = make_list(alice, "Secret plans", BERLIN)
    answer = client_of(bob).get(f"/objects/contacts?filter=list.member:any:{secret}")
    assert (answer.status_code, "Secret plans" in answer.text) == (422, False)
    answer = client_of(bob).get(f"/lists/new?filter=list.member:any:{secret}")
    assert (answer.status_code, "Secret plans" in answer.text) == (422, False)


def test_members_sizes_and_moments_do_not_depend_on_hidden_records(
    alice: Viewer, bob: Viewer, charlie: Viewer, client_of: SignIn, work: Work
) -> None:
    mine = make_contact(bob, "Mine", city="Berlin")
    shared = make_list(alice, "Berliners", BERLIN, visibility="everyone")
    guests = make_list(alice, "Guests", visibility="everyone")
    add(alice, guests, mine)
    work()
    urls = ["/lists", *(f"/lists/{one}{part}" for one in (shared, guests) for part in ("", "/details", "?q=hid"))]
    urls += ["/objects/contacts?filter=list.member:any:" + str(shared)]
    browser = client_of(bob)
    before = [read(browser.get(url).text).one("main").text for url in urls]
    hidden = make_contact(charlie, "Hidden", city="Berlin")
    add(alice, guests, hidden)
    work()
    assert hidden in on_list(shared) & on_list(guests)
    assert [read(browser.get(url).text).one("main").text for url in urls] == before
    assert "2" in [cell.text for cell in page(client_of(alice), "/lists").all("td", data_label="Size")]


def test_db_33_list_and_view_agree_on_the_same_filter(alice: Viewer, client_of: SignIn, work: Work) -> None:
    for number in range(3):
        make_contact(alice, f"Berliner {number}", city="Berlin")
    make_contact(alice, "Roman", city="Rome")
    one = make_list(alice, "Berliners", BERLIN)
    work()
    browser = client_of(alice)
    view, members = page(browser, f"/objects/contacts?filter={BERLIN}"), page(browser, f"/lists/{one}")
    names = [[row.text for row in each.one("table").all("th", scope="row")] for each in (view, members)]
    assert names[0] == names[1]
    assert len(names[0]) == 3


def test_db_36_lists_ask_for_what_views_do_and_for_membership(alice: Viewer, work: Work) -> None:
    ada, firm = make_contact(alice, "Ada", city="Berlin"), make_company(alice, "Orange")
    static = make_list(alice, "Guests")
    asking = make_list(alice, "Berliners who are guests", BERLIN, f"list.member:any:{static}")
    add(alice, static, ada)
    work()
    assert on_list(asking) == {ada}
    assert firm


def test_db_37_members_are_acted_on_where_records_are(alice: Viewer, client_of: SignIn, work: Work) -> None:
    """All that a selection can do, it does with the members: their number is that of the list."""
    make_contact(alice, "Ada", city="Berlin")
    make_contact(alice, "Bert", city="Rome")
    one = make_list(alice, "Berliners", BERLIN)
    work()
    browser = client_of(alice)
    form = page(browser, f"/lists/{one}").one("form", id="selection")
    fields = form.fields() | {"all": "1", "action": "assign"}
    chosen = browser.get("/objects/contacts/selected", query_string=fields)
    assert chosen.status_code in (200, 403)
    assert fields["filter"] == f"list.member:any:{one}"


@pytest.mark.parametrize("number", [5, 25])
def test_pages_cost_the_same_number_of_queries(alice: Viewer, client_of: SignIn, work: Work, number: int) -> None:
    for place in range(number):
        make_contact(alice, f"Contact {place}", city="Berlin")
        make_list(alice, f"List {place}", visibility="everyone")
    one = make_list(alice, "Berliners", BERLIN)
    work()
    browser = client_of(alice)
    browser.get("/lists")
    browser.get(f"/lists/{one}")
    with count_queries() as index:
        browser.get("/lists")
    with count_queries() as members:
        browser.get(f"/lists/{one}")
    assert len(index) <= 5, index
    assert len(members) <= 8, members


def test_db_42_list_says_where_it_is_used_as_far_as_one_may_know(
    alice: Viewer, bob: Viewer, client_of: SignIn
) -> None:
    static = make_list(alice, "Guests", visibility="everyone")
    asking = make_list(alice, "Guests of Berlin", BERLIN, f"list.member:any:{static}")
    end_read()
    with unit_of_work():
        state = ViewState(filter=(f"list.member:none:{static}",))
        view = create_view(alice, schema().object_type("contact"), "Not yet guests", "everyone", state)
    uses = page(client_of(alice), f"/lists/{static}/details").one(id="uses")
    assert uses.links() == [f"/lists/{asking}", f"/objects/contacts?view={view}"]
    row = page(client_of(alice), "/lists").one("a", href=f"/lists/{static}/details#uses")
    assert row.text == "2 places"
    others = page(client_of(bob), f"/lists/{static}/details").one(id="uses")
    assert others.links() == [f"/objects/contacts?view={view}"]


def test_what_is_written_into_the_form_goes_along_while_the_filter_is_chosen(
    alice: Viewer, client_of: SignIn
) -> None:
    """Without scripts, and after a refusal."""
    browser = client_of(alice)
    written = {"object": "contacts", "name": "Berliners", "kind": "static", "visibility": "team", "folder": "Cities"}
    asked = browser.post("/lists", data=written | {"filtering": "new-0"})
    form = page(browser, asked.location).one("form", id="filter-form")
    chosen = form.fields() | {"filter-property": "city", "filter-apply": "1"}
    form = read(browser.get(form["action"], query_string=chosen).text).one("form", id="filter-form")
    chosen = form.fields() | {"filter-value": "Berlin", "filter-apply": "1"}
    applied = browser.get(form["action"], query_string=chosen)
    shown = page(browser, applied.location).one("form", id="list-form").fields()
    assert {name: shown[name] for name in written} == written
    assert page(browser, applied.location).one("input", name="filter", form="list-form")["value"] == BERLIN
    refused = read(browser.post("/lists", data=written | {"kind": "active"}).text)
    again = page(browser, refused.one("a", id="filter-new")["href"]).one("form", id="list-form")
    assert again.fields()["name"] == "Berliners"
    one = make_list(alice, "Romans", BERLIN)
    asked = browser.post(f"/lists/{one}/edit", data=written | {"filtering": "0"})
    assert page(browser, asked.location).one("form", id="list-form").fields()["name"] == "Berliners"


def test_circle_does_not_tell_the_name_of_a_list_one_may_not_use(
    alice: Viewer, bob: Viewer, client_of: SignIn, work: Work
) -> None:
    mine = make_list(bob, "Mine", BERLIN, visibility="everyone")
    secret = make_list(alice, "Secret plans", f"list.member:any:{mine}")
    shared = make_list(alice, "Shared", f"list.member:any:{secret}", visibility="everyone")
    data = {"name": "Mine", "visibility": "everyone", "filter": [f"list.member:any:{shared}"]}
    answer = client_of(bob).post(f"/lists/{mine}/edit", data=data)
    assert (answer.status_code, "Secret plans" in answer.text) == (422, False)
    assert "Another list asks for the members of this list already" in answer.text
