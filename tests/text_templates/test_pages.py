"""Templates of text: made, shared, counted, and put into the composer for one record (SPEC 8.4)."""

import io
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient

from crm.db import end_read, unit_of_work
from crm.objects.properties import define_property
from crm.objects.property_content import PropertyContent
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.settings.handover import hand_over
from crm.text_templates.operations import Content, create_template
from crm.text_templates.queries import get_template, templates_for
from tests.factories import make_company, make_contact, make_deal, relate
from tests.support.html import Element, read
from tests.support.queries import count_queries

SignIn = Callable[[Viewer], FlaskClient]
HELLO = "<p>Dear {{contact.firstname | customer}}, greetings to {{company.name}}.</p>"


def make(actor: Viewer, name: str = "Hello", body: str = HELLO, visibility: str = "everyone", **given: Any) -> int:
    end_read()
    with unit_of_work():
        kinds, subject = given.get("kinds", ("email", "note")), given.get("subject", "")
        return create_template(actor, Content(name, kinds, subject, body, visibility))


def names(viewer: Viewer, **wanted: str) -> list[str]:
    end_read()
    return [one.name for one in templates_for(viewer, **wanted)]


def composer(browser: FlaskClient, record_id: int, kind: str) -> Element:
    answer = browser.get(f"/records/{record_id}/activities/new?kind={kind}", fragment=True)  # type: ignore[call-arg]
    return read(answer.text).one("form", css="composer-form")


def insert(browser: FlaskClient, record_id: int, template_id: int, kind: str = "email", **typed: object) -> Element:
    data = composer(browser, record_id, kind).fields() | {"template": str(template_id)} | typed
    answer = browser.post(f"/records/{record_id}/activities/filled", data=data, fragment=True)  # type: ignore[call-arg]
    assert answer.status_code == 200
    return read(answer.text).one("form", css="composer-form")


def form_data(**given: object) -> dict[str, object]:
    start = {"name": "Hello", "kinds": ["email"], "subject": "", "body": HELLO, "visibility": "private"}
    return start | given


def test_a_template_is_made_changed_copied_deleted_and_brought_back(alice: Viewer, client_of: SignIn) -> None:
    browser = client_of(alice)
    assert browser.post("/templates", data=form_data(subject="About {{deal.dealname}}")).location == "/templates"
    end_read()
    [made] = templates_for(alice)
    assert (made.subject, made.kinds, made.visibility) == ("About {{deal.dealname}}", ("email",), "private")
    here = f"/templates/{made.id}"
    sent = read(browser.get(here).text).one("form", css="template-form").fields()
    browser.post(here, data=form_data(name="Greeting", version=sent["version"]))
    late = browser.post(here, data=form_data(name="Late", version=sent["version"]))
    assert late.status_code == 422
    assert "Somebody changed this template" in late.text
    assert names(alice) == ["Greeting"]
    copy = read(browser.get(f"/templates/new?copy={made.id}").text).one("form", css="template-form").fields()
    assert (copy["name"], copy["body"]) == ("Copy of Greeting", HELLO)
    browser.post(f"{here}/deletion")
    assert names(alice) == []
    browser.post(f"{here}/restoration")
    assert names(alice) == ["Greeting"]


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"name": " "}, "name", "Give it a name"),
        ({"body": "", "subject": ""}, "body", "Write something"),
        ({"body": "<p>{{contact.shoe_size}}</p>"}, "body", "{{contact.shoe_size}}"),
        ({"subject": "{{contact.firstname"}, "subject", "one piece"),
        ({"kinds": []}, "kinds", "Choose what it is for"),
        ({"kinds": ["nonsense"]}, "kinds", "Choose what it is for"),
        ({"visibility": "world"}, "visibility", "Choose who"),
    ],
)
def test_what_cannot_be_kept_is_told_beside_its_field_with_what_was_typed(
    alice: Viewer, client_of: SignIn, given: Mapping[str, object], field: str, words: str
) -> None:
    answer = client_of(alice).post("/templates", data=form_data(**given))
    assert answer.status_code == 422
    page = read(answer.text)
    assert words in page.one(id="template-body-hint" if field == "body" else f"{field}-hint").text
    assert page.one("form", css="template-form").fields()["name"] == (given.get("name", "Hello"))
    assert names(alice) == []


def test_numbers_that_are_of_no_template_are_not_found_on_either_database(alice: Viewer, client_of: SignIn) -> None:
    browser, largest, here = client_of(alice), 2**63 - 1, f"/templates/{make(alice)}"
    assert browser.get(f"/templates/{largest}").status_code == 404
    assert browser.post(f"/templates/{largest}/deletion").status_code == 404
    assert browser.get(f"/templates?after=a&after_id={largest}").status_code == 200
    assert "Somebody changed this template" in browser.post(here, data=form_data(version=largest)).text


def test_templates_are_ones_own_ones_teams_or_everybodys(
    alice: Viewer, bob: Viewer, charlie: Viewer, client_of: SignIn
) -> None:
    made = {who: make(bob, who, visibility=who) for who in ("private", "team", "everyone")}
    assert names(bob) == ["everyone", "private", "team"]
    assert names(alice) == ["everyone", "team"]
    assert names(charlie) == ["everyone"]
    browser = client_of(charlie)
    assert browser.get(f"/templates/{made['team']}").status_code == 404
    assert browser.post(f"/templates/{made['everyone']}/deletion").status_code == 403
    assert browser.post(f"/templates/{made['everyone']}", data=form_data()).status_code == 403
    assert "A template of Bob Stone" in browser.get(f"/templates/{made['everyone']}").text
    assert client_of(alice).post(f"/templates/{made['everyone']}/deletion").status_code == 303


def test_templates_are_found_by_words_and_by_kind_page_by_page(alice: Viewer, client_of: SignIn) -> None:
    make(alice, "Thank you", subject="100% of Crates", kinds=("email",))
    make(alice, "No answer", kinds=("call",))
    assert names(alice, q="crates 100%") == names(alice, q="YOU") == ["Thank you"]
    assert names(alice, q="100_") == []
    assert names(alice, kind="call") == ["No answer"]
    browser, asked = client_of(alice), []
    for some in (range(3), range(3, 60)):
        for number in some:
            make(alice, f"Number {number:02}")
        with count_queries() as counted:
            page = read(browser.get("/templates").text)
        asked.append(len(counted))
    assert asked[0] == asked[1]
    assert len(page.all("li", css="settings-row")) == 50
    rest = read(browser.get(page.one("nav", css="pager").one("a")["href"]).text)
    assert len(rest.all("li", css="settings-row")) == 12


def test_a_template_fills_subject_and_text_for_the_record(alice: Viewer, client_of: SignIn) -> None:
    contact, company = make_contact(alice, "Ada Berg"), make_company(alice, "Smith & Sons <i>")
    relate(alice, contact, company)
    template = make(alice, subject="Hello {{contact.firstname}} from {{me.firstname}}")
    browser = client_of(alice)
    filled = insert(browser, contact, template).fields()
    assert filled["title"] == "Hello Ada from Alice"
    assert filled["body"] == "<p>Dear Ada, greetings to Smith &amp; Sons &lt;i&gt;.</p>"
    again = insert(browser, contact, template, title="My own", body="<p>First this.</p>").fields()
    assert (again["title"], again["body"]) == ("My own", f"<p>First this.</p>{filled['body']}")
    end_read()
    used = get_template(alice, template)
    assert (used.uses, used.users) == (2, 1)
    assert "2 times" in browser.get(f"/templates/{template}").text


def test_a_file_sent_with_a_template_and_refused_is_told(alice: Viewer, client_of: SignIn) -> None:
    contact = make_contact(alice)
    for content, told in ((b"", "is empty"), (b"bytes", "")):
        form = insert(client_of(alice), contact, make(alice), files=(io.BytesIO(content), "a.txt"))
        assert told in form.one(id="composer-files-hint").text
        assert len(form.all("input", name="attached")) == len(content[:1])


def test_what_the_writer_may_not_see_becomes_the_fallback_or_stays_marked(
    alice: Viewer, bob: Viewer, charlie: Viewer, client_of: SignIn
) -> None:
    contact, company = make_contact(bob, "Ada Berg"), make_company(charlie, "Hidden Ltd")
    relate(alice, contact, company)
    deal = make_deal(bob, "Crates")
    relate(alice, contact, deal)
    end_read()
    with unit_of_work():
        group = schema().object_type("contact").property("firstname").group
        define_property(alice, "contact", "text", PropertyContent("Passport", group, is_sensitive=True))
    body = "<p>{{company.name}} {{company.city | your town}} {{deal.dealname}} {{contact.city}}</p>"
    filled = insert(client_of(bob), contact, make(alice, body=body)).fields()["body"]
    assert filled == "<p><code>{{company.name}}</code> your town Crates <code>{{contact.city}}</code></p>"
    assert client_of(bob).post("/templates", data=form_data(body="{{contact.passport}}")).status_code == 422


def test_what_is_not_filled_in_is_not_logged_unawares(alice: Viewer, client_of: SignIn) -> None:
    contact, browser = make_contact(alice), client_of(alice)
    form = insert(browser, contact, make(alice, body="<p>In {{contact.city}}</p>"), title="Hello")
    refused = browser.post(form["action"], data=form.fields(), fragment=True)  # type: ignore[call-arg]
    assert refused.status_code == 422
    again = read(refused.text).one("form", css="composer-form")
    assert "{{contact.city}}" in again.one(id="tokens-hint").text
    data = again.fields() | {"keep_tokens": "true"}
    assert browser.post(form["action"], data=data, fragment=True).status_code == 200  # type: ignore[call-arg]


def test_the_preview_shows_a_record_its_writer_may_see(bob: Viewer, charlie: Viewer, client_of: SignIn) -> None:
    mine, hidden = make_contact(bob, "Ada Berg"), make_contact(charlie, "Carl Hidden")
    browser = client_of(bob)

    def preview(**given: object) -> Element:
        answer = browser.post("/templates/preview", data=form_data(**given), fragment=True)  # type: ignore[call-arg]
        assert answer.status_code == 200
        return read(answer.text).one(id="template-preview")

    assert "Dear Ada, greetings to {{company.name}}" in preview(preview_record=mine).text
    assert "Hidden" not in preview(preview_q="Hidden", preview_record=hidden).text
    assert "{{company.name}}" in preview().text


def test_the_composer_offers_templates_of_its_kind_without_scripts_too(alice: Viewer, client_of: SignIn) -> None:
    contact, browser = make_contact(alice), client_of(alice)
    make(alice, "For mail", kinds=("email",))
    make(alice, "For calls", kinds=("call",))
    here = f"/records/{contact}/activities"
    shown = read(browser.get(f"{here}/templates?kind=email", fragment=True).text)  # type: ignore[call-arg]
    assert [one.text for one in shown.all("button")] == ["For mail"]
    none = read(browser.get(f"{here}/templates?kind=email&template_q=calls", fragment=True).text)  # type: ignore
    assert none.all("button") == []
    page = read(browser.get(f"{here}/new?kind=call").text).one(id="template-choices")
    assert [one.text for one in page.all("button")] == ["For calls"]


def test_shared_templates_of_somebody_who_left_are_handed_over(alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    for visibility in ("private", "everyone"):
        make(bob, visibility, visibility=visibility)
    hand_over({"actor_id": alice.user_id, "from_id": bob.user_id, "to_id": charlie.user_id})
    end_read()
    assert {one.name: one.user_id for one in templates_for(charlie)} == {"everyone": charlie.user_id}
    assert names(bob) == ["everyone", "private"]
