"""The activity buttons: everybody's own order, and those that reach nobody are off (SPEC 1.4, REC-15)."""

from collections.abc import Callable

from flask.testing import FlaskClient

from crm.permissions.viewer import Viewer
from tests.factories import make_company, make_contact, make_deal
from tests.support.html import Element, read

ClientOf = Callable[[Viewer], FlaskClient]
USUAL = ["Note", "Email", "Call", "Task", "Meeting", "LinkedIn message", "SMS", "WhatsApp message", "Postal mail"]


def nav(browser: FlaskClient, record_id: int) -> Element:
    return read(browser.get(f"/records/{record_id}").text).one("nav", id="activity-buttons")


def row(browser: FlaskClient, record_id: int) -> list[str]:
    return [one.text for one in nav(browser, record_id).all("a", css="kind")]


def order(browser: FlaskClient, record_id: int) -> list[str]:
    form = read(browser.get(f"/records/{record_id}/buttons/order").text).one("form", id="button-order")
    return [one.text for one in form.all("span", css="order-name")]


def move(browser: FlaskClient, record_id: int, **moved: str):
    form = read(browser.get(f"/records/{record_id}/buttons/order").text).one("form", id="button-order")
    kinds = [one["value"] for one in form.all("input", name="kind")]
    return browser.post(form["action"], data={"kind": kinds, **moved})


def test_rec_15_the_buttons_stand_in_everybodys_own_order_on_all_pages_of_the_object(
    client_of: ClientOf, bob: Viewer, alice: Viewer
) -> None:
    browser, contact, other = client_of(bob), make_contact(bob, phone="+4722334455"), make_contact(bob)
    deal = make_deal(bob)
    assert order(browser, contact) == USUAL
    assert move(browser, contact, up="call").headers["Location"] == f"/records/{contact}/buttons/order"
    assert move(browser, contact, down="note").status_code == 303
    assert order(browser, other)[:3] == ["Call", "Note", "Email"]
    for _ in range(3):
        move(browser, other, up="sms")
    assert row(browser, contact) == ["Call", "Note", "Email", "SMS", "Task"]
    menu = [one.text for one in nav(browser, contact).one("div", css="menu-list").all("a")]
    assert menu[0] == "Log a meeting"
    assert (order(browser, deal), order(client_of(alice), contact)) == (USUAL, USUAL)
    dragged = browser.post(f"/records/{contact}/buttons/order", data={"kind": ["task", "note"]}, fragment=True)
    assert dragged.headers["HX-Trigger"] == "buttons-changed"
    assert order(browser, contact)[:3] == ["Task", "Note", "Email"]
    move(browser, contact, reset="1")
    assert order(browser, contact) == USUAL
    for wrong in ({"kind": "smoke"}, {"kind": "note", "up": "task"}, {"up": "smoke"}):
        assert browser.post(f"/records/{contact}/buttons/order", data=wrong).status_code == 400


def test_email_and_call_are_off_with_a_reason_where_nobody_can_be_reached_and_stay_in_the_menu(
    client_of: ClientOf, bob: Viewer
) -> None:
    browser = client_of(bob)
    contact, company, deal = make_contact(bob), make_company(bob), make_deal(bob)
    call = nav(browser, contact).one("a", id="log-call")
    assert (call["aria-disabled"], call["title"]) == ("true", "No phone number is known here.")
    assert "href" not in call.attributes
    assert nav(browser, contact).one("span", id=call["aria-describedby"]).text == call["title"]
    assert "Log a call" in nav(browser, contact).one("div", css="menu-list").text
    assert nav(browser, contact).one("a", id="log-email")["href"]
    assert nav(browser, company).one("a", id="log-call")["aria-disabled"] == "true"
    assert nav(browser, company).one("a", id="log-email")["href"]
    assert nav(browser, deal).one("a", id="log-call")["href"]
    assert "phone-changed from:body" in nav(browser, contact)["hx-trigger"]
    browser.post(f"/records/{contact}/properties/phone", data={"phone": "+4722334455", "version": "1"})
    again = read(browser.get(f"/records/{contact}/buttons", fragment=True).text)
    assert again.one("a", id="log-call")["href"]
