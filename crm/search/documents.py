"""What can be found of an activity: its texts, read from the database as they are now (SPEC 1.6, DESIGN 8.7)."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

import sqlalchemy as sa

from crm.activities.batches import load_many
from crm.activities.models import ActivityLink, Comment
from crm.activities.queries import ActivityRow
from crm.db import db
from crm.files.models import Attachment
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.records.models import Record
from crm.search.engine import Document
from crm.search.plain_text import plain_text
from crm.statements import Statements, among, one_of

TEXT_TYPES = frozenset({"text", "multi_line", "rich_text", "email", "phone", "url"})
NOT_WORDS = frozenset({"thread_id", "message_id", "recording_url"})
WHY = "the index is the same for everyone; hits pass the gate before they are shown"

_statements = Statements()


def load_documents(activity_ids: Collection[int]) -> dict[int, Document]:
    """The live activities among `activity_ids`, by id, each with all its texts; three queries for any number."""
    by_type: dict[str, list[int]] = defaultdict(list)
    for activity_id, object_type in _live_activities(activity_ids):
        by_type[object_type].append(activity_id)
    rows = load_many(by_type)
    links, remarks = _surroundings(rows)
    return {row.id: _document(row, tuple(links[row.id]), remarks[row.id]) for row in rows.values()}


def activity_ids(first: int, last: int, limit: int | None = None) -> list[int]:
    """The ids of live activities from `first` up to, not including, `last`; no more than the first `limit`."""
    names = [kind.name for kind in schema().activity_types]
    statement = (
        sa.select(Record.id)
        .where(Record.id >= first, Record.id < last, Record.object_type.in_(names), Record.archived_at.is_(None))
        .order_by(Record.id)
        .limit(limit)
    )
    return list(db.session.scalars(unguarded(statement, WHY)))


def activities_on(record_ids: Collection[int]) -> list[int]:
    """The ids of all activities that are on any of these records."""
    link = ActivityLink.__table__.c
    statement = sa.select(link.activity_id).where(link.record_id.in_(record_ids)).distinct()
    return list(db.session.scalars(unguarded(statement, WHY)))


def newest_activity_id() -> int:
    """An id not smaller than that of any activity; 0 in an empty database."""
    return db.session.scalar(unguarded(sa.select(sa.func.max(Record.id)), WHY)) or 0


def _live_activities(ids: Collection[int]) -> Iterator[tuple[int, str]]:
    if ids:
        known = schema()
        statement = _statements.get((known.token, "live"), lambda: _live([kind.name for kind in known.activity_types]))
        yield from db.session.execute(statement, {"ids": list(ids)}).tuples()


def _live(names: list[str]) -> Any:
    record = Record.__table__.c
    statement = sa.select(record.id, record.object_type).where(
        among(record.id, "ids"), one_of(record.object_type, names), record.archived_at.is_(None)
    )
    return unguarded(statement, WHY)


def _surroundings(ids: Collection[int]) -> tuple[dict[int, list[int]], dict[int, list[str]]]:
    """Of each activity the records it is on, and its comments and the names of attached files; in one query."""
    links: dict[int, list[int]] = defaultdict(list)
    remarks: dict[int, list[str]] = defaultdict(list)
    if ids:
        statement = _statements.get((schema().token, "surroundings"), _links_and_remarks)
        for activity_id, record_id, words in db.session.execute(statement, {"ids": list(ids)}).tuples():
            if record_id is not None:
                links[activity_id].append(record_id)
            else:
                remarks[activity_id].append(plain_text(words))
    return links, remarks


def _links_and_remarks() -> Any:
    link, comment, attachment = ActivityLink.__table__.c, Comment.__table__.c, Attachment.__table__.c
    no_record, no_words = sa.cast(sa.null(), link.record_id.type), sa.cast(sa.null(), sa.Text)
    return unguarded(
        sa.union_all(
            sa.select(link.activity_id, link.record_id, no_words.label("words")).where(among(link.activity_id, "ids")),
            sa.select(comment.activity_id, no_record, comment.body).where(
                among(comment.activity_id, "ids"), comment.archived_at.is_(None)
            ),
            sa.select(attachment.record_id, no_record, attachment.name).where(
                among(attachment.record_id, "ids"), attachment.archived_at.is_(None)
            ),
        ),
        WHY,
    )


def _document(row: ActivityRow, record_ids: tuple[int, ...], remarks: list[str]) -> Document:
    searched = row.type.searched_properties if row.type else ()
    other = [name for name, prop in row.object_type.properties.items() if prop.type in TEXT_TYPES]
    other = [name for name in other if name not in searched and name not in NOT_WORDS]
    return Document(
        activity_id=row.id,
        kind=row.kind,
        object_type=row.object_type.name,
        owner_id=row.owner_id,
        moment=row.moment,
        record_ids=record_ids,
        heading=row.heading,
        timeline_text="\n".join(_texts(row, searched)),
        other_text="\n".join((*_texts(row, other), *remarks)),
        author_id=row.values.get("created_by"),
    )


def _texts(row: ActivityRow, names: Collection[str]) -> Iterator[str]:
    for name in names:
        value: Any = row.values.get(name)
        if value:
            yield plain_text(value) if row.object_type.properties[name].type == "rich_text" else str(value)
