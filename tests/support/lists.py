"""Lists as tests need them."""

from typing import Any

import sqlalchemy as sa

from crm.db import db, end_read, unit_of_work
from crm.lists.operations import Content, create_list
from crm.lists.queries import MEMBER
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer


def make_list(actor: Viewer, name: str = "Berliners", *texts: str, object_type: str = "contact", **more: Any) -> int:
    """An active list with a filter, a static one without; returns its id."""
    end_read()
    with unit_of_work():
        content = Content(name, **({"kind": "active" if texts else "static", "filter": texts} | more))
        return create_list(actor, schema().object_type(object_type), content)


def on_list(list_id: int) -> set[int]:
    """The records that are on a list, whoever may see them."""
    end_read()
    on = sa.select(MEMBER.c.record_id).where(MEMBER.c.list_id == list_id)
    return set(db.session.scalars(unguarded(on, "a test looks at everything")))
