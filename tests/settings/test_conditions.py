"""Validation rules, formatting and conditional logic in the settings (SPEC 2.5)."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from crm.db import end_read
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from tests.factories.property_settings import set_property
from tests.support.html import read
from tests.support.queries import count_queries

DEALS = "/settings/objects/deals/properties"
CITY = "/settings/objects/contacts/properties/city"


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], alice: Viewer) -> FlaskClient:
    """Alice's browser."""
    return client_of(alice)


def settings_of(object_type: str, name: str) -> dict[str, Any]:
    end_read()
    return dict(schema().object_type(object_type).property(name).settings)


def form_at(browser: FlaskClient, page: str, action: str) -> dict[str, str]:
    return next(one for one in read(browser.get(page).text).all("form", action=action)).fields()


def test_db_13_rules_and_formatting_are_set_on_the_page_of_a_property(browser: FlaskClient) -> None:
    typed = form_at(browser, CITY, CITY)
    chosen = {
        "rules-length-max": "20",
        "rules-characters-only": "letters",
        "rules-characters-spaces": "true",
        "formatting-ways": ["capitalise", "trim"],
    }
    assert browser.post(CITY, data=typed | chosen).status_code == 303
    assert settings_of("contact", "city")["rules"] == {
        "length": {"max": 20},
        "characters": {"only": "letters", "spaces": True},
    }
    assert settings_of("contact", "city")["formatting"] == ["trim", "capitalise"]
    shown = form_at(browser, CITY, CITY)
    assert (shown["rules-length-max"], shown["rules-characters-only"]) == ("20", "letters")
    assert browser.post(CITY, data=typed).status_code == 303
    assert "rules" not in settings_of("contact", "city")


@pytest.mark.parametrize(
    ("typed", "control"),
    [
        ({"rules-length-min": "many"}, "rules-length-min"),
        ({"rules-length-min": "9", "rules-length-max": "8"}, "rules-length-max"),
        ({"rules-regular_expression-pattern": "(["}, "rules-regular_expression-pattern"),
        ({"rules-email_domains-domains": "not a domain"}, "rules-email_domains-domains"),
        ({"formatting-ways": ["upper_case", "lower_case"]}, "formatting-ways"),
    ],
)
def test_a_wrong_setting_is_said_beside_it_and_stays(browser: FlaskClient, typed: dict[str, Any], control: str) -> None:
    before = settings_of("contact", "city")
    refused = browser.post(CITY, data=form_at(browser, CITY, CITY) | typed)
    assert refused.status_code == 422
    page = read(refused.text)
    hint = page.one(id=f"{control}-hint")
    assert "field-error" in hint["class"]
    for name, text in typed.items():
        if isinstance(text, str):
            assert form_at_page(page, CITY)[name] == text
    section = next(one for one in page.all("details") if hint in one.walk())
    assert "open" in section, "the section that has the message is open"
    assert settings_of("contact", "city") == before


def form_at_page(page: Any, action: str) -> dict[str, str]:
    return next(one for one in page.all("form", action=action)).fields()


def test_conditions_are_added_changed_and_removed(browser: FlaskClient) -> None:
    page = f"{DEALS}/dealstage/conditions"
    new = {
        "c0-new": "1",
        "c0-operator": "any_of",
        "c0-values": ["closedlost"],
        "c0-dep0": "closed_lost_reason",
        "c0-req0": "1",
        "c0-dep1": "",
    }
    assert browser.post(page, data=new).status_code == 303
    lost = {
        "operator": "any_of",
        "values": ["closedlost"],
        "dependents": [{"name": "closed_lost_reason", "required": True}],
    }
    assert settings_of("deal", "dealstage")["conditions"] == [lost]
    shown = form_at(browser, page, page)
    assert (shown["c0-dep0"], shown["c0-req0"], shown["c1-new"]) == ("closed_lost_reason", "1", "1")
    assert browser.post(page, data=shown).status_code == 303
    assert settings_of("deal", "dealstage")["conditions"] == [lost]
    assert browser.post(page, data=shown | {"c0-removed": "1"}).status_code == 303
    assert "conditions" not in settings_of("deal", "dealstage")


@pytest.mark.parametrize(
    ("typed", "control"),
    [
        ({"c0-operator": "any_of", "c0-dep0": "closed_lost_reason"}, "c0-values"),
        ({"c0-operator": "any_of", "c0-values": "closedlost", "c0-dep0": ""}, "c0-dep0"),
    ],
)
def test_a_condition_that_says_too_little_is_refused_beside_the_control(
    browser: FlaskClient, typed: dict[str, str], control: str
) -> None:
    refused = browser.post(f"{DEALS}/dealstage/conditions", data=typed | {"c0-new": "1"})
    assert refused.status_code == 422
    assert "field-error" in read(refused.text).one(id=f"{control}-hint")["class"]
    assert "conditions" not in settings_of("deal", "dealstage")


@pytest.mark.parametrize("name", ["dealname", "dealstage", "hs_object_id", "no_such", "pipeline"])
def test_what_cannot_depend_is_refused(browser: FlaskClient, name: str) -> None:
    typed = {"c0-new": "1", "c0-operator": "known", "c0-dep0": name}
    refused = browser.post(f"{DEALS}/dealtype/conditions", data=typed)
    assert refused.status_code == 422
    assert "cannot depend on another property" in refused.text
    assert "conditions" not in settings_of("deal", "dealtype")


def test_a_circle_is_refused_and_named(browser: FlaskClient) -> None:
    depending = {"operator": "known", "values": [], "dependents": [{"name": "dealtype", "required": False}]}
    set_property("deal", "hs_priority", conditions=[depending])
    typed = {"c0-new": "1", "c0-operator": "known", "c0-dep0": "hs_priority"}
    refused = browser.post(f"{DEALS}/dealtype/conditions", data=typed)
    assert refused.status_code == 422
    assert "Deal type → Priority → Deal type" in refused.text
    assert "conditions" not in settings_of("deal", "dealtype")


def test_conditional_options_are_set_for_each_value(browser: FlaskClient) -> None:
    page = f"{DEALS}/hs_priority/conditions"
    anew = browser.post(f"{page}/options", data={"decided_by": "dealtype", "then": "refresh"})
    assert anew.status_code == 200
    assert "conditional_options" not in settings_of("deal", "hs_priority")
    typed = {"decided_by": "dealtype", "v0": ["low", "medium"]}
    assert browser.post(f"{page}/options", data=typed).status_code == 303
    expected = {"decided_by": "dealtype", "options": {"newbusiness": ["low", "medium"]}}
    assert settings_of("deal", "hs_priority")["conditional_options"] == expected
    assert browser.post(f"{page}/options", data={"decided_by": "dealtype", "v0": "gone"}).status_code == 422
    assert browser.post(f"{page}/options", data={"decided_by": ""}).status_code == 303
    assert "conditional_options" not in settings_of("deal", "hs_priority")


def test_two_choices_of_very_many_are_not_set_against_each_other_in_a_page(
    browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.settings.conditions_form.MOST_TICKS", 3)
    page = f"{DEALS}/hs_priority/conditions"
    assert 'name="v0"' not in browser.get(page).text
    for then in ("refresh", ""):
        answer = browser.post(f"{page}/options", data={"decided_by": "dealtype", "then": then})
        assert 'name="v0"' not in answer.text
    assert answer.status_code == 422
    assert "too many choices" in answer.text


def test_a_property_in_a_condition_is_in_use(browser: FlaskClient) -> None:
    lost = {"operator": "any_of", "values": ["newbusiness"], "dependents": [{"name": "description", "required": False}]}
    set_property("deal", "dealtype", conditions=[lost])
    assert "“Deal type” decides when it is shown" in browser.get(f"{DEALS}/description/uses").text
    label = schema().object_type("deal").property("description").label
    assert f"It decides when “{label}” is shown" in browser.get(f"{DEALS}/dealtype/uses").text


def test_only_who_may_edit_properties_sees_or_sets_conditions(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer
) -> None:
    page = f"{DEALS}/dealstage/conditions"
    assert client_of(bob).get(page).status_code == 403
    assert client_of(bob).post(page, data={}).status_code == 403


@pytest.mark.parametrize("name", ["dealname", "hs_object_id", "no_such"])
def test_a_property_that_cannot_decide_has_no_such_page(browser: FlaskClient, name: str) -> None:
    assert browser.get(f"{DEALS}/{name}/conditions").status_code == 404


def test_the_page_asks_the_same_questions_whatever_is_set(browser: FlaskClient) -> None:
    page = f"{DEALS}/dealtype/conditions"
    browser.get(page)
    with count_queries() as before:
        browser.get(page)
    dependents = [{"name": name, "required": False} for name in ("description", "hs_next_step", "closed_lost_reason")]
    set_property("deal", "dealtype", conditions=[{"operator": "known", "values": [], "dependents": dependents}] * 10)
    browser.get(page)
    with count_queries() as after:
        browser.get(page)
    assert len(after) == len(before) <= 4, after


def test_a_condition_about_a_choice_that_is_gone_stops_nobody_from_changing_the_rest(browser: FlaskClient) -> None:
    gone = {"operator": "any_of", "values": ["gone"], "dependents": [{"name": "description", "required": False}]}
    set_property("deal", "dealtype", conditions=[gone])
    page = f"{DEALS}/dealtype"
    assert browser.post(page, data=form_at(browser, page, page) | {"description": "New or not"}).status_code == 303
    assert schema().object_type("deal").property("dealtype").description == "New or not"
    assert (
        browser.post(
            f"{page}/conditions", data=form_at(browser, f"{page}/conditions", f"{page}/conditions")
        ).status_code
        == 422
    )
