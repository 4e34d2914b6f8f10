"""What one process does to the schema, another that had it in its cache sees with its next request (DESIGN 4.3)."""

import subprocess
import sys
from collections.abc import Callable

from flask.testing import FlaskClient

from crm.db import end_read
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from tests.durability.conftest import Station
from tests.support.program import PATIENCE, PROJECT

Sign = Callable[[Viewer], FlaskClient]
OTHER_PROCESS = """
from crm import create_app
from crm.db import unit_of_work
from crm.objects.object_content import DisplayProperty, NewObject
from crm.objects.object_types import create_object_type
from crm.objects.properties import create_property
from crm.objects.removal import remove_object_type
from crm.permissions.viewer import SYSTEM

NEW = NewObject("Machine", "Machines", DisplayProperty("Serial number"), associated=("contact",))
with create_app().app_context(), unit_of_work():
    WHAT
"""


def elsewhere(station: Station, what: str) -> None:
    """Do something in another process, to its end."""
    end_read()
    command = [sys.executable, "-c", OTHER_PROCESS.replace("WHAT", what)]
    environment = station.program.environment
    subprocess.run(command, cwd=PROJECT, env=environment, check=True, timeout=PATIENCE)


def test_db_03_objects_of_another_process_are_there_at_once(station: Station, client_of: Sign, alice: Viewer) -> None:
    browser = client_of(alice)
    assert browser.get("/objects/machines").status_code == 404
    elsewhere(station, "create_object_type(SYSTEM, NEW)")
    assert browser.get("/objects/machines").status_code == 200
    assert "/objects/machines/new" in browser.get("/objects/contacts").text
    record_url = browser.post("/objects/machines/new", data={"serial_number": "KX-1"}).location
    elsewhere(station, 'create_property("machine", "Colour", "text", "details")')
    assert "colour" in schema().object_type("machine").properties
    assert browser.get(record_url).status_code == 200


def test_an_object_removed_by_another_process_is_gone_at_once(station: Station, client_of: Sign, alice: Viewer) -> None:
    browser = client_of(alice)
    elsewhere(station, "create_object_type(SYSTEM, NEW)")
    assert browser.get("/objects/machines").status_code == 200
    elsewhere(station, 'remove_object_type(SYSTEM, "machine")')
    assert browser.get("/objects/machines").status_code == 404
    assert browser.get("/objects/contacts").status_code == 200
