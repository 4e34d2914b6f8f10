"""Which links a run of work in bulk made and still are its own, also where records were merged since."""

from collections.abc import Collection

import sqlalchemy as sa

from crm.activities.linking import Pair
from crm.activities.models import ActivityLink
from crm.activities.reasons import Why
from crm.db import db
from crm.permissions.scopes import unguarded
from crm.records.models import Record

WHY = "a run takes back its own links, on hidden records too"
LINK: sa.Table = ActivityLink.__table__  # type: ignore[assignment]


def links_of_run(
    run_id: int, source: Why, activity_ids: Collection[int], record_ids: Collection[int] | None = None
) -> list[Pair]:
    """The links of these activities whose reason is `source` and the run, wherever merges have brought them.

    With `record_ids` only those to some of very many records, or to what these have become. What a person unticked and
    ticked again is theirs since then, as is whoever they said took part, and not among them. A query; with `record_ids`
    one more for each time that records were merged on, and one to see that they were not.
    """
    columns = (LINK.c.activity_id, LINK.c.record_id, LINK.c.source, LINK.c.source_detail)
    links = sa.select(*columns).where(LINK.c.activity_id.in_(activity_ids), LINK.c.source.in_((source, Why.MERGE)))
    links = links.where(sa.not_(LINK.c.takes_part))
    if record_ids is not None:
        links = links.where(LINK.c.record_id.in_(_with_merged(record_ids)))
    rows = db.session.execute(unguarded(links, WHY)).tuples()
    own = (source, str(run_id))
    return [(activity_id, record_id) for activity_id, record_id, *why in rows if _made_by(*why) == own]


def _with_merged(record_ids: Collection[int]) -> set[int]:
    wanted, found = set(record_ids), set(record_ids)
    while found:
        merged = sa.select(Record.merged_into_id).where(Record.id.in_(found), Record.merged_into_id.is_not(None))
        found = set(db.session.scalars(unguarded(merged, WHY))) - wanted
        wanted |= found
    return wanted


def _made_by(source: str, detail: str) -> tuple[str, str]:
    """The reason and the run; a merge has put the record before what it copied: "merge", "345:bulk:12"."""
    while source == Why.MERGE:
        _record, _, before = detail.partition(":")
        source, _, detail = before.partition(":")
    return source, detail.partition(":")[0]
