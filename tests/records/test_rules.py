"""One validator for every way in: form, inline edit, import, API and rules of the program (SPEC 2.5, DB-13)."""

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm.db import end_read, unit_of_work
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.records.automatic import AutomaticValue, automatic_values
from crm.records.changes import Change
from crm.records.errors import InvalidInput
from crm.records.operations import create_record, update_record
from crm.records.queries import get_record
from crm.records.source import SCREEN, Source, SourceKind
from tests.factories import make_contact
from tests.factories.property_settings import set_property
from tests.support.queries import count_queries

DIGITS = {"characters": {"only": "digits", "spaces": False}}
HUMAN = (SourceKind.SCREEN, SourceKind.IMPORT)


@pytest.fixture(autouse=True)
def ruled(app: Flask) -> None:
    """A postal code of digits; a city in capitals without blanks around it."""
    set_property("contact", "zip", rules=DIGITS)
    set_property("contact", "city", formatting=["trim", "upper_case"])


def written(actor: Viewer, record_id: int, changes: Mapping[str, Any], source: Source = SCREEN) -> set[str]:
    end_read()
    with unit_of_work():
        return update_record(actor, record_id, changes, source=source)


@pytest.mark.parametrize("kind", [one for one in SourceKind if one is not SourceKind.RULE])
def test_db_13_whoever_writes_keeps_the_rules(bob: Viewer, kind: SourceKind) -> None:
    record_id = make_contact(bob)
    with pytest.raises(InvalidInput) as refused:
        written(bob, record_id, {"zip": "12 X", "city": "Bonn"}, Source(kind))
    assert str(refused.value.errors["zip"]) == "Only digits; “ ” is none."
    with pytest.raises(InvalidInput), unit_of_work():
        create_record(bob, "contact", {"firstname": "Ada", "zip": "x"}, Source(kind))
    end_read()
    assert get_record(bob, record_id).values["city"] is None


def test_a_value_nobody_touches_may_break_a_rule_made_later(bob: Viewer) -> None:
    record_id = make_contact(bob, state="old")
    set_property("contact", "state", rules=DIGITS)
    assert written(bob, record_id, {"jobtitle": "Buyer"}) == {"jobtitle"}
    with pytest.raises(InvalidInput):
        written(bob, record_id, {"state": "new"})


def test_a_rule_of_the_program_that_fails_is_logged_and_not_applied(
    bob: Viewer, caplog: pytest.LogCaptureFixture
) -> None:
    record_id = make_contact(bob)
    with caplog.at_level(logging.WARNING):
        changed = written(bob, record_id, {"zip": "x", "state": "NY"}, Source(SourceKind.RULE, "postal"))
    assert changed == {"state"}
    assert "rule postal did not write contact.zip: Only digits" in caplog.text
    with caplog.at_level(logging.WARNING):
        assert written(bob, record_id, {"zip": "x"}, Source(SourceKind.RULE, "postal")) == set()
    end_read()
    assert get_record(bob, record_id).version == 2


@pytest.fixture
def automatic() -> Iterator[None]:
    """An automatic value that no rule allows."""
    bad = AutomaticValue("bad_zip", lambda change: {"zip": "none"} if change.kind.name == "contact" else {})
    automatic_values._kinds["bad_zip"], automatic_values._ordered = bad, None
    yield
    del automatic_values._kinds["bad_zip"]
    automatic_values._ordered = None


def test_an_automatic_value_that_breaks_a_rule_stops_nobody(
    bob: Viewer, automatic: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        record_id = make_contact(bob)
    assert get_record(bob, record_id).values["zip"] is None
    assert "rule bad_zip did not write contact.zip" in caplog.text


@pytest.mark.parametrize("kind", list(SourceKind))
def test_texts_are_formatted_when_people_type_or_import_them_and_only_then(bob: Viewer, kind: SourceKind) -> None:
    record_id = make_contact(bob)
    written(bob, record_id, {"city": "Bonn "}, Source(kind))
    assert get_record(bob, record_id).values["city"] == ("BONN" if kind in HUMAN else "Bonn ")
    end_read()
    with unit_of_work():
        new = create_record(bob, "contact", {"firstname": "Ada", "city": "łódź"}, Source(kind))
    end_read()
    assert get_record(bob, new).values["city"] == ("ŁÓDŹ" if kind in HUMAN else "łódź")


def test_what_formatting_makes_equal_is_no_change(bob: Viewer) -> None:
    record_id = make_contact(bob, city="bonn")
    assert written(bob, record_id, {"city": "Bonn"}) == set()
    end_read()
    assert get_record(bob, record_id).version == 1


def test_a_text_of_which_formatting_leaves_nothing_is_emptied(bob: Viewer) -> None:
    set_property("contact", "city", formatting=["numbers_only"])
    record_id = make_contact(bob, city="12")
    assert written(bob, record_id, {"city": "none"}) == {"city"}
    end_read()
    assert get_record(bob, record_id).values["city"] is None


def test_rules_judge_what_formatting_has_made(bob: Viewer) -> None:
    set_property("contact", "zip", formatting=["numbers_only"])
    record_id = make_contact(bob)
    written(bob, record_id, {"zip": "PL 90-001"})
    assert get_record(bob, record_id).values["zip"] == "90001"


def test_inline_edit_shows_what_formatting_made_and_keeps_what_a_rule_refused(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer
) -> None:
    record_id, browser = make_contact(bob), client_of(bob)
    as_fragment = {"HX-Request": "true"}
    saved = browser.post(
        f"/records/{record_id}/properties/city", data={"city": "łódź", "version": 1}, headers=as_fragment
    )
    assert saved.status_code == 200
    assert "ŁÓDŹ" in saved.text
    refused = browser.post(
        f"/records/{record_id}/properties/zip", data={"zip": "9-A", "version": 2}, headers=as_fragment
    )
    assert refused.status_code == 422
    assert "Only digits; “-” is none." in refused.text
    assert 'value="9-A"' in refused.text


def test_rules_ask_the_database_nothing(bob: Viewer) -> None:
    kind = schema().object_type("contact")
    change = Change(bob, kind, 1, {}, {"zip": "x", "city": "y"}, Source())
    from crm.records.checks import record_checks

    check = record_checks.get("rules")
    assert check is not None
    with count_queries() as counted:
        assert set(check.errors(change)) == {"zip"}
    assert len(counted) == 0
