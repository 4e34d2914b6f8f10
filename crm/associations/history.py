"""What has been linked and unlinked, by whom or what, and when (SPEC 1.6 "History", 2.6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from crm.associations.models import LinkHistoryRow
from crm.clock import now
from crm.db import db
from crm.permissions.viewer import Viewer

ACTIVITY = "activity"


class Change(StrEnum):
    """What happened to a link."""

    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Linked:
    """One link that changed, and why; `relation` is as in LinkHistoryRow."""

    record_id: int
    other_id: int
    relation: str
    source: str
    source_detail: str = ""


def write_link_history(actor: Viewer, change: Change, links: Iterable[Linked], moment: datetime | None = None) -> None:
    """Append a row for each link, in one statement; at `moment` (UTC), now unless it is given."""
    common = {"change": str(change), "actor_id": actor.user_id, "moment": moment or now()}
    rows = [vars(one) | common for one in links]
    if rows:
        db.session.execute(sa.insert(LinkHistoryRow.__table__), rows)
