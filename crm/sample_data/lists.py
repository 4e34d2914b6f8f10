"""Two lists of the made-up company: one that its filter keeps true, and one that people filled (SPEC 5.4)."""

import sqlalchemy as sa

from crm.accounts.sharing import Visibility
from crm.db import db, end_read, unit_of_work
from crm.lists.models import ListKind
from crm.lists.operations import Content, add_members, create_list
from crm.lists.queries import lists_for
from crm.objects.queries import schema
from crm.permissions.scopes import guarded, rows_visible_to
from crm.permissions.viewer import Viewer

QUIET = Content(
    "Not contacted in 90 days",
    ListKind.ACTIVE,
    "Sales",
    Visibility.EVERYONE,
    ("notes_last_contacted:more_ago:90|days", "or", "notes_last_contacted:unknown"),
)
GUESTS = Content("Guests of the autumn fair", ListKind.STATIC, "Events", Visibility.EVERYONE)
INVITED = 12


def make_lists(actor: Viewer) -> None:
    """Make both, where they are not there already."""
    end_read()
    known, kind = {one.name for one in lists_for(actor)}, schema().object_type("contact")
    end_read()
    with unit_of_work():
        if QUIET.name not in known:
            create_list(actor, kind, QUIET)
        if GUESTS.name not in known:
            table = kind.table
            some = sa.select(table.c.record_id).where(rows_visible_to(actor, kind.name, table))
            guests = db.session.scalars(guarded(some.order_by(table.c.record_id).limit(INVITED), actor)).all()
            add_members(actor, create_list(actor, kind, GUESTS), guests)
    end_read()
