"""A property that is archived when two records become one comes back with the values of both (SPEC 2.4, 4.6)."""

import pytest
import sqlalchemy as sa

from crm.db import db, end_read, unit_of_work
from crm.objects.archiving import archive_property, restore_property
from crm.objects.properties import create_property
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.properties.models import PropertyHistoryRow
from crm.records.queries import get_record
from tests.durability.invariants import broken
from tests.durability.snapshot import Snapshot
from tests.factories import make_contact
from tests.factories.merging import make_merge, undo_merge


@pytest.mark.parametrize(("mine", "theirs", "kept"), [("ABC", "DEF", "ABC"), (None, "DEF", "DEF"), (None, None, None)])
def test_values_of_archived_properties_come_along(
    alice: Viewer, mine: str | None, theirs: str | None, kept: str | None
) -> None:
    end_read()
    with unit_of_work():
        group = schema().object_type("contact").properties["firstname"].group
        name = create_property("contact", "Nickname", "text", group).name
    first, second = (make_contact(alice, **{name: given}) for given in (mine, theirs))
    end_read()
    with unit_of_work():
        archive_property(alice, "contact", name)
    made = make_merge(alice, first, second)
    with unit_of_work():
        restore_property(alice, "contact", name)
    end_read()
    assert get_record(alice, made.record_id).values[name] == kept
    history = PropertyHistoryRow
    told = sa.select(history.new).where(history.record_id == made.record_id, history.property_name == name)
    told = unguarded(told.order_by(history.id.desc()).limit(1), "a test looks")
    assert db.session.scalar(told) == kept
    end_read()
    assert broken(Snapshot()) == []
    assert undo_merge(alice, made.merge_id) == (first, second)
    end_read()
    assert [get_record(alice, one).values[name] for one in (first, second)] == [mine, theirs]
