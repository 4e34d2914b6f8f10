"""A task begun from the top bar asks for its record first (SPEC 3)."""

from collections.abc import Callable

from flask.testing import FlaskClient

from crm.permissions.viewer import Viewer
from tests.factories import make_contact, make_deal
from tests.support.html import read


def test_the_create_menu_leads_over_a_record_to_the_composer(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, charlie: Viewer
) -> None:
    ada, deal = make_contact(bob, "Ada Berg"), make_deal(bob, "Ten tons")
    make_contact(charlie, "Olga Zanz")
    browser = client_of(bob)
    assert "/activities/new?kind=task" in read(browser.get("/objects/deals").text).one("header", css="topbar").links()
    page = read(browser.get("/activities/new?kind=task").text).one("main")
    assert page.links() == [f"/records/{record}/activities/new?kind=task" for record in (deal, ada)]
    found = read(browser.get("/activities/new?kind=task&q=ber", fragment=True).text)
    assert found.links() == [f"/records/{ada}/activities/new?kind=task"]
    assert browser.get(found.links()[0]).status_code == 200


def test_nothing_found_is_said(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> None:
    page = read(client_of(bob).get("/activities/new?kind=task&q=nobody", fragment=True).text)
    assert page.one("p").text == "Nothing matches “nobody”."


def test_who_may_log_no_task_and_what_is_no_kind(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, dana: Viewer
) -> None:
    browser = client_of(dana)
    assert browser.get("/activities/new?kind=task").status_code == 403
    assert "/activities/new?kind=task" not in read(browser.get("/objects/deals").text).links()
    assert client_of(bob).get("/activities/new?kind=song").status_code == 404
    assert client_of(bob).get("/activities/new").status_code == 404
