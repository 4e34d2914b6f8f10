"""E-mail addresses of a contact, domains of a company: add, replace, set primary, delete (SPEC 1.2)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.db import end_read
from crm.permissions.viewer import Viewer
from crm.records.queries import get_record
from tests.factories import make_company, make_contact, make_deal
from tests.support.html import Element, read

MORE = "hs_additional_emails"


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    """Bob's browser."""
    return client_of(bob)


@pytest.fixture
def ada(bob: Viewer) -> int:
    """A contact with three addresses."""
    return make_contact(bob, "Ada Berg", email="a@x.example", **{MORE: "b@x.example;c@x.example"})


def stored(viewer: Viewer, record_id: int) -> tuple[str | None, str | None]:
    end_read()
    values = get_record(viewer, record_id).values
    return values["email"], values[MORE]


@pytest.mark.parametrize(
    ("sent", "primary", "additional"),
    [
        ({"action": "add", "typed": " D@x.example "}, "a@x.example", "b@x.example;c@x.example;d@x.example"),
        (
            {"action": "replace", "address": "b@x.example", "typed": "n@x.example"},
            "a@x.example",
            "n@x.example;c@x.example",
        ),
        (
            {"action": "replace", "address": "a@x.example", "typed": "n@x.example"},
            "n@x.example",
            "b@x.example;c@x.example",
        ),
        ({"action": "primary", "address": "c@x.example"}, "c@x.example", "a@x.example;b@x.example"),
        ({"action": "delete", "address": "b@x.example"}, "a@x.example", "c@x.example"),
        ({"action": "delete", "address": "a@x.example"}, "b@x.example", "c@x.example"),
    ],
)
def test_what_can_be_done_with_an_address(
    browser: FlaskClient, bob: Viewer, ada: int, sent: dict[str, str], primary: str, additional: str
) -> None:
    answer = browser.post(f"/records/{ada}/addresses", data=sent)
    assert (answer.status_code, answer.location) == (303, f"/records/{ada}/addresses")
    assert stored(bob, ada) == (primary, additional)


def test_the_fragment_tells_what_changed(browser: FlaskClient, ada: int) -> None:
    sent = {"action": "primary", "address": "c@x.example"}
    answer = browser.post(f"/records/{ada}/addresses", data=sent, fragment=True)
    assert answer.headers["HX-Trigger"] == "record-updated, email-changed, hs_additional_emails-changed"
    first = read(answer.text).all("li", css="address")[0]
    assert first.one("a").text == "c@x.example"
    assert first.one("span", css="badge").text == "Primary"


def test_the_first_one_is_primary_and_the_last_one_can_go(browser: FlaskClient, bob: Viewer) -> None:
    contact = make_contact(bob, email=None)
    browser.post(f"/records/{contact}/addresses", data={"action": "add", "typed": "a@x.example"})
    assert stored(bob, contact) == ("a@x.example", None)
    browser.post(f"/records/{contact}/addresses", data={"action": "delete", "address": "a@x.example"})
    assert stored(bob, contact) == (None, None)


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"action": "add", "typed": ""}, "Write one here."),
        ({"action": "add", "typed": "no address"}, "“no address” is not an e-mail address"),
        ({"action": "add", "typed": "B@x.example"}, "This record has b@x.example already."),
        ({"action": "add", "typed": "olga@x.example"}, "Olga Zanz already has olga@x.example."),
        (
            {"action": "replace", "address": "a@x.example", "typed": "olga@x.example"},
            "Olga Zanz already has this Email.",
        ),
        (
            {"action": "replace", "address": "b@x.example", "typed": "a@x.example"},
            "This record has a@x.example already.",
        ),
        ({"action": "delete", "address": "gone@x.example"}, "gone@x.example is no longer here"),
        ({"action": "primary", "address": ""}, "is no longer here"),
        ({"action": "sing"}, "This cannot be done"),
        ({}, "This cannot be done"),
    ],
)
def test_what_cannot_be_taken_is_said_and_changes_nothing(
    browser: FlaskClient, bob: Viewer, ada: int, sent: dict[str, str], message: str
) -> None:
    make_contact(bob, "Olga Zanz", email="olga@x.example")
    before = stored(bob, ada)
    answer = browser.post(f"/records/{ada}/addresses", data=sent, fragment=True)
    assert answer.status_code == 422
    assert stored(bob, ada) == before
    if sent.get("address") in (None, "a@x.example", "b@x.example"):
        error = read(answer.text).one("p", css="field-error")
        assert message in error.text
        typed = [one["value"] for one in read(answer.text).all("input", name="typed")]
        assert sent.get("typed", "") in typed


def test_a_hidden_holder_of_an_address_is_not_named(browser: FlaskClient, charlie: Viewer, ada: int) -> None:
    make_contact(charlie, "Olga Zanz", email="olga@x.example")
    answer = browser.post(f"/records/{ada}/addresses", data={"action": "add", "typed": "olga@x.example"}, fragment=True)
    assert read(answer.text).one("p", css="field-error").text == "Another record already has olga@x.example."
    assert "Olga" not in answer.text


def test_domains_of_a_company(browser: FlaskClient, bob: Viewer) -> None:
    orange = make_company(bob, "Orange Inc", domain="orange.example")
    browser.post(f"/records/{orange}/addresses", data={"action": "add", "typed": "https://www.fruit.example/about"})
    browser.post(f"/records/{orange}/addresses", data={"action": "primary", "address": "fruit.example"})
    end_read()
    values = get_record(bob, orange).values
    assert (values["domain"], values["hs_additional_domains"]) == ("fruit.example", "orange.example")


def test_only_contacts_and_companies_have_addresses(browser: FlaskClient, bob: Viewer) -> None:
    assert browser.get(f"/records/{make_deal(bob)}/addresses").status_code == 404


def test_who_may_not_edit_the_record_opens_no_addresses(
    client_of: Callable[[Viewer], FlaskClient], dana: Viewer, charlie: Viewer, ada: int
) -> None:
    assert client_of(dana).get(f"/records/{ada}/addresses").status_code == 403
    assert client_of(charlie).get(f"/records/{ada}/addresses").status_code == 404


def about(browser: FlaskClient, record_id: int) -> Element:
    return read(browser.get(f"/records/{record_id}?tab=overview").text).one(id="property-email")


def test_the_card_shows_all_addresses_and_a_click_on_the_value_opens_them(
    client_of: Callable[[Viewer], FlaskClient], browser: FlaskClient, dana: Viewer, ada: int
) -> None:
    value = about(browser, ada)
    assert value.one("p", css="property-more").text == "b@x.example, c@x.example"
    assert value.one(id="addresses-email")["href"] == f"/records/{ada}/addresses"
    seen = about(client_of(dana), ada)
    assert seen.one("p", css="property-more").text == "b@x.example, c@x.example"
    assert f"/records/{ada}/addresses" not in seen.links()
