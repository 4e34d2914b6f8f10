"""Large amounts of data, in small: every table agrees with what the operations would have written."""

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.activities.models import ActivityLink
from crm.db import db
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.sample_data.generate import Amounts, generate
from crm.timeline.models import TimelineEntry
from tests.factories import make_contact


def count(statement: sa.Select[tuple[int]]) -> int:
    return db.session.scalar(unguarded(statement, "a test")) or 0


@pytest.fixture
def biggest(app: Flask, alice: Viewer) -> int:
    return generate(Amounts(contacts=60, activities=400, big_record=100), report=lambda line: None)


def test_amounts_are_those_asked_for(biggest: int) -> None:
    records = sa.select(sa.func.count()).select_from(Record)
    assert count(records.where(Record.object_type == "contact")) == 60
    activities = ["note", "call", "email", "task", "meeting", "communication", "postal_mail"]
    assert count(records.where(Record.object_type.in_(activities))) == 400


def test_one_record_has_many(biggest: int) -> None:
    entries = sa.select(sa.func.count()).where(TimelineEntry.record_id == biggest)
    assert 60 < count(entries) < 160


def test_timeline_and_links_agree(biggest: int) -> None:
    links = count(sa.select(sa.func.count()).select_from(ActivityLink))
    assert links == count(sa.select(sa.func.count()).where(TimelineEntry.activity_id.is_not(None)))
    orphans = sa.select(sa.func.count()).where(
        ActivityLink.activity_id.not_in(unguarded(sa.select(Record.id), "a test"))
    )
    assert count(orphans) == 0


def test_people_can_go_on_from_there(biggest: int, alice: Viewer) -> None:
    """Numbers given by hand must not be given again by the database."""
    assert make_contact(alice) > biggest
