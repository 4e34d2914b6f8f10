"""The create form of an object, chosen in the settings (SPEC 2.4, 3; DB-15)."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.audit.models import AuditEntry
from crm.db import db, end_read, unit_of_work
from crm.objects.operations import sync
from crm.objects.property_uses.create_form import property_uses
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.records.queries import get_record
from tests.support.html import read


@pytest.fixture
def admin(client_of: Callable[[Viewer], FlaskClient], alice: Viewer) -> FlaskClient:
    """Alice's browser."""
    return client_of(alice)


def path(plural: str) -> str:
    return f"/settings/objects/{plural}/create-form"


def sent(admin: FlaskClient, plural: str) -> dict[str, Any]:
    """What the form sends as it is shown."""
    page = read(admin.get(path(plural)).text).one("main")
    form = next(one for one in page.all("form") if one.attributes.get("action") == path(plural))
    ticks = [one for one in form.all("input", name="required") if "checked" in one and "disabled" not in one]
    lists = {"line": form.all("input", name="line"), "required": ticks}
    return form.fields() | {name: [one["value"] for one in found] for name, found in lists.items()}


def form(plural: str) -> list[tuple[str, bool]]:
    end_read()
    return list(schema().by_plural(plural).layout.create_form)


def shown(admin: FlaskClient, plural: str) -> list[str]:
    page = read(admin.get(f"/objects/{plural}/new").text).one(id="form-fields")
    return [one["name"] for tag in ("input", "select", "textarea") for one in page.all(tag) if "name" in one.attributes]


def test_db_15_a_property_is_added_moved_required_and_given_a_default(admin: FlaskClient, bob: Viewer) -> None:
    before = [name for name, _ in form("deals")]
    admin.post(path("deals"), data=sent(admin, "deals") | {"act": "add", "add": "hs_next_step"})
    assert [name for name, _ in form("deals")] == [*before, "hs_next_step"]
    admin.post(path("deals"), data=sent(admin, "deals") | {"act": "up:hs_next_step"})
    assert [name for name, _ in form("deals")][-2:] == ["hs_next_step", before[-1]]
    required = [name for name, needed in form("deals") if needed]
    changed = {"required": [*required, "hs_next_step"], "default-hs_next_step": "Call them", "default-amount": "250"}
    assert admin.post(path("deals"), data=sent(admin, "deals") | changed).status_code == 303
    page = read(admin.get("/objects/deals/new").text)
    step = page.one(id="new-hs_next_step")
    assert (step["value"], "required" in step.attributes) == ("Call them", True)
    assert page.one(id="new-amount")["value"] == "250"
    again = admin.post("/objects/deals/new", data={"dealname": "Peel", "hs_next_step": ""})
    assert again.status_code == 422
    assert "Next step is required." in again.text
    place = admin.post("/objects/deals/new", data={"dealname": "Peel", "hs_next_step": "Write"}).location or ""
    end_read()
    assert get_record(bob, int(place.rsplit("/", 1)[1])).values["hs_next_step"] == "Write"


def test_a_property_is_taken_out(admin: FlaskClient) -> None:
    admin.post(path("contacts"), data=sent(admin, "contacts") | {"act": "remove:phone"})
    assert "phone" not in dict(form("contacts"))
    assert "phone" not in shown(admin, "contacts")


@pytest.mark.parametrize(
    ("plural", "names", "message"),
    [
        ("deals", ["dealname"], "cannot be made without this"),
        ("deals", ["pipeline"], "cannot be made without this"),
        ("deals", ["dealstage"], "cannot be made without this"),
        ("contacts", ["email", "firstname", "lastname"], "Contacts need at least one of these"),
        ("companies", ["name", "domain"], "Companies need at least one of these"),
    ],
)
def test_what_a_record_cannot_be_without_stays(admin: FlaskClient, plural: str, names: list[str], message: str) -> None:
    before, fields = form(plural), sent(admin, plural)
    fields["line"] = [name for name in fields["line"] if name not in names]
    answer = admin.post(path(plural), data=fields)
    assert answer.status_code == 422
    assert message in read(answer.text).one("p", css="notice").text
    assert form(plural) == before


def test_the_minimum_stays_required_whatever_is_sent(admin: FlaskClient) -> None:
    admin.post(path("deals"), data=sent(admin, "deals") | {"required": []})
    assert [name for name, required in form("deals") if required] == ["dealname", "pipeline", "dealstage"]


def test_a_default_that_cannot_be_read_is_said_at_its_line_and_kept(admin: FlaskClient) -> None:
    before = form("deals")
    answer = admin.post(path("deals"), data=sent(admin, "deals") | {"default-amount": "much", "act": "up:amount"})
    assert answer.status_code == 422
    amount = read(answer.text).one(id="default-amount")
    assert (amount["value"], amount["aria-invalid"]) == ("much", "true")
    assert form("deals") == before


def test_a_stage_of_another_pipeline_is_no_default(admin: FlaskClient) -> None:
    wrong = {"default-pipeline": schema().object_type("deal").pipelines[0].name, "default-dealstage": "nowhere"}
    assert admin.post(path("deals"), data=sent(admin, "deals") | wrong).status_code == 422


def test_nonsense_is_left_out(admin: FlaskClient) -> None:
    before, fields = form("deals"), sent(admin, "deals")
    more = {"line": [*fields["line"], "spaceship", "createdate", "dealname"], "act": "up:spaceship"}
    assert admin.post(path("deals"), data=fields | more).status_code == 303
    assert sorted(form("deals")) == sorted(before)
    assert admin.post(path("deals"), data=fields | {"act": "add", "add": "createdate"}).status_code == 303
    assert "createdate" not in dict(form("deals"))
    assert admin.get(path("notes")).status_code == 404


def test_a_start_of_the_program_leaves_the_choice_alone(admin: FlaskClient) -> None:
    admin.post(path("contacts"), data=sent(admin, "contacts") | {"act": "remove:phone"})
    chosen = form("contacts")
    end_read()
    with unit_of_work():
        sync()
    assert form("contacts") == chosen


def test_the_form_of_the_beginning_comes_back(admin: FlaskClient) -> None:
    before = form("contacts")
    admin.post(path("contacts"), data=sent(admin, "contacts") | {"act": "remove:phone", "default-jobtitle": "Buyer"})
    assert form("contacts") != before
    assert admin.post(f"{path('contacts')}/reset").status_code == 303
    assert form("contacts") == before
    assert schema().object_type("contact").layout.create_defaults == ()


def test_changes_are_audited(admin: FlaskClient) -> None:
    admin.post(path("contacts"), data=sent(admin, "contacts") | {"act": "remove:phone"})
    end_read()
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.about_name) == ("object_changed", "Contacts")
    assert "create form: email, firstname" in entry.details


def test_who_may_not_edit_properties_opens_nothing(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> None:
    browser = client_of(bob)
    assert browser.get(path("deals")).status_code == 403
    assert browser.post(path("deals"), data={}).status_code == 403
    assert browser.post(f"{path('deals')}/reset").status_code == 403


def test_a_property_knows_that_it_stands_in_the_form(admin: FlaskClient) -> None:
    kind = schema().object_type("contact")
    use = property_uses.get("create_form")
    assert use is not None
    assert [one.url for one in use.find(kind, kind.property("phone"))] == [path("contacts")]
    assert not list(use.find(kind, kind.property("city")))
    admin.post(path("contacts"), data=sent(admin, "contacts") | {"default-lifecyclestage": "lead"})
    end_read()
    kind = schema().object_type("contact")
    stage = kind.property("lifecyclestage")
    assert list(use.find_option(kind, stage, "lead"))
    assert not list(use.find_option(kind, stage, "customer"))


def test_the_company_of_the_domain_is_switched_off_and_on(admin: FlaskClient) -> None:
    fields = sent(admin, "contacts")
    assert fields["company_of_domain"] == "on"
    admin.post(path("contacts"), data={name: value for name, value in fields.items() if name != "company_of_domain"})
    assert "company_of_domain" not in sent(admin, "contacts")
    admin.post(path("contacts"), data=fields)
    assert sent(admin, "contacts")["company_of_domain"] == "on"
