"""Who may write the values of a property, where not everybody may (SPEC 2.4)."""

import sqlalchemy as sa

from crm.db import db
from crm.events import TeamDeleted
from crm.objects import changing
from crm.objects.queries import CHOSEN
from crm.objects.schema import Editors
from crm.properties.models import PropertyEditorRow, PropertyRow

EVERYONE = "everyone"


def write_editors(property_id: int, editors: Editors | None) -> None:
    """Write who may write a property; None lets everybody who may edit the record."""
    table = PropertyEditorRow.__table__
    db.session.execute(sa.delete(table).where(table.c.property_id == property_id))
    rows = [{"property_id": property_id, "user_id": one, "team_id": None} for one in sorted(_users(editors))]
    rows += [{"property_id": property_id, "user_id": None, "team_id": one} for one in sorted(_teams(editors))]
    if rows:
        db.session.execute(sa.insert(table), rows)
    access = EVERYONE if editors is None else CHOSEN
    properties = PropertyRow.__table__
    changed = sa.update(properties).where(properties.c.id == property_id).values(edit_access=access)
    db.session.execute(changed)


def on_team_deleted(event: TeamDeleted) -> None:
    """A team that goes takes its say with it: a later team must not inherit it by its number."""
    table = PropertyEditorRow.__table__
    gone = db.session.execute(sa.delete(table).where(table.c.team_id == event.team_id))
    if gone.rowcount:
        changing.end_change()


def _users(editors: Editors | None) -> frozenset[int]:
    return editors.user_ids if editors else frozenset()


def _teams(editors: Editors | None) -> frozenset[int]:
    return editors.team_ids if editors else frozenset()
