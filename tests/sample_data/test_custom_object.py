"""`generate --object`: a custom object with forty properties of all types, a pipeline and records."""

import pytest
from flask import Flask

from crm.db import end_read
from crm.objects.queries import schema
from crm.permissions.viewer import SYSTEM
from crm.properties.types import property_types
from crm.records.queries import IndexOrder, index_page
from crm.records.values import type_of
from crm.sample_data.custom_object import PROPERTIES, generate_object
from crm.search.find_records import find_records

COUNT = 30


@pytest.fixture
def machines(app: Flask) -> str:
    name = generate_object("machines", COUNT, lambda text: None)
    end_read()
    return name


def test_every_type_is_there_and_every_sort_pages_through_all_records(machines: str) -> None:
    kind = schema().object_type(machines)
    own = [prop for prop in kind.properties.values() if prop.is_custom]
    assert len(own) == PROPERTIES
    assert {one.name for one in property_types if one.is_creatable and one.name != "score"} <= {one.type for one in own}
    assert kind.pipelines
    for prop in kind.properties.values():
        if type_of(prop).is_sortable:
            for descending in (False, True):
                assert len(walked(machines, IndexOrder(prop.name, descending))) == COUNT, (prop.name, descending)
    assert len(find_records(SYSTEM, "0000", machines, limit=COUNT + 1)) == COUNT


def walked(name: str, order: IndexOrder) -> set[int]:
    """The records on all pages of an index, each counted once and in order of pages."""
    kind, found, key = schema().object_type(name), [], None
    while True:
        page = index_page(SYSTEM, kind, order, kind.layout.index_columns, key=key, limit=25)
        found += [row.id for row in page.rows]
        key = page.next_key
        if key is None:
            assert len(found) == len(set(found))
            return set(found)
