"""Settings of properties, as the pages of the settings write them."""

import json
from typing import Any

import sqlalchemy as sa

from crm.db import db, end_read, touch, unit_of_work
from crm.objects.queries import STAMP
from crm.properties.models import PropertyRow


def set_property(object_type: str, name: str, **settings: Any) -> None:
    """Put `settings` over those of a property; None takes one away."""
    end_read()
    is_meant = sa.and_(PropertyRow.object_type == object_type, PropertyRow.name == name)
    with unit_of_work():
        stored = db.session.execute(sa.select(PropertyRow.settings, PropertyRow.edited).where(is_meant)).one()
        kept = {**json.loads(stored.settings), **settings}
        values = {
            "settings": json.dumps({key: value for key, value in kept.items() if value is not None}),
            "edited": json.dumps(sorted({*json.loads(stored.edited), *(f"settings:{key}" for key in settings)})),
        }
        db.session.execute(sa.update(PropertyRow).where(is_meant).values(**values))
        touch(STAMP)
    end_read()
