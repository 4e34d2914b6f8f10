"""The editor of a view: drafts, tabs, conditions, conflicts, files, and what it refuses (SPEC 1.7)."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.accounts.queries import find_user, viewer_for
from crm.accounts.sessions import start_session
from crm.db import db, end_read, unit_of_work
from crm.layouts import drafts
from crm.layouts.layout import ACTIVITIES, OVERVIEW, CardCondition, RecordLayout
from crm.layouts.models import LayoutDraft, RecordLayoutRow
from crm.layouts.stored import DEFAULT, stored_layout, stored_layouts
from crm.objects.queries import schema
from crm.permissions.actions import AccountRight
from crm.permissions.viewer import Viewer
from tests.conftest import SESSION_COOKIE
from tests.factories import make_contact
from tests.support import cast
from tests.support.html import read
from tests.support.queries import count_queries

Sign = Callable[[Viewer], FlaskClient]
LIST = "/settings/objects/contacts/layouts"
HERE = f"{LIST}/default"
CONDITION = {"condition-property": "lifecyclestage", "condition-operator": "any_of", "condition-values": ["lead"]}
ABOUT = {"setting-properties": ["email"], "may_move": "true"}


@pytest.fixture
def admin(client_of: Sign, alice: Viewer) -> FlaskClient:
    """Alice's browser."""
    return client_of(alice)


def draft(viewer: Viewer) -> RecordLayout:
    end_read()
    stored = stored_layout(schema().object_type("contact"), DEFAULT)
    found = drafts.draft_of(viewer, stored)
    return found.layout if found else stored.layout


def keys(layout: RecordLayout, column: str) -> list[str]:
    return [card.key for card in layout.column(column) or ()]


def test_cards_go_up_down_out_and_elsewhere(admin: FlaskClient, alice: Viewer) -> None:
    before = keys(draft(alice), "right")
    for step, expected in (("down", [before[1], before[0]]), ("up", before[:2])):
        admin.post(f"{HERE}/columns/right/order", data={"card": before, step: before[0]})
        assert keys(draft(alice), "right")[:2] == expected
    admin.post(f"{HERE}/columns/preview/order", data={"card": [before[0]]})
    assert before[0] in keys(draft(alice), "preview")
    answer = admin.post(f"{HERE}/columns/right/order", data={"remove": before[1]}, fragment=True)
    assert read(answer.text).one(id="layout-editor").all(id=f"card-{before[1]}") == []
    assert admin.post(f"{HERE}/columns/left/order", data={"card": [before[2]]}).status_code == 422
    assert keys(draft(alice), "right") == before[2:]
    admin.post(f"{HERE}/draft/undo")
    assert before[1] in keys(draft(alice), "right")
    admin.post(f"{HERE}/draft/discard")
    assert keys(draft(alice), "right") == before


def test_tabs_are_made_renamed_moved_conditional_and_removed(admin: FlaskClient, alice: Viewer, bob: Viewer) -> None:
    assert "A tab needs a name." in admin.post(f"{HERE}/tabs", data={"label": " "}).text
    admin.post(f"{HERE}/tabs", data={"label": "Service"})
    key = draft(alice).tabs[-1].key
    admin.post(f"{HERE}/tabs", data={"up": key})
    assert [tab.key for tab in draft(alice).tabs] == [OVERVIEW, key, ACTIVITIES]
    tab = f"{HERE}/tabs/{key}"
    typed = {"label": "Care", "condition-property": "lifecyclestage"}
    again = admin.post(tab, data=typed)
    assert again.status_code == 422
    assert read(again.text).all("input", name="condition-values")
    assert read(again.text).one("input", id="label")["value"] == "Care"
    admin.post(tab, data={"label": "Care"} | CONDITION)
    assert draft(alice).tabs[1].condition == CardCondition("lifecyclestage", "any_of", ("lead",))
    admin.post(f"{HERE}/draft/save")
    lead, other = make_contact(bob, lifecyclestage="lead"), make_contact(bob, lifecyclestage="customer")
    assert "Care" in admin.get(f"/records/{lead}").text
    assert "Care" not in admin.get(f"/records/{other}").text
    assert admin.post(f"{tab}/removal").status_code == 303
    assert [one.key for one in draft(alice).tabs] == [OVERVIEW, ACTIVITIES]
    for path in (f"{HERE}/tabs/{ACTIVITIES}", f"{HERE}/tabs/nothing"):
        assert (admin.get(path).status_code, admin.post(path, data={"label": "x"}).status_code) == (404, 404)
    assert admin.post(f"{HERE}/tabs/{OVERVIEW}/removal").status_code == 422


@pytest.mark.parametrize(
    ("typed", "control"),
    [
        ({"title": "x" * 61}, "title"),
        ({"column": "right"}, "column"),
        ({"condition-property": "shoes"}, "condition-property"),
        (CONDITION | {"condition-operator": "smells"}, "condition-operator"),
        (CONDITION | {"condition-values": []}, "condition-values"),
        ({"setting-properties-add": "Shoe size"}, "setting-properties-add"),
    ],
)
def test_what_a_card_cannot_have_is_told_beside_its_control(
    admin: FlaskClient, alice: Viewer, typed: dict[str, Any], control: str
) -> None:
    before = draft(alice)
    answer = admin.post(f"{HERE}/cards/about", data=ABOUT | {"title": "Kept", "column": "left"} | typed)
    assert answer.status_code == 422
    assert read(answer.text).all(id=f"{control}-hint") or control == "column"
    assert typed.get("title", "Kept") in answer.text
    assert draft(alice) == before


def test_properties_are_put_in_order_and_several_are_added(admin: FlaskClient, alice: Viewer) -> None:
    about = f"{HERE}/cards/about"
    more = {"setting-properties": ["email", "phone"], "setting-properties-more": ["city", "zip"]}
    assert admin.post(about, data=more | {"act": "add:properties"}).status_code == 303
    sent = {"setting-properties": ["email", "phone", "city", "zip"]}
    admin.post(about, data=sent | {"act": "up:properties:phone"})
    admin.post(about, data={"setting-properties": ["phone", "email", "city", "zip"], "act": "remove:properties:city"})
    found = draft(alice).card("about")
    assert found is not None
    assert list(found[1].settings["properties"]) == ["phone", "email", "zip"]
    too_many = list(schema().object_type("contact").properties)[:51]
    assert admin.post(about, data={"setting-properties": too_many}).status_code == 422


def test_a_move_that_names_nothing_is_no_line_of_an_answer(admin: FlaskClient) -> None:
    answer = admin.post(f"{HERE}/cards/about", data=ABOUT | {"act": "up:ü\r\nb:c"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"].endswith("#setting-%C3%BC%0D%0Ab")


def test_a_second_save_is_told_who_was_first(admin: FlaskClient, alice: Viewer, dana: Viewer) -> None:
    kind = schema().object_type("contact")
    other = replace(dana, account_rights=frozenset({AccountRight.CUSTOMIZE_LAYOUT}))
    admin.post(f"{HERE}/columns/right/order", data={"remove": "linked-deals"})
    end_read()
    with unit_of_work():
        drafts.change_draft(other, kind, DEFAULT, lambda layout: replace(layout, left=()))
        drafts.save_draft(other, kind, DEFAULT)
    answer = admin.post(f"{HERE}/draft/save")
    assert answer.status_code == 409
    assert f"{dana.name} saved this view after you began." in answer.text
    assert "linked-deals" in admin.get(f"{HERE}?shown=saved").text
    over = read(answer.text).one("input", name="over")["value"]
    assert admin.post(f"{HERE}/draft/save", data={"over": over}).status_code == 303
    end_read()
    saved = stored_layout(kind, DEFAULT).layout
    assert (keys(saved, "left"), "linked-deals" in keys(saved, "right")) == (["about"], False)


def test_a_view_travels_as_a_file(admin: FlaskClient, alice: Viewer) -> None:
    admin.post(f"{HERE}/columns/right/order", data={"remove": "linked-deals"})
    admin.post(f"{HERE}/draft/save")
    text = admin.get(f"{HERE}/export").text
    location = admin.post(f"{LIST}-import", data=upload(text) | {"import_name": "Slim"}).location or ""
    assert "linked-deals" not in admin.get(location).text
    assert admin.post(f"{LIST}-import", data=upload(text) | {"import_name": "SLIM"}).status_code == 422
    admin.post(f"{LIST}/default/reset")
    assert admin.post(f"{LIST}-import", data=upload(text) | {"target": "default"}).location == HERE
    assert "linked-deals" not in keys(draft(alice), "right")
    wrong = json.loads(text)
    wrong["left"][0] |= {"kind": "spaceship"}
    wrong["right"][0]["settings"] |= {"properties": ["shoes"]}
    answer = admin.post(f"{LIST}-import", data=upload(json.dumps(wrong)))
    assert answer.status_code == 422
    assert len(read(answer.text).one(id="faults").all("li")) == 2
    assert admin.post(f"{LIST}-import", data={}).status_code == 422
    end_read()
    assert [one.name for one in stored_layouts(schema().object_type("contact"))] == ["Default view", "Slim"]


def upload(text: str) -> dict[str, Any]:
    return {"file": (io.BytesIO(text.encode()), "view.json")}


def test_who_may_not_change_layouts_is_refused_everywhere_and_changes_nothing(
    app: Flask, client_of: Sign, admin: FlaskClient, bob: Viewer
) -> None:
    browser, tried = client_of(bob), 0
    values = {"object_name": "contacts", "place": "default", "card_key": "about", "tab_key": "overview"}
    values |= {"column": "left", "setting_name": "filters", "record_id": make_contact(bob)}
    for rule in app.url_map.iter_rules():
        is_ours = rule.endpoint.startswith("settings.") and ("/layouts" in rule.rule or "record-pages" in rule.rule)
        if not is_ours and rule.endpoint != "layouts.customize":
            continue
        path = (rule.build({name: values[name] for name in rule.arguments}) or ("", ""))[1]
        for method in (rule.methods or set()) & {"GET", "POST"}:
            sent = {"kind": "about"} if method == "POST" else None
            assert browser.open(path, method=method, data=sent).status_code == 403
            tried += 1
    assert tried >= 20
    end_read()
    for table in (RecordLayoutRow, LayoutDraft):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(table)) == 0
    record = f"/records/{values['record_id']}"
    assert f"{record}/customize" not in browser.get(f"{record}/tools").text
    assert f"{record}/customize" in admin.get(f"{record}/tools").text
    assert admin.get(f"{record}/customize").location == HERE


def test_the_editor_costs_the_same_with_many_cards(admin: FlaskClient, alice: Viewer) -> None:
    def queries() -> int:
        with count_queries() as found:
            assert admin.get(HERE).status_code == 200
        return len(found)

    admin.post(f"{HERE}/columns/left/cards", data={"kind": "property_list"})
    few = queries()
    for _ in range(20):
        admin.post(f"{HERE}/columns/left/cards", data={"kind": "property_list"})
    assert (few, len(keys(draft(alice), "left"))) == (queries(), len(keys(draft(alice), "left")))


NAMES = ["", "about", "left", "overview", "activities", "lifecyclestage", "known", "email", "default", "x'\"--"]
WORDS = st.sampled_from(NAMES)
TEXTS = WORDS | st.text(max_size=70)
FIELDS = ("title", "column", "setting-properties", "setting-properties-add", "condition-property", "condition-operator",
          "condition-values", "condition-day", "act", "is_collapsed", "kind", "card", "up", "remove", "label", "over",
          "name", "source", "target", "key")  # fmt: skip
PATHS = (f"{HERE}/cards/about", f"{HERE}/columns/left/order", f"{HERE}/columns/left/cards", f"{HERE}/tabs",
         f"{HERE}/tabs/overview", f"{HERE}/draft/save", f"{LIST}", f"{LIST}-import", f"{HERE}/setup")  # fmt: skip


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(PATHS),
    st.dictionaries(st.sampled_from(FIELDS), TEXTS | st.lists(TEXTS, max_size=3), max_size=6),
    st.sampled_from(["default", "left", "about", "overview"]) | st.text(min_size=1, max_size=20),
)
def test_nothing_that_is_sent_breaks_the_editor(app: Flask, path: str, typed: dict[str, Any], word: str) -> None:
    entry = find_user(cast.email_of("alice"))
    assert entry is not None
    alice = viewer_for(entry.id)
    end_read()
    with unit_of_work():
        token = start_session(alice.user_id or 0, "tests", "127.0.0.1")
    browser = app.test_client()
    browser.set_cookie(SESSION_COOKIE, token)
    assert browser.post(path, data=typed).status_code < 500
    for known in ("default", "left", "about", "overview"):
        assert browser.post(path.replace(f"/{known}", f"/{word}"), data=typed).status_code < 500
    assert browser.get(HERE).status_code == 200
