"""A score is a number that programs write and nobody types (SPEC 2.3, DB-13)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from crm.db import end_read, unit_of_work
from crm.objects.properties import create_property
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.operations import update_record
from crm.records.queries import get_record
from crm.records.source import Source, SourceKind
from crm.records.values import parse_form
from tests.factories import make_deal


@pytest.fixture(autouse=True)
def score(app: Any) -> None:
    """A deal has a score."""
    group = schema().object_type("deal").property("dealname").group
    end_read()
    with unit_of_work():
        create_property("deal", "Fit", "score", group)
    end_read()


def test_db_13_a_score_is_written_by_programs_and_read_by_people(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer
) -> None:
    deal_id, browser = make_deal(bob), client_of(bob)
    end_read()
    with unit_of_work():
        update_record(bob, deal_id, {"fit": Decimal("87.5")}, source=Source(SourceKind.API, "scoring"))
    end_read()
    assert get_record(bob, deal_id).values["fit"] == Decimal("87.5")
    shown = browser.get(f"/records/{deal_id}/properties/fit", headers={"HX-Request": "true"})
    assert "87.5" in shown.text
    assert "/properties/fit/edit" not in shown.text
    assert browser.get(f"/records/{deal_id}/properties/fit/edit").status_code == 403
    assert browser.post(f"/records/{deal_id}/properties/fit", data={"version": 2, "fit": "1"}).status_code == 403
    values, errors = parse_form(schema().object_type("deal"), {"fit": "1"}, Context())
    assert (values, list(errors)) == ({}, ["fit"])
