"""The search of one record's timeline: exactly the six fields of SPEC 1.6 (DESIGN 8.4).

With up to 2,500 activities the rows themselves are read and matched, which is always in step with the database; above
that the index is asked, with what changed since.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import sqlalchemy as sa

from crm.activities.models import ActivityLink
from crm.activities.types import activity_types
from crm.activities.types.base import ActivityType
from crm.db import db
from crm.messages import Message
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.search.activities import NO_INDEX, NOT_ALL, Candidates
from crm.search.documents import load_documents
from crm.search.engine import Ask, Hit
from crm.search.index import usable
from crm.search.plain_text import plain_text
from crm.search.words import Words, parse

READ_UP_TO = 2_500
MOST_MATCHES = 5_000
MOST_CHECKED = 2_000
PAGE = 500
WHY = "only ids leave this module; the timeline reads them again through the gate"


@dataclass(frozen=True)
class RecordMatches:
    """The activities of a record with all the words, and in what way they may be incomplete."""

    activity_ids: frozenset[int]
    note: Message | None = None


def match_in_record(viewer: Viewer, record_id: int, terms: str | Words) -> RecordMatches:
    """The activities on a record whose six searched fields have all of `terms`.

    The caller has found the record through the viewer, and shows only those of the ids that the viewer may see.
    """
    words = parse(terms) if isinstance(terms, str) else terms
    if not words:
        return RecordMatches(frozenset())
    if not _is_long(record_id):
        return RecordMatches(frozenset(_matching(record_id, words)))
    index = usable()
    if index is None:
        newest = _newest_on(record_id)
        return RecordMatches(frozenset(_matching(record_id, words, newest)), Message(NO_INDEX))
    ask = Ask(words, only_timeline=True, record_ids=frozenset({record_id}))
    candidates = Candidates(index, ask)
    ids, is_cut = _checked(ask, iter(candidates))
    return RecordMatches(frozenset(ids), candidates.note or (Message(NOT_ALL) if is_cut else None))


def _is_long(record_id: int) -> bool:
    on_it = sa.select(sa.literal(1)).where(ActivityLink.record_id == record_id).limit(READ_UP_TO + 1).subquery()
    return (db.session.scalar(unguarded(sa.select(sa.func.count()).select_from(on_it), WHY)) or 0) > READ_UP_TO


def _newest_on(record_id: int) -> Sequence[int]:
    statement = sa.select(ActivityLink.activity_id).where(ActivityLink.record_id == record_id)
    statement = statement.order_by(ActivityLink.activity_id.desc()).limit(READ_UP_TO)
    return db.session.scalars(unguarded(statement, WHY)).all()


def _matching(record_id: int, words: Words, ids: Sequence[int] | None = None) -> Iterator[int]:
    on_record = sa.select(ActivityLink.activity_id).where(ActivityLink.record_id == record_id)
    branches = [_branch(kind, on_record if ids is None else ids) for kind in activity_types if kind.searched_properties]
    if not branches:
        return
    for row in db.session.execute(unguarded(sa.union_all(*branches), WHY)):
        if words.matches("\n".join(filter(None, (row.plain, plain_text(row.rich))))):
            yield row.record_id


def _branch(kind: ActivityType, ids: Any) -> sa.Select[Any]:
    """The searched texts of one kind: its plain ones (a title) and its rich ones (the body)."""
    object_type = schema().object_type(kind.object_type)
    properties = [object_type.properties[name] for name in kind.searched_properties]
    table = object_type.table
    rich = [table.c[prop.column_name] for prop in properties if prop.type == "rich_text"]
    plain = [table.c[prop.column_name] for prop in properties if prop.type != "rich_text"]
    fixed = [object_type.column(name) == value for name, value in kind.fixed_values.items()]
    columns = (table.c.record_id, _joined(plain).label("plain"), _joined(rich).label("rich"))
    return sa.select(*columns).where(table.c.record_id.in_(ids), table.c.archived_at.is_(None), *fixed)


def _joined(columns: Sequence[sa.Column[Any]]) -> sa.ColumnElement[str]:
    joined: sa.ColumnElement[str] = sa.literal("")
    for place, column in enumerate(columns):
        text = sa.func.coalesce(column, "")
        joined = text if place == 0 else joined + sa.literal("\n") + text
    return joined


def _checked(ask: Ask, hits: Iterator[Hit]) -> tuple[set[int], bool]:
    """The activities among the newest hits, those the index is not sure of read and matched; whether some were left."""
    found: set[int] = set()
    unsure: list[int] = []
    for hit in islice(hits, MOST_MATCHES):
        if hit.is_exact:
            found.add(hit.place.activity_id)
        else:
            unsure.append(hit.place.activity_id)
    for start in range(0, min(len(unsure), MOST_CHECKED), PAGE):
        documents = load_documents(unsure[start : start + PAGE])
        found.update(document.activity_id for document in documents.values() if ask.accepts(document))
    is_cut = len(unsure) > MOST_CHECKED or next(hits, None) is not None
    return found, is_cut
