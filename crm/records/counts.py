"""How many records of each object a person may see, counted as far as people read (DESIGN 4.4)."""

from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa

from crm.db import db
from crm.permissions.scopes import guarded, visible_to
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.records.queries import COUNT_LIMIT


def count_text(number: int, is_exact: bool = True) -> str:
    """A number of things for people: "5", or "10,000+" where there are more."""
    return f"{number:,}" if is_exact else f"{number:,}+"


def bounded_text(number: int, limit: int) -> str:
    """The same of things that were counted no further than one past `limit`."""
    return count_text(min(number, limit), number <= limit)


class Counted(NamedTuple):
    """A number of records, which stops at `COUNT_LIMIT`."""

    number: int
    is_exact: bool = True

    @property
    def text(self) -> str:
        """For people: "5" or "10,000+"."""
        return count_text(self.number, self.is_exact)


def record_counts(viewer: Viewer, object_types: Iterable[str]) -> dict[str, Counted]:
    """The live records of each of these objects that the viewer may see; one query."""
    branches = []
    for name in object_types:
        found = sa.select(sa.literal(1)).where(Record.object_type == name, visible_to(viewer, object_types=[name]))
        limited = found.limit(COUNT_LIMIT + 1).subquery()
        branches.append(sa.select(sa.literal(name).label("name"), sa.func.count().label("number")).select_from(limited))
    if not branches:
        return {}
    rows = db.session.execute(guarded(sa.union_all(*branches), viewer))
    return {row.name: Counted(min(row.number, COUNT_LIMIT), row.number <= COUNT_LIMIT) for row in rows}
