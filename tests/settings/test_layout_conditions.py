"""Quick filters of an association table are put together by clicks in the editor of layouts (SPEC 1.6, 1.7)."""

from collections.abc import Callable

from flask.testing import FlaskClient

from crm.permissions.viewer import Viewer
from tests.factories import make_contact, make_deal, relate
from tests.support.html import read

ClientOf = Callable[[Viewer], FlaskClient]
HERE = "/settings/objects/contacts/layouts/default"
CARD = f"{HERE}/cards/table-deals"
AMOUNT = "amount:greater:500"


def test_a_quick_filter_is_added_in_steps_and_taken_away(client_of: ClientOf, alice: Viewer) -> None:
    browser = client_of(alice)
    form = read(browser.get(CARD).text).one("form", css="form").fields()
    asked = browser.post(CARD, data=form | {"act": "condition:filters"})
    assert asked.headers["Location"] == f"{CARD}/conditions/filters"
    page = read(browser.get(asked.headers["Location"]).text).one("form", id="filter-form")
    data = page.fields() | {"filter-property": "amount", "filter-apply": "1"}
    page = read(browser.post(page["action"], data=data).text).one("form", id="filter-form")
    data = page.fields() | {"filter-operator": "greater"}
    page = read(browser.post(page["action"], data=data).text).one("form", id="filter-form")
    wrong = browser.post(page["action"], data=page.fields() | {"filter-value": "much", "filter-apply": "1"})
    assert wrong.status_code == 422
    assert read(wrong.text).one("form", id="filter-form").fields()["filter-value"] == "much"
    done = browser.post(page["action"], data=page.fields() | {"filter-value": "500", "filter-apply": "1"})
    assert (done.status_code, done.headers["Location"]) == (303, f"{CARD}#setting-filters")
    settings = read(browser.get(CARD).text).one("fieldset", id="setting-filters")
    assert [one.text for one in settings.all("label")] == ["Amount is greater than $500.00"]
    assert settings.one("input")["value"] == AMOUNT
    assert browser.post(f"{HERE}/draft/save").status_code == 303
    contact = make_contact(alice)
    relate(alice, contact, make_deal(alice))
    shown = read(browser.get(f"/records/{contact}/cards/table-deals", fragment=True).text)
    assert shown.one("div", css="chips").text == "Amount is greater than $500.00"
    form = read(browser.get(CARD).text).one("form", css="form").fields()
    assert browser.post(CARD, data={name: value for name, value in form.items() if value != AMOUNT}).status_code == 303
    assert read(browser.get(CARD).text).one("fieldset", id="setting-filters").all("label") == []


def test_what_has_no_conditions_has_no_such_page(client_of: ClientOf, alice: Viewer, bob: Viewer) -> None:
    browser = client_of(alice)
    assert browser.get(f"{CARD}/conditions/properties").status_code == 404
    assert browser.get(f"{HERE}/cards/highlights/conditions/filters").status_code == 404
    assert browser.post(f"{CARD}/conditions/filters", data={}).status_code == 200
    assert client_of(bob).get(f"{CARD}/conditions/filters").status_code == 403
