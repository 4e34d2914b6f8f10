"""Values of a table written where they stand (SPEC 5.1, DB-25)."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from crm.permissions.viewer import Viewer
from crm.records.history import changes_of
from crm.records.queries import get_record
from tests.factories import make_contact
from tests.support.html import Element, read

IN_TABLE = {"from": "table"}


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    return client_of(bob)


def opened(browser: FlaskClient, contact: int, name: str) -> Element:
    """The form that the cell of a table opens."""
    return read(browser.get(f"/records/{contact}/properties/{name}/edit?from=table", fragment=True).text)


def test_db_25_value_is_edited_in_its_cell_and_taken_back(browser: FlaskClient, bob: Viewer) -> None:
    contact = make_contact(bob, "Ada Berg", jobtitle="Buyer")
    form = opened(browser, contact, "jobtitle").one("form")
    sent = form.fields() | {"jobtitle": "Boss"}
    answer = browser.post(form["action"], data=sent, fragment=True)
    assert answer.status_code == 200
    page = read(answer.text)
    assert page.one("span", css="cell").text == "Boss"
    change = changes_of(contact, "jobtitle", limit=1)[0]
    assert (change.old, change.new, change.actor_id) == ("Buyer", "Boss", bob.user_id)
    undo = page.one("div", css="toast").one("form")
    before = "/objects/contacts?columns=jobtitle"
    back = browser.post(undo["action"], headers={"Referer": f"http://localhost{before}"})
    assert (back.status_code, back.location) == (303, before)
    assert get_record(bob, contact).values["jobtitle"] == "Buyer"
    again = browser.post(undo["action"], headers={"Referer": "https://elsewhere.example/objects/deals?x"})
    assert again.status_code in (409, 422)


def test_what_cannot_be_taken_is_said_in_the_cell(browser: FlaskClient, bob: Viewer) -> None:
    contact = make_contact(bob, "Ada Berg", email="ada@example.com")
    form = opened(browser, contact, "email").one("form")
    answer = browser.post(form["action"], data=form.fields() | {"email": "no address"}, fragment=True)
    assert answer.status_code == 422
    field = read(answer.text).one("input", name="email")
    assert (field["value"], field["aria-invalid"]) == ("no address", "true")
    assert get_record(bob, contact).values["email"] == "ada@example.com"


def test_who_wrote_meanwhile_is_asked_about(browser: FlaskClient, bob: Viewer) -> None:
    contact = make_contact(bob, "Ada Berg", jobtitle="Buyer")
    mine, theirs = (opened(browser, contact, "jobtitle").one("form") for _ in range(2))
    browser.post(theirs["action"], data=theirs.fields() | {"jobtitle": "Theirs"}, fragment=True)
    answer = browser.post(mine["action"], data=mine.fields() | {"jobtitle": "Mine"}, fragment=True)
    assert answer.status_code == 409
    conflict = read(answer.text)
    assert conflict.one("div", id=f"property-cell-{contact}-jobtitle")
    for text in ("Buyer", "Theirs", "Mine"):
        assert text in conflict.text


def test_many_cells_of_a_table_never_share_an_id(browser: FlaskClient, bob: Viewer) -> None:
    forms = [opened(browser, make_contact(bob, name), "jobtitle") for name in ("Ada Berg", "Eva Lund")]
    ids = [element["id"] for form in forms for element in form.walk() if "id" in element]
    assert len(ids) == len(set(ids)) > 2


def test_only_cells_that_may_be_written_offer_it(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, dana: Viewer
) -> None:
    contact = make_contact(bob, "Ada Berg")
    chosen = "/objects/contacts?columns=jobtitle,createdate,company.city"
    for viewer, locked in ((bob, False), (dana, True)):
        table = read(client_of(viewer).get(chosen).text).one("table")
        heads = {one["data-column"]: "data-editable" in one for one in table.one("thead").all("th")}
        assert heads == {"firstname": False, "jobtitle": True, "createdate": False, "company.city": False}
        assert ["data-locked" in row for row in table.one("tbody").all("tr")] == [locked]
    path = f"/records/{contact}/properties/jobtitle"
    assert client_of(dana).get(f"{path}/edit?from=table", fragment=True).status_code == 403
    assert client_of(dana).post(path, data=IN_TABLE | {"version": "1", "jobtitle": "X"}).status_code == 403


def test_without_scripts_the_form_is_a_page_that_leads_back(browser: FlaskClient, bob: Viewer) -> None:
    contact = make_contact(bob, "Ada Berg")
    page = read(browser.get(f"/records/{contact}/properties/jobtitle/edit?from=table").text)
    form = page.one("form", css="property-form")
    answer = browser.post(form["action"], data=form.fields() | {"jobtitle": "Boss"})
    assert (answer.status_code, urlsplit(answer.location).path) == (303, "/objects/contacts")
    assert get_record(bob, contact).values["jobtitle"] == "Boss"
