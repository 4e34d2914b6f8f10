"""An office with something in every place: what one team has, and what stands between it and the other."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import time_machine
from flask import Flask

from crm.accounts import seen
from crm.activities.operations import pin
from crm.activities.types import activity_types
from crm.db import end_read, unit_of_work
from crm.files.operations import attach
from crm.permissions.viewer import Viewer
from crm.records.operations import update_record
from crm.web.file_store import file_store
from tests.conftest import Installation
from tests.factories import make_activity, make_comment, make_contact, make_record, relate
from tests.security import world
from tests.security.site import Site
from tests.security.state import State
from tests.security.world import NAMES, SECRET, world_of


@dataclass(frozen=True)
class Office(world.Office):
    """What North has, all of it with SECRET in its name or text, and one contact of South."""

    souths_contact: int


@pytest.fixture
def office(app: Flask, bob: Viewer, charlie: Viewer) -> Office:
    """Five records of bob, associated with each other; nine activities; a comment, a file and a pin."""
    records = {kind: make_record(bob, kind, **{name: f"{SECRET} {kind}"}) for kind, name in NAMES.items()}
    contact = records["contact"]
    with unit_of_work():
        update_record(bob, contact, {"email": "z@example.com"})
    relate(bob, contact, *(one for one in records.values() if one != contact))
    text = f"<p>{SECRET} calling</p>"
    activities = {kind.name: make_activity(bob, kind.name, contact, body=text) for kind in activity_types}
    comment = make_comment(bob, activities["note"], f"{SECRET} comment")
    deposit = file_store().store(io.BytesIO(b"%PDF"), f"{SECRET}.pdf", "application/pdf")
    end_read()
    with unit_of_work():
        file = attach(bob, activities["note"], deposit)
        pin(bob, contact, activities["note"])
    return Office(records, activities, comment, file, pair=0, souths_contact=make_contact(charlie, "Olga South"))


@pytest.fixture(autouse=True)
def nobody_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    """When people were last seen is written beside the requests, at moments of its own; here every change counts."""
    monkeypatch.setattr(seen, "note", lambda *_note: None)


@pytest.fixture
def site(installation: Installation, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Kartotek with South and North in it, for the generic checks; an error nobody foresaw is answered with 500."""
    monkeypatch.setitem(installation.app.config, "PROPAGATE_EXCEPTIONS", False)
    with installation.app.app_context():
        world = world_of(installation)
        made = Site(installation, world, State(installation))
        yield made
        made.state.close()
