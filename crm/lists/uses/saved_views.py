"""Saved views whose filter asks for the members of a list."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from crm.db import db
from crm.lists.naming import MEMBERSHIP, lists_named
from crm.lists.queries import ListRow
from crm.lists.uses import ListUse, Use, list_uses
from crm.messages import N_
from crm.permissions.viewer import Viewer
from crm.saved_views.queries import VIEW, open_to
from crm.saved_views.shelf import read_row
from crm.saved_views.uses import view_use


def _find(viewer: Viewer, lists: Sequence[ListRow]) -> Mapping[int, Sequence[Use]]:
    types = {one.object_type for one in lists}
    asking = VIEW.c.state.contains(f"{MEMBERSHIP}:", autoescape=True)
    wanted = sa.select(VIEW).where(VIEW.c.object_type.in_(types), asking, open_to(viewer), VIEW.c.deleted_at.is_(None))
    found: dict[int, list[Use]] = {one.id: [] for one in lists}
    for view in map(read_row, db.session.execute(wanted.order_by(VIEW.c.folded_name, VIEW.c.id))):
        for list_id in lists_named(view.state.filter) & found.keys():
            use = view_use(view)
            found[list_id].append(Use(use.text, use.url))
    return found


list_uses.register(ListUse("saved_views", N_("Saved views"), _find, position=20))
