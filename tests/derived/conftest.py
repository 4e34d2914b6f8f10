"""Properties that follow from others, and a way to look at what is stored."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask

from crm.db import end_read, unit_of_work
from crm.derived.defining import complete_settings
from crm.objects.properties import define_property
from crm.objects.property_content import PropertyContent
from crm.objects.queries import schema
from crm.objects.registry import ProposedProperty
from crm.permissions.viewer import Viewer
from crm.records.queries import get_record

Make = Callable[..., str]
Stored = Callable[..., Any]


@pytest.fixture
def follow(alice: Viewer, work: Callable[[], None]) -> Make:
    """Make a property that follows from others, give all records their value, and answer its name."""

    def make(object_type: str, label: str, type: str, **settings: Any) -> str:
        end_read()
        with unit_of_work():
            name = define(alice, object_type, label, type, settings)
        work()
        return name

    return make


def define(actor: Viewer, object_type: str, label: str, type: str, settings: Mapping[str, Any]) -> str:
    """Define such a property inside a unit of work, its settings completed as the form completes them."""
    kind = schema().object_type(object_type)
    proposed = ProposedProperty(kind, None, label, type, dict(settings))
    group = next(iter(kind.properties.values())).group
    whole = {**settings, **complete_settings(proposed)}
    return define_property(actor, object_type, type, PropertyContent(label, group, settings=whole)).name


@pytest.fixture
def stored(alice: Viewer, app: Flask) -> Stored:
    """The stored value of one property of a record, or a tuple of several."""

    def read(record_id: int, *names: str) -> Any:
        end_read()
        values = get_record(alice, record_id).values
        return values[names[0]] if len(names) == 1 else tuple(values[name] for name in names)

    return read
