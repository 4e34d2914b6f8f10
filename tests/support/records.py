"""Which records there are, for tests that ask what was stored."""

from typing import Any

import sqlalchemy as sa

from crm.db import db
from crm.objects.queries import schema
from crm.permissions.scopes import guarded, rows_visible_to
from crm.permissions.viewer import Viewer


def find_by_value(viewer: Viewer, object_type_name: str, property_name: str, value: Any) -> list[int]:
    """The ids of live, visible records whose property equals `value`, oldest first."""
    object_type = schema().object_type(object_type_name)
    table = object_type.table
    statement = (
        sa.select(table.c.record_id)
        .where(object_type.column(property_name) == value, rows_visible_to(viewer, object_type_name, table))
        .order_by(table.c.record_id)
    )
    return list(db.session.scalars(guarded(statement, viewer)))
