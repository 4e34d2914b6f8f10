"""The history of links: that of both in one, which adds up to what the merged record is linked to."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa

from crm.activities.models import ActivityLink
from crm.associations.history import ACTIVITY, Change, Linked, write_link_history
from crm.associations.link_types import association_types
from crm.associations.models import Association, LinkHistoryRow
from crm.db import db
from crm.merging.parts import WHY, MergePart, Merging, Parting, merge_parts
from crm.permissions.scopes import unguarded
from crm.records.source import SourceKind

HISTORY: sa.Table = LinkHistoryRow.__table__  # type: ignore[assignment]
AT_ONCE = 1_000

# The record at the other end, and the name of the link as it leads there.
Way = tuple[int, str]


def _unite(merging: Merging) -> None:
    back = _ways_back()
    first, second = merging.sources
    mine, theirs = _rows(first, without=second), _rows(second, without=first)
    of_mine, of_theirs = partial(_way, first, back), partial(_way, second, back)
    told, also_told = _added_up(mine, of_mine), _added_up(theirs, of_theirs)
    twice = {way for way, amount in also_told.items() if amount > 0 and told[way] > 0}
    kept = [*_copies(mine, first, merging.merged_id)]
    kept += _copies(_without_last(theirs, twice, of_theirs), second, merging.merged_id)
    for start in range(0, len(kept), AT_ONCE):
        db.session.execute(sa.insert(HISTORY), kept[start : start + AT_ONCE])
    linked = _linked(merging.merged_id)
    no_longer = {way for way in told + also_told if way not in linked and told[way] + also_told[way] > 0}
    _tell_removed(merging, no_longer)


def _touching(record_id: int) -> sa.ColumnElement[bool]:
    return sa.or_(HISTORY.c.record_id == record_id, HISTORY.c.other_id == record_id)


def _rows(record_id: int, without: int) -> Sequence[sa.Row[Any]]:
    condition = sa.and_(_touching(record_id), HISTORY.c.record_id != without, HISTORY.c.other_id != without)
    return db.session.execute(unguarded(sa.select(HISTORY).where(condition).order_by(HISTORY.c.id), WHY)).all()


def _ways_back() -> dict[str, str]:
    """The name of the way back by the name of each type of link."""
    types = association_types().by_id
    return {one.name: types[one.inverse_id].name for one in types.values()}


def _way(record_id: int, back: dict[str, str], row: sa.Row[Any]) -> Way:
    if row.record_id == record_id:
        return row.other_id, row.relation
    return row.record_id, back.get(row.relation, row.relation)


def _added_up(rows: Sequence[sa.Row[Any]], way: Any) -> Counter[Way]:
    found: Counter[Way] = Counter()
    for row in rows:
        found[way(row)] += 1 if row.change == Change.ADDED else -1
    return found


def _without_last(rows: Sequence[sa.Row[Any]], twice: set[Way], way: Any) -> list[sa.Row[Any]]:
    """The rows but for the last adding of each link that the other record has too: on the merged one it is once."""
    waiting = set(twice)
    kept = []
    for row in reversed(rows):
        if row.change == Change.ADDED and way(row) in waiting:
            waiting.discard(way(row))
        else:
            kept.append(row)
    return kept[::-1]


def _copies(rows: Sequence[sa.Row[Any]], source: int, merged_id: int) -> list[dict[str, Any]]:
    copies = []
    for row in rows:
        values = row._asdict()
        del values["id"]
        values["record_id" if row.record_id == source else "other_id"] = merged_id
        copies.append(values)
    return copies


def _linked(record_id: int) -> set[Way]:
    types = association_types()
    links = sa.select(Association.to_record_id, Association.type_id).where(Association.from_record_id == record_id)
    rows = db.session.execute(unguarded(links, WHY)).tuples()
    found = {(other, types.name_of(type_id)) for other, type_id in rows}
    on_it = sa.select(ActivityLink.activity_id).where(ActivityLink.record_id == record_id)
    return found | {(one, ACTIVITY) for one in db.session.scalars(unguarded(on_it, WHY))}


def _tell_removed(merging: Merging, ways: set[Way]) -> None:
    """What one of the two was linked to and the merged record is not: a second primary company."""
    gone = [Linked(merging.merged_id, other, relation, str(SourceKind.MERGE)) for other, relation in sorted(ways)]
    write_link_history(merging.actor, Change.REMOVED, gone, merging.moment)


def _part(parting: Parting) -> None:
    """Forget the copies, and what was told of copied links since; links that are new go on where they are now.

    The history of a new link is written anew at its new place by the part that moves the link.
    """
    db.session.execute(sa.delete(HISTORY).where(_touching(parting.merged_id)))


merge_parts.register(MergePart("link_history", ("link_history",), _unite, _part, position=90))
