"""Links with other records: those of both, each once; the primary company stays that of the primary record."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from crm.associations.history import Change, Linked, write_link_history
from crm.associations.models import Association
from crm.associations.primary import live_primaries, settle
from crm.associations.queries import association_types
from crm.associations.rows import COMPANY
from crm.db import db
from crm.merging.parts import WHY, MergePart, Merging, Parting, copy_rows, merge_parts
from crm.permissions.scopes import unguarded
from crm.records.models import Record
from crm.records.source import SourceKind

LINK: sa.Table = Association.__table__  # type: ignore[assignment]
Row = sa.Row[tuple[int, int, int]]


def _unite(merging: Merging) -> None:
    first, second = merging.sources
    left_out = _primary_types(merging) if _keeps_primary_of_first(merging) else set()
    lost = {first: set() if left_out else _primary_types(merging), second: left_out}
    for source, partner in ((first, second), (second, first)):
        _copy(merging, LINK.c.from_record_id, LINK.c.to_record_id, source, partner, lost[source])
        _copy(merging, LINK.c.to_record_id, LINK.c.from_record_id, source, partner, lost[source])


def _copy(
    merging: Merging, mine: sa.Column[int], other: sa.Column[int], source: int, partner: int, without: set[int]
) -> None:
    """The links of one of the two in one direction, but for what the merged record has already."""
    there = LINK.alias()
    is_there = sa.select(sa.literal(1)).where(
        there.c[mine.name] == merging.merged_id, there.c.type_id == LINK.c.type_id, there.c[other.name] == other
    )
    condition = sa.and_(mine == source, other != partner, sa.not_(is_there.correlate(LINK).exists()))
    if without:
        condition = sa.and_(condition, LINK.c.type_id.not_in(sorted(without)))
    copy_rows(LINK, {mine.name: merging.merged_id}, condition)


def _primary_types(merging: Merging) -> set[int]:
    """The types of the link of such a record to its primary company and back; companies have none."""
    if merging.kind.name == COMPANY:
        return set()
    types = association_types()
    found = {types.primary(merging.kind.name, COMPANY), types.primary(COMPANY, merging.kind.name)}
    return {one for one in found if one is not None}


def _keeps_primary_of_first(merging: Merging) -> bool:
    """The label stays with the primary record's company, unless only the other record has one that is not deleted."""
    if merging.kind.name == COMPANY:
        return False
    first, second = merging.sources
    live = live_primaries(merging.kind.name, merging.sources)
    return first in live or second not in live


def _part(parting: Parting) -> None:
    new = newer_links(parting)
    # A label that was deleted may be off the two already, and not yet off the merged record.
    left_out = {one.id for one in association_types().by_id.values() if one.is_primary or one.is_archived}
    gone = sa.or_(LINK.c.from_record_id == parting.merged_id, LINK.c.to_record_id == parting.merged_id)
    db.session.execute(sa.delete(LINK).where(gone))
    kept = [one for one in new if one["type_id"] not in left_out]
    if kept:
        db.session.execute(sa.insert(LINK), kept)
        _tell(parting, kept)


def newer_links(parting: Parting) -> list[dict[str, object]]:
    """The links the merged record got after the merge, both directions, as they are to be with who keeps them.

    That is the primary record, but for those to a record that only the other one was linked with.
    """
    known: dict[int, set[int]] = {source: set() for source in parting.sources}
    rows: set[tuple[int, int]] = set()
    for source in parting.sources:
        for row in _from(source):
            known[source].add(row.to_record_id)
            rows.add((row.type_id, row.to_record_id))
    there = db.session.execute(unguarded(sa.select(LINK).where(LINK.c.from_record_id == parting.merged_id), WHY)).all()
    fresh = {(row.type_id, row.to_record_id) for row in there} - rows
    keepers = {other: _keeper(parting, known, other) for _type_id, other in fresh}
    types = association_types()
    found: list[dict[str, object]] = []
    for row in there:
        if (row.type_id, row.to_record_id) not in fresh:
            continue
        keeper, facts = keepers[row.to_record_id], row._asdict()
        found.append(facts | {"from_record_id": keeper})
        back = {"from_record_id": row.to_record_id, "to_record_id": keeper, "type_id": types.inverse_of(row.type_id)}
        found.append(facts | back)
    return found


def _keeper(parting: Parting, known: dict[int, set[int]], other: int) -> int:
    only_with_second = other in known[parting.secondary_id] and other not in known[parting.primary_id]
    return parting.secondary_id if only_with_second else parting.primary_id


def _from(record_id: int) -> Sequence[Row]:
    columns = (LINK.c.type_id, LINK.c.to_record_id, LINK.c.from_record_id)
    return db.session.execute(unguarded(sa.select(*columns).where(LINK.c.from_record_id == record_id), WHY)).all()


def _tell(parting: Parting, rows: Iterable[dict[str, object]]) -> None:
    """In the history of links, once for both directions."""
    types = association_types()
    links = [
        Linked(row["from_record_id"], row["to_record_id"], types.name_of(row["type_id"]), str(SourceKind.MERGE))  # type: ignore[arg-type]
        for row in rows
        if row["from_record_id"] in parting.sources
    ]
    write_link_history(parting.actor, Change.ADDED, links, parting.moment)


def settle_companies(parting: Parting) -> None:
    """Once both are back: whoever has companies has one that is the primary one."""
    for source in parting.sources:
        by_type: dict[str, set[int]] = {}
        if parting.kind.name != COMPANY:
            by_type[parting.kind.name] = {source}
        else:
            others = sa.select(Record.object_type, Record.id).join(LINK, LINK.c.from_record_id == Record.id)
            linked = others.where(LINK.c.to_record_id == source)
            for name, record_id in db.session.execute(unguarded(linked, WHY)).tuples():
                by_type.setdefault(name, set()).add(record_id)
        for name, ids in by_type.items():
            settle(parting.actor, name, ids)


merge_parts.register(MergePart("associations", ("association",), _unite, _part, position=10))
