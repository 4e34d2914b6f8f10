"""Who took part: the contacts who were called, or who come to a meeting (SPEC 8.2).

They are among the records the activity is on, and their links say so; taken off the activity, they took no part.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa

from crm.activities.auto_associate import MOST_LINKS, Link
from crm.activities.models import ActivityLink
from crm.activities.queries import LinkedRecord, names_of
from crm.db import db
from crm.permissions.scopes import guarded, visible_to
from crm.permissions.viewer import Viewer
from crm.records.models import Record

CONTACT = "contact"
MOST_PEOPLE = 100
LINK: sa.Table = ActivityLink.__table__  # type: ignore[assignment]


def visible_contacts(viewer: Viewer, record_ids: Iterable[int]) -> list[LinkedRecord]:
    """Those of these records that are contacts the viewer may see, each once, at most MOST_PEOPLE."""
    asked = list(dict.fromkeys(record_ids))[:MOST_PEOPLE]
    return [one for one in names_of(viewer, asked) if one.object_type == CONTACT]


def with_people(links: Sequence[Link], people_ids: Iterable[int]) -> list[Link]:
    """The links of a new activity, with those to people who took part and are not among them."""
    known = {link.record_id for link in links}
    return [*links, *(Link(one, "person") for one in people_ids if one not in known)][:MOST_LINKS]


def mark_people(activity_id: int, record_ids: Collection[int], takes_part: bool = True) -> None:
    """Say of records the activity is on that they took part, or that they did not."""
    if record_ids:
        theirs = sa.update(LINK).where(LINK.c.activity_id == activity_id, LINK.c.record_id.in_(sorted(record_ids)))
        db.session.execute(theirs.values(takes_part=takes_part))


def people_of(viewer: Viewer, activity_ids: Sequence[int]) -> Mapping[int, list[LinkedRecord]]:
    """The visible contacts who took part in each of these activities, by name; one query."""
    found: dict[int, list[LinkedRecord]] = defaultdict(list)
    if not activity_ids:
        return found
    columns = (LINK.c.activity_id, Record.id, Record.object_type, Record.display_name, LINK.c.source)
    statement = (
        sa.select(*columns)
        .join(Record, Record.id == LINK.c.record_id)
        .where(LINK.c.activity_id.in_(activity_ids), LINK.c.takes_part, visible_to(viewer, object_types=(CONTACT,)))
        .order_by(sa.func.lower(Record.display_name), Record.id)
    )
    for row in db.session.execute(guarded(statement, viewer)):
        found[row.activity_id].append(LinkedRecord(row.id, row.object_type, row.display_name, row.source))
    return found
