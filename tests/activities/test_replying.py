"""Answering an e-mail: the answer is on whatever the first e-mail of the thread is on (SPEC 6.6 E1)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.activities.operations import archive_activity
from crm.activities.queries import get_activity, links_of
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.timeline.queries import page
from tests.factories import make_company, make_contact, make_deal, make_email, relate
from tests.support.html import Element, read

Sign = Callable[[Viewer], FlaskClient]


def newest_on(viewer: Viewer, record_id: int) -> int:
    end_read()
    return next(one.activity_id for one in page(viewer, record_id).entries if one.activity_id is not None)


def linked(viewer: Viewer, activity_id: int) -> dict[int, str]:
    end_read()
    return {one.record_id: one.source for one in links_of(viewer, activity_id)}


def answer_form(browser: FlaskClient, record_id: int, email_id: int) -> Element:
    menu = read(browser.get(f"/activities/{email_id}/menu?record={record_id}", fragment=True).text)
    [way] = [one for one in menu.all("a", css="menu-item") if one.text == "Reply"]
    return read(browser.get(way["href"], fragment=True).text).one("form", css="composer-form")


def on(form: Element, name: str) -> list[str]:
    """What the form would send of these boxes."""
    fields = form.all("input", name=name)
    return [one["value"] for one in fields if one.attributes.get("type") == "hidden" or "checked" in one]


def send(browser: FlaskClient, form: Element, **typed: object) -> None:
    boxes = {name: on(form, name) for name in ("record_ids", "offered_ids")}
    answer = browser.post(form["action"], data=form.fields() | {"body": "<p>Thanks</p>"} | boxes | typed, fragment=True)
    assert answer.status_code == 200, answer.text


@pytest.fixture
def world(alice: Viewer) -> dict[str, int]:
    """Jane and Karl, each with a company; an e-mail went to both and is on a deal that neither is associated with."""
    ids = {
        "jane": make_contact(alice, "Jane Doe", email="jane@example.com"),
        "karl": make_contact(alice, "Karl Ek", email="karl@example.com"),
        "company": make_company(alice, "Acme"),
        "deal": make_deal(alice, "Crates"),
    }
    relate(alice, ids["jane"], ids["company"])
    ids["email"] = make_email(
        alice,
        ids["jane"],
        title="Offer",
        to_addresses="jane@example.com, karl@example.com",
        also_on=[ids["karl"], ids["deal"]],
    )
    return ids


def test_asc_18_an_answer_from_the_record_page_follows_the_first_email(
    client_of: Sign, alice: Viewer, world: dict[str, int]
) -> None:
    browser = client_of(alice)
    form = answer_form(browser, world["jane"], world["email"])
    fields = form.fields()
    assert (fields["title"], fields["to_addresses"]) == ("Re: Offer", "jane@example.com, karl@example.com")
    assert {str(world["karl"]), str(world["deal"])} <= set(on(form, "record_ids"))
    assert world["company"] not in {int(one["value"]) for one in form.all("input", name="offered_ids")}
    send(browser, form, to_addresses="jane@example.com")
    answer = newest_on(alice, world["jane"])
    first = {world["jane"]: "origin", world["karl"]: "thread", world["deal"]: "thread"}
    assert linked(alice, answer) == first
    thread = {get_activity(alice, one).values["thread_id"] for one in (answer, world["email"])}
    assert thread == {f"activity-{world['email']}"}
    assert get_activity(alice, world["email"]).values["edited_at"] is None
    send(browser, answer_form(browser, world["jane"], answer))
    assert linked(alice, newest_on(alice, world["jane"])) == first


def test_an_answer_to_an_email_received_goes_to_its_sender(client_of: Sign, alice: Viewer) -> None:
    jane = make_contact(alice, "Jane Doe")
    email = make_email(alice, jane, title="re: Offer", direction="INCOMING_EMAIL", from_address="jane@example.com")
    fields = answer_form(client_of(alice), jane, email).fields()
    assert (fields["title"], fields["to_addresses"], fields["reply_to"]) == (
        "re: Offer",
        "jane@example.com",
        str(email),
    )


def test_an_email_that_is_gone_or_hidden_or_none_is_not_answered(
    client_of: Sign, alice: Viewer, bob: Viewer, charlie: Viewer, world: dict[str, int]
) -> None:
    browser = client_of(alice)
    form = answer_form(browser, world["jane"], world["email"])
    end_read()
    with unit_of_work():
        archive_activity(alice, world["email"])
    send(browser, form)
    assert get_activity(alice, newest_on(alice, world["jane"])).values.get("thread_id") is None
    theirs = make_email(charlie, make_contact(charlie), title="Secret")
    mine = make_contact(bob)
    for sent in (str(theirs), "x", "999999999999999999999"):
        text = client_of(bob).get(f"/records/{mine}/activities/new?kind=email&reply_to={sent}").text
        assert "Secret" not in text
