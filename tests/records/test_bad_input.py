"""Bad input at every field has its message beside it and keeps what was typed (SPEC 2.3, DB-13).

Every type people can type into, through the create form, the inline edit and the form of the header.
"""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.db import db, end_read, touch, unit_of_work
from crm.objects.definitions.base import OptionDefinition
from crm.objects.models import ObjectTypeRow
from crm.objects.properties import create_property
from crm.objects.queries import STAMP, schema
from crm.permissions.viewer import Viewer
from crm.properties.types import property_types
from crm.records.queries import get_record
from tests.factories import make_deal
from tests.factories.property_settings import set_property
from tests.imports.conftest import Rows, Run, Write
from tests.imports.conftest import rows as rows
from tests.imports.conftest import run as run
from tests.imports.conftest import write as write
from tests.support.html import Element, read
from tests.support.records import find_by_value

OPTIONS = (OptionDefinition("red", "Red"), OptionDefinition("blue", "Blue"))
TOO_LONG = "x" * 65_537
RULES: dict[str, dict[str, Any]] = {
    "text": {"length": {"min": 3}},
    "multi_line": {"length": {"max": 5}},
    "email": {"email_domains": {"domains": ["acme.com"]}},
    "url": {"web_addresses": {"domains": ["acme.com"]}},
    "phone": {"phone_country": {"countries": ["PL"]}},
    "number": {"number_range": {"max": "10"}},
    "currency": {"decimals": {"most": 0}},
    "date": {"weekdays": {"on": True}},
    "date_time": {"date_range": {"last": "2030-01-01"}},
}
BAD: dict[str, list[str]] = {
    "text": [TOO_LONG, "<b", "ł"],
    "multi_line": [TOO_LONG, "seven\ns", "客服案件案件"],
    "rich_text": ["<p>" + "y" * 1_100_000, "<div>" * 300],
    "phone": ["call me", "12", "+1 202 555 0142", "'\"><script>"],
    "url": ["javascript:alert(1)", "https://acme.com.evil.org", "a b", "http://"],
    "email": ["nobody", "a@b", "a@acme.com.evil.org", "@@", "a b@acme.com"],
    "domain": ["no domain", "a", "http://"],
    "checkbox": ["maybe", "2"],
    "checkboxes": ["green", "red;green", "<i>"],
    "dropdown": ["green", "0", "red;blue"],
    "radio": ["green", "' OR 1=1 --"],
    "date": ["yesterday-ish", "2026-02-30", "0026-01-01", "2026-03-14", "99999-01-01"],
    "date_time": ["2026-02-30 10:00", "noon", "9999-12-31 23:59", "2026-01-01 25:00"],
    "number": ["ten", "1e5", "11", "1.2.3", "9" * 40, "0x10"],
    "currency": ["€5", "5.5", "five", "1,23,4"],
    "user": ["nobody@example.com", "999999", "-1"],
    "users": ["nobody", "1;999999"],
    "file": ["../../etc/passwd", "0" * 64, "12"],
}
CASES = [(type, bad) for type, texts in BAD.items() for bad in texts]


@pytest.fixture
def kinds(installation: Any, app: Flask) -> None:
    """A deal with a property of every type, all of them in its create form and its header; made once."""
    if "all types" not in installation.kept:
        for name in BAD:
            made = _make(name)
            if name in RULES:
                set_property("deal", made, rules=RULES[name])
        names = [f"my_{name}" for name in BAD]
        changes = {
            "create_form": [["dealname", True], *([name, False] for name in names)],
            "header_form": ["dealname", *names],
        }
        end_read()
        with unit_of_work():
            deal = sa.update(ObjectTypeRow).where(ObjectTypeRow.name == "deal")
            db.session.execute(deal.values(layout_changes=json.dumps(changes)))
            touch(STAMP)
        end_read()
        installation.keep("all types")
    installation.restore("all types")
    end_read()


def _make(type: str) -> str:
    kind = property_types.get(type)
    assert kind is not None
    group = schema().object_type("deal").property("dealname").group
    end_read()
    with unit_of_work():
        made = create_property("deal", f"My {type}", type, group, options=OPTIONS if kind.has_options else ())
    end_read()
    return made.name


@pytest.fixture
def browser(kinds: None, client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    """Bob's browser."""
    return client_of(bob)


def test_every_type_people_type_into_is_tried(application: Flask) -> None:
    # Files that are good are sent as such: tests/records/test_file_values.py.
    written = {kind.name for kind in property_types if not kind.is_derived and kind.is_creatable}
    assert written - set(BAD) == set(), "say above what is bad for the new type"


def said(html: str, name: str) -> tuple[str, str]:
    """What stands in the control called `name` and the message beside it."""
    page = read(html)
    controls = [one for one in page.walk() if one.attributes.get("name") == name and one.tag != "button"]
    assert controls, f"no control {name}"
    message = next(
        one for one in page.walk() if "field-error" in one.attributes.get("class", "") and _is_for(one, name)
    )
    return _held(controls), message.text


def _is_for(message: Element, name: str) -> bool:
    return message.attributes.get("id", "").removesuffix("-hint").endswith((f"-{name}", f"-{name}-field"))


def _held(controls: list[Element]) -> str:
    first = controls[-1]
    if first.tag == "textarea":
        return "".join(first._texts()).removeprefix("\n")
    if first.tag == "select":
        return next((one["value"] for one in first.all("option") if "selected" in one), "")
    if first.attributes.get("type") in ("checkbox", "radio"):
        return ";".join(one["value"] for one in controls if "checked" in one)
    return first.attributes.get("value", "")


FREE = {"text", "multi_line", "phone", "url", "email", "domain", "number", "currency", "date", "date_time"}


def check(status: int, html: str, type: str, bad: str) -> None:
    assert status == 422
    held, message = said(html, f"my_{type}")
    assert message
    if type in FREE:
        assert held == bad


@pytest.mark.parametrize(("type", "bad"), CASES, ids=[f"{type}-{bad[:12]!a}" for type, bad in CASES])
def test_db_13_bad_input_is_refused_beside_its_field_on_every_form(
    browser: FlaskClient, bob: Viewer, type: str, bad: str
) -> None:
    deal_id, name = make_deal(bob), f"my_{type}"
    fragment = {"HX-Request": "true"}
    made = browser.post("/objects/deals/new", data={"dealname": "Unmade", "dealstage": "contractsent", name: bad})
    check(made.status_code, made.text, type, bad)
    inline = browser.post(f"/records/{deal_id}/properties/{name}", data={"version": 1, name: bad}, headers=fragment)
    check(inline.status_code, inline.text, type, bad)
    header = browser.post(
        f"/records/{deal_id}/header", data={"version": 1, name: bad, "dealname": "New"}, headers=fragment
    )
    check(header.status_code, header.text, type, bad)
    assert "New" in header.text, "what else was typed stays too"
    end_read()
    record = get_record(bob, deal_id)
    assert (record.version, record.values[name], record.display_name) == (1, None, "Oranges by the ton")
    assert find_by_value(bob, "deal", "dealname", "Unmade") == []


GOOD: dict[str, tuple[Any, str]] = {
    "text": ("abc", "abc"),
    "multi_line": ("a\nb", "a b"),
    "rich_text": ("<p>Hello</p>", "Hello"),
    "phone": ("22 123 45 67", "+48 22 123 45 67"),
    "url": ("acme.com/x", "https://acme.com/x"),
    "email": ("Ada@acme.com", "ada @acme.com"),
    "domain": ("acme.com", "acme.com"),
    "checkbox": ("true", "Yes"),
    "checkboxes": (["blue", "red"], "Red, Blue"),
    "dropdown": ("red", "Red"),
    "radio": ("blue", "Blue"),
    "date": ("2026-03-13", "13 Mar 2026"),
    "date_time": ("2026-03-13T10:05", "13 Mar 2026, 10:05"),
    "number": ("7.5", "7.5"),
    "currency": ("1234", "$1,234.00"),
    "user": ("2", "Bob Stone"),
    "users": (["2", "1"], "Bob Stone, Alice Berg"),
}


@pytest.mark.parametrize("type", GOOD)
def test_db_13_one_of_each_type_is_saved_and_shown(browser: FlaskClient, bob: Viewer, type: str) -> None:
    typed, shown = GOOD[type]
    name = f"my_{type}"
    made = browser.post("/objects/deals/new", data={"dealname": "Made", "dealstage": "contractsent", name: typed})
    assert made.status_code == 303
    record_id = int(made.location.removeprefix("/records/"))
    fragment = {"HX-Request": "true"}
    assert shown in read(browser.get(f"/records/{record_id}/properties/{name}", headers=fragment).text).text
    emptied = browser.post(f"/records/{record_id}/properties/{name}", data={"version": 1, name: ""}, headers=fragment)
    assert emptied.status_code == 200
    end_read()
    assert get_record(bob, record_id).values[name] in (None, False)
    again = browser.post(f"/records/{record_id}/properties/{name}", data={"version": 2, name: typed}, headers=fragment)
    assert shown in read(again.text).text


AS_CSV = {
    "rich_text": ("Hello", "<p>Hello</p>"),
    "phone": ("22 123 45 67", "+48221234567"),
    "url": ("acme.com/x", "https://acme.com/x"),
    "checkboxes": ("Blue;Red", "red;blue"),
    "radio": ("Blue", "blue"),
    "dropdown": ("RED", "red"),
    "checkbox": ("no", False),
    "date": ("13.03.2026", date(2026, 3, 13)),
    "number": ("7.5", Decimal("7.5")),
    "users": ("bob@example.com;1", "2;1"),
}


def test_db_13_types_are_imported_and_what_is_bad_is_left_out_and_said(
    kinds: None, alice: Viewer, run: Run, write: Write, rows: Rows
) -> None:
    header = ",".join(["Deal name", *(f"My {type}" for type in AS_CSV)])
    good = ",".join(["Good", *(text for text, _ in AS_CSV.values())])
    bad = ",".join(
        ["Bad", "Hello", "call me", "javascript:x", "green", "green", "green", "maybe", "32.13.2026", "ten", "x"]
    )
    ended = run("import", write(f"{header}\n{good}\n{bad}\n"), "--object", "deals")
    assert ended.code in (0, 1), ended.err
    found = {row["dealname"]: row for row in rows("deal")}
    assert {type: found["Good"][f"my_{type}"] for type in AS_CSV} == {
        type: value for type, (_, value) in AS_CSV.items()
    }
    left_out = {type: found["Bad"][f"my_{type}"] for type in AS_CSV}
    assert left_out == {type: "<p>Hello</p>" if type == "rich_text" else None for type in AS_CSV}
    for type in AS_CSV.keys() - {"rich_text"}:
        assert f"My {type}" in ended.out, f"nothing is said about the bad {type}"
