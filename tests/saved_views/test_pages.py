"""Views on the index page: saving, changing, sharing and arranging them, with and without scripts (SPEC 5.1, 5.3)."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient

from crm.db import end_read, unit_of_work
from crm.objects.archiving import archive_property
from crm.objects.properties import create_property
from crm.objects.queries import schema
from crm.objects.registry import property_uses
from crm.permissions.viewer import Viewer
from crm.saved_views.queries import get_view, views_for
from crm.saved_views.uses import needing_option, needing_property
from crm.saved_views.view import SavedView
from tests.factories import make_contact
from tests.support.html import read
from tests.support.queries import count_queries

HERE = "/objects/contacts"
CHANGED = f"{HERE}?view=all&filter=city:equal_any:Oslo&sort=city&direction=desc&columns=city,email"
SignIn = Callable[[Viewer], FlaskClient]


@pytest.fixture
def browser(client_of: SignIn, alice: Viewer) -> FlaskClient:
    """Alice's browser."""
    make_contact(alice, "Ada", city="Oslo")
    make_contact(alice, "Ben", city="Rome")
    return client_of(alice)


def newest(person: Viewer) -> SavedView:
    return max(views_for(person, schema().object_type("contact")), key=lambda view: view.id)


def save_as(
    browser: FlaskClient, person: Viewer, name: str = "Oslo", visibility: str = "private", at: str = CHANGED
) -> str:
    """Press "Save as new" on a page, as a browser without scripts does; answers the key of the view."""
    link = read(browser.get(at).text).one("a", id="save-view-as")["href"]
    form = read(browser.get(link).text).one("form", id="new-view")
    hidden = form.all("input", type="hidden")
    sent = [(field["name"], field["value"]) for field in hidden if field["name"] != "csrf_token"]
    answer = browser.post(form["action"], data=_many([*sent, ("name", name), ("visibility", visibility)]))
    assert answer.status_code == 303, answer.text
    key = newest(person).key
    assert answer.headers["Location"] == f"{HERE}?view={key}"
    return key


def _many(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def shown(browser: FlaskClient, address: str) -> tuple[list[str], list[str]]:
    """The heads of the table, and the names in it."""
    page = read(browser.get(address).text)
    names = [row.one("div", css="table-name").all("a")[0].text for row in page.one("tbody").all("tr")]
    return [head.text for head in page.all("th", scope="col")], names


def tabs_on(browser: FlaskClient, address: str = HERE) -> list[str]:
    return [tab.text for tab in read(browser.get(address).text).all("a", css="tab")]


def test_db_22_saved_view_restores_filters_sort_columns(browser: FlaskClient, alice: Viewer) -> None:
    make_contact(alice, "Cid", city="oslo ")
    before = shown(browser, CHANGED)
    assert before[0] == ["Name", "City", "Email"]
    assert sorted(before[1]) == ["Ada", "Cid"]
    key = save_as(browser, alice)
    assert shown(browser, f"{HERE}?view={key}") == before
    state = newest(alice).state
    assert (state.filter, state.sort, state.direction) == (("city:equal_any:Oslo",), "city", "desc")
    assert state.columns == ("city", "email")


def test_db_35_saved_views_are_tabs_above_the_records(browser: FlaskClient, alice: Viewer) -> None:
    key = save_as(browser, alice)
    assert tabs_on(browser) == ["All contacts", "My contacts", "Unassigned", "Recently created", "Oslo"]
    page = read(browser.get(f"{HERE}?view={key}").text)
    assert page.one("a", id=f"view-{key}")["aria-current"] == "page"
    browser.post(f"{HERE}/views/tabs", data={"then": "bar", "tab": [key, "all", "my", "unassigned", "recent"]})
    assert tabs_on(browser)[0] == "Oslo"
    assert shown(browser, HERE)[1] == ["Ada"]


def test_what_is_not_saved_is_marked_in_the_page_and_in_the_fragment(browser: FlaskClient, alice: Viewer) -> None:
    key = save_as(browser, alice)
    view = f"{HERE}?view={key}"
    for fragment in (False, True):
        assert "view-changed" not in browser.get(view, fragment=fragment).text
        changed = read(browser.get(f"{view}&sort=email", fragment=fragment).text)
        assert "Unsaved changes" in changed.one("div", id="view-changed").text
        assert changed.one("a", id="reset-view")["href"] == view
    standard = browser.get(f"{HERE}?view=my&sort=email").text
    assert "save-view-as" in standard
    assert 'id="save-view"' not in standard


def test_saving_over_a_view_keeps_what_the_page_shows(browser: FlaskClient, alice: Viewer) -> None:
    key = save_as(browser, alice)
    answer = press_save(browser, key, f"{HERE}?view={key}&filter=&sort=email")
    assert answer == f"{HERE}?view={key}"
    assert sorted(shown(browser, answer)[1]) == ["Ada", "Ben"]
    assert newest(alice).state.sort == "email"
    assert newest(alice).version == 2


def press_save(browser: FlaskClient, key: str, at: str) -> str:
    """Press "Save" on a page and answer where that leads."""
    return send_save(browser, *saving(browser, key, at))


def saving(browser: FlaskClient, key: str, at: str) -> tuple[str, dict[str, list[str]]]:
    """What the form "Save" of a page would send."""
    page = read(browser.get(at).text)
    form = next(form for form in page.all("form") if form["action"].endswith(f"/views/{key}/state"))
    fields = [(field["name"], field["value"]) for field in form.all("input") if field["name"] != "csrf_token"]
    return form["action"], _many(fields)


def send_save(browser: FlaskClient, action: str, fields: dict[str, list[str]]) -> str:
    answer = browser.post(action, data=fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_saving_over_a_newer_change_shows_both_and_saves_nothing(
    browser: FlaskClient, client_of: SignIn, alice: Viewer, bob: Viewer
) -> None:
    key = save_as(client_of(bob), bob, visibility="everyone")
    mine = saving(browser, key, f"{HERE}?view={key}&sort=email&direction=asc")
    press_save(client_of(bob), key, f"{HERE}?view={key}&filter=city:equal_any:Rome")
    unsorted = saving(browser, key, f"{HERE}?view={key}&columns=email")[1]
    assert "sort" not in unsorted
    after = send_save(browser, *mine)
    page = browser.get(after)
    assert "Bob Stone changed this view in the meantime" in page.text
    assert dict(parse_qsl(urlsplit(after).query))["sort"] == "email"
    assert (newest(bob).state.filter, newest(bob).state.sort) == (("city:equal_any:Rome",), "city")
    press_save(browser, key, after)
    assert (newest(bob).state.filter, newest(bob).state.sort) == (("city:equal_any:Rome",), "email")


def test_a_view_is_renamed_shared_cloned_and_deleted_with_a_way_back(
    browser: FlaskClient, client_of: SignIn, alice: Viewer, bob: Viewer
) -> None:
    key = save_as(browser, alice)
    own = f"{HERE}/views/{key}"
    assert browser.post(f"{own}/name", data={"name": "Norway"}).status_code == 303
    refused = browser.post(f"{own}/name", data={"name": " "}, fragment=True)
    assert (refused.status_code, "Give it a name" in refused.text) == (422, True)
    assert client_of(bob).get(f"{HERE}?view={key}").status_code == 404
    assert browser.post(f"{own}/sharing", data={"visibility": "team"}).status_code == 303
    assert client_of(bob).get(f"{HERE}?view={key}").status_code == 200
    form = read(browser.get(f"{HERE}/views/new?view={key}&copy=1").text).one("form", id="new-view")
    assert form.one("input", id="name")["value"] == "Copy of Norway"
    answer = browser.post(f"{own}/deletion", follow_redirects=True)
    assert "The view “Norway” is deleted" in answer.text
    assert "Norway" not in tabs_on(browser)
    gone = browser.get(f"{HERE}?view={key}")
    assert (gone.status_code, "Go to contacts" in gone.text) == (404, True)
    browser.post(f"{own}/restoration")
    assert "Norway" in tabs_on(browser)


def test_views_of_others_are_hidden_and_what_one_may_not_change_stays(
    browser: FlaskClient, client_of: SignIn, alice: Viewer, bob: Viewer
) -> None:
    private, shared = save_as(browser, alice, "Secret"), save_as(browser, alice, "Known", "everyone")
    others = client_of(bob)
    assert "Secret" not in others.get(f"{HERE}/views").text + others.get(f"{HERE}/views/tabs").text
    for place in ("name", "sharing"):
        assert others.get(f"{HERE}/views/{private}/{place}").status_code == 404
        assert others.get(f"{HERE}/views/{shared}/{place}").status_code == 403
    for place in ("name", "sharing", "deletion", "state"):
        assert others.post(f"{HERE}/views/{private}/{place}").status_code == 404
        assert others.post(f"{HERE}/views/{shared}/{place}").status_code == 403
    assert others.post(f"{HERE}/views/tabs", data={"add": private}).status_code == 404
    assert others.get(f"/objects/companies?view={shared}").status_code == 404
    assert get_view(alice, schema().object_type("contact"), int(shared)).version == 1


def test_all_views_are_listed_found_and_taken_as_tabs(
    browser: FlaskClient, client_of: SignIn, alice: Viewer, bob: Viewer
) -> None:
    key = save_as(browser, alice, "Norway", "everyone")
    others = client_of(bob)
    page = read(others.get(f"{HERE}/views").text)
    row = page.one("li", id=f"row-{key}")
    assert "Alice Berg" in row.text
    assert "Everybody" in row.text
    assert "Delete" not in row.text
    assert "Norway" not in others.get(f"{HERE}/views?q=sweden").text
    assert "Norway" in others.get(f"{HERE}/views?q=NORW", fragment=True).text
    others.post(f"{HERE}/views/tabs", data={"then": "views", "add": key})
    assert tabs_on(others)[-1] == "Norway"
    others.post(f"{HERE}/views/tabs", data={"then": "page", "without": key})
    assert "Norway" not in tabs_on(others)
    assert tabs_on(others, f"{HERE}?view={key}")[-1] == "Norway"


def test_tabs_are_arranged_by_buttons(browser: FlaskClient) -> None:
    form = browser.post(f"{HERE}/views/tabs", data={"down": "all"}, fragment=True)
    names = [row.text for row in read(form.text).all("span", css="order-name")]
    assert names[:2] == ["My contacts", "All contacts"]
    assert "As everybody has them" in form.text
    there = {"HX-Current-URL": f"http://localhost{CHANGED}"}
    form = browser.post(f"{HERE}/views/tabs", data={"up": "all"}, fragment=True, headers=there)
    assert read(form.text).one("a", id="tabs-done")["href"] == CHANGED
    for url in ("https://evil.example//evil.example/", "javascript:alert(1)", "http://[", ""):
        form = browser.get(f"{HERE}/views/tabs", fragment=True, headers={"HX-Current-URL": url})
        assert read(form.text).one("a", id="tabs-done")["href"] == HERE
    for key in ("my", "unassigned", "recent"):
        browser.post(f"{HERE}/views/tabs", data={"without": key})
    assert tabs_on(browser) == ["All contacts"]
    assert browser.post(f"{HERE}/views/tabs", data={"without": "all"}).status_code == 422
    browser.post(f"{HERE}/views/tabs", data={"reset": "1"})
    assert len(tabs_on(browser)) == 4


def test_a_view_keeps_its_shape_and_what_that_needs(browser: FlaskClient, alice: Viewer) -> None:
    deals = "/objects/deals"
    link = read(browser.get(f"{deals}?mode=board&pipeline=all").text).one("a", id="save-view-as")["href"]
    sent = _many(parse_qsl(urlsplit(link).query))
    browser.post(f"{deals}/views", data=sent | {"name": ["Board"], "visibility": ["private"]})
    view = max(views_for(alice, schema().object_type("deal")), key=lambda one: one.id)
    assert (view.state.mode, view.state.options) == ("board", {"pipeline": "all"})
    page = browser.get(f"{deals}?view={view.key}")
    assert (page.status_code, "view-changed" in page.text) == (200, False)


def test_a_view_whose_filter_means_nothing_opens_with_its_mark_and_shows_nobody(
    browser: FlaskClient, alice: Viewer
) -> None:
    key = save_as(browser, alice, at=f"{HERE}?view=all&filter=nonsense:any:x&sort=email")
    page = browser.get(f"{HERE}?view={key}")
    assert (page.status_code, "This filter means nothing here" in page.text) == (422, True)


def test_an_index_page_with_saved_views_costs_at_most_eight_queries(browser: FlaskClient, alice: Viewer) -> None:
    key = save_as(browser, alice)
    counts = []
    for rows in (5, 50):
        for number in range(rows):
            make_contact(alice, f"Person {number}", city="Oslo")
        browser.get(f"{HERE}?view={key}")
        with count_queries() as queries:
            assert browser.get(f"{HERE}?view={key}&sort=email").status_code == 200
        assert len(queries) <= 8, queries
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("key", ["0", "-1", "99999999999999999999", "1.5", "٣", "all,my", "%00", "1 or 1=1"])
def test_nonsense_for_a_view_is_404(browser: FlaskClient, key: str) -> None:
    assert browser.get(f"{HERE}?view={key}").status_code == 404


def test_a_super_admin_chooses_the_tabs_of_everybody(
    browser: FlaskClient, client_of: SignIn, alice: Viewer, bob: Viewer
) -> None:
    key, private = save_as(browser, alice, "Known", "everyone"), save_as(browser, alice, "Secret")
    here = "/settings/objects/contacts/tabs"
    page = browser.get(here).text
    assert "Known" in page
    assert "Secret" not in page
    assert browser.post(here, data={"tab": ["all", "my"], "add": private}).status_code == 303
    assert browser.post(here, data={"tab": ["all", "my"], "add": key}).status_code == 303
    assert browser.post(here, data={"tab": ["all", "my", key], "up": key}, fragment=True).status_code == 200
    assert tabs_on(client_of(bob)) == ["All contacts", "Known", "My contacts"]
    assert browser.post(here, data={"tab": ["all"], "without": "all"}).status_code == 422
    browser.post(here, data={"reset": "1"})
    assert len(tabs_on(client_of(bob))) == 4
    assert client_of(bob).get(here).status_code == 403


def test_what_a_shared_view_needs_is_not_taken_from_under_it(browser: FlaskClient, alice: Viewer) -> None:
    kind = schema().object_type("contact")
    save_as(browser, alice, "Secret", at=f"{HERE}?view=all&filter=lifecyclestage:any:lead")
    assert list(needing_property(kind, kind.property("lifecyclestage"))) == []
    save_as(browser, alice, "Known", "everyone", f"{HERE}?view=all&filter=lifecyclestage:any:lead&sort=city")
    places = property_uses.get("saved_views")
    assert places is not None
    for name in ("lifecyclestage", "city", "email"):
        told = [str(use.text) for use in places.find(kind, kind.property(name))]
        assert told == ["The view “Known” of Contacts"], name
    assert list(needing_property(kind, kind.property("jobtitle"))) == []
    save_as(browser, alice, "Whispered", "team", f"{HERE}?view=all&filter=jobtitle:known")
    told = [str(use.text) for use in places.find(kind, kind.property("jobtitle"))]
    assert told == ["A view of Contacts that is shared with the team North"]
    stage = kind.property("lifecyclestage")
    assert [len(list(needing_option(kind, stage, value))) for value in ("lead", "other")] == [1, 0]
    save_as(browser, alice, "Near", "everyone", f"{HERE}?view=all&filter=associated.company.city:equal_any:Oslo")
    company = schema().object_type("company")
    assert [view.name for view in needing_property(company, company.property("city"))] == ["Near"]


def test_all_that_match_is_what_the_view_said_as_they_were_looked_at(
    browser: FlaskClient, client_of: SignIn, alice: Viewer, bob: Viewer
) -> None:
    for number in range(30):
        make_contact(alice, f"Person {number}", city="Oslo")
    key = save_as(client_of(bob), bob, visibility="everyone")
    page = read(browser.get(f"{HERE}?view={key}").text).one("form", id="selection")
    sent = {field["name"]: field["value"] for field in page.all("input", type="hidden")} | {"all": "1"}
    form = browser.get(f"{HERE}/selected", query_string=sent | {"action": "delete"})
    asked = read(form.text).one("section", id="selected").all("input", type="hidden")
    wanted = {field["name"]: field["value"] for field in asked}
    assert "All 31 that match" in form.text
    press_save(client_of(bob), key, f"{HERE}?view={key}&filter=city:equal_any:Rome")
    late = browser.get(f"{HERE}/selected", query_string=sent | {"action": "delete"})
    answer = browser.post(f"{HERE}/selected", data=wanted)
    assert "Somebody changed this view in the meantime" in late.text
    assert (answer.status_code, "Somebody changed this view in the meantime" in answer.text) == (422, True)
    assert shown(browser, f"{HERE}?view={key}")[1] == ["Ben"]


def test_a_view_sorted_by_a_property_that_is_gone_opens_in_the_usual_order(browser: FlaskClient, alice: Viewer) -> None:
    end_read()
    with unit_of_work():
        group = schema().object_type("contact").property("city").group
        weight = create_property("contact", "Weight", "number", group).name
    key = save_as(browser, alice, at=f"{HERE}?view=all&sort={weight}&columns={weight},city")
    browser.post(f"{HERE}/views/tabs", data={"then": "bar", "tab": [key]})
    end_read()
    with unit_of_work():
        archive_property(alice, "contact", weight)
    page = browser.get(HERE)
    assert (page.status_code, "view-changed" in page.text) == (200, False)
    assert shown(browser, HERE) == (["Name", "City"], ["Ben", "Ada"])


def test_a_tab_too_many_is_told_where_somebody_stands(
    browser: FlaskClient, alice: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = save_as(browser, alice)
    browser.post(f"{HERE}/views/tabs", data={"then": "page", "without": key})
    monkeypatch.setattr("crm.saved_views.tabs.MOST_TABS", 4)
    for then in ("page", "views"):
        answer = browser.post(f"{HERE}/views/tabs", data={"then": then, "add": key}, follow_redirects=True)
        assert (answer.status_code, "At most 4 tabs." in answer.text) == (200, True)
    assert len(tabs_on(browser)) == 4
