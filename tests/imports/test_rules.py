"""Rules and formatting of properties hold for imports, cell by cell (SPEC 2.5, 4.4)."""

import pytest
from flask import Flask

from crm.permissions.viewer import Viewer
from tests.factories import make_contact
from tests.factories.property_settings import set_property
from tests.imports.conftest import Rows, Run, Write


@pytest.fixture(autouse=True)
def ruled(app: Flask) -> None:
    """A postal code of digits; a city in capitals without blanks around it."""
    set_property("contact", "zip", rules={"characters": {"only": "digits", "spaces": False}})
    set_property("contact", "city", formatting=["trim", "upper_case"])


def test_an_import_takes_the_row_without_the_value_and_says_which_cell(
    alice: Viewer,
    run: Run,
    write: Write,
    rows: Rows,
) -> None:
    file = write("email,zip,city\na@example.com,12345,bonn\nb@example.com,12-A,łódź\n")
    ended = run("import", file, "--object", "contacts")
    assert ended.code in (0, 1), ended.err
    found = {row["email"]: (row["zip"], row["city"]) for row in rows("contact")}
    assert found == {"a@example.com": ("12345", "BONN"), "b@example.com": (None, "ŁÓDŹ")}
    assert "1 × zip “12-A”: Only digits; “-” is none. (in 3)" in ended.out


def test_an_import_that_updates_leaves_the_stored_value(
    alice: Viewer,
    run: Run,
    write: Write,
    rows: Rows,
) -> None:
    make_contact(alice, email="a@example.com", zip="1")
    run("import", write("email,zip,state\na@example.com,12-A,NY\n"), "--object", "contacts")
    assert [(row["zip"], row["state"]) for row in rows("contact")] == [("1", "NY")]
