"""Searching everything: the pages and boxes ask here (SPEC 5.1, DESIGN 8)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.search.activities import ActivityHit, Found, find_activities
from crm.search.engine import Ask
from crm.search.find_records import RecordHit, find_records, matching_condition
from crm.search.highlight import highlight, snippet
from crm.search.in_record import RecordMatches, match_in_record
from crm.search.narrowing import Query, Translate, understand, without_filters
from crm.search.words import MAX_CLAUSES, MAX_QUERY, Words

__all__ = [
    "ActivityHit",
    "RecordGroup",
    "RecordHit",
    "RecordMatches",
    "SearchPage",
    "find_records",
    "highlight",
    "match_in_record",
    "matching_condition",
    "search",
    "snippet",
    "suggest",
]

RECORDS_EACH = 5
RECORDS_OF_ONE = 50
SUGGESTIONS = 8
TOO_MANY_WORDS = N_("Only the first %(count)s words were searched for.")
TOO_LONG = N_("Only the first %(count)s characters were searched for.")


@dataclass(frozen=True)
class RecordGroup:
    """The records of one object that were found; `is_more` says that there are others."""

    object_type: ObjectType
    hits: Sequence[RecordHit]
    is_more: bool


@dataclass(frozen=True)
class SearchPage:
    """What a search found. `next_before` continues the activities; `note` says what is missing and why."""

    query: Query
    records: Sequence[RecordGroup] = ()
    activities: Sequence[ActivityHit] = ()
    next_before: str | None = None
    note: Message | None = None

    @property
    def q(self) -> str:
        """The query as typed, blanks made one."""
        return self.query.text

    @property
    def words(self) -> Words:
        """What is marked in the results."""
        return self.query.words

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was found, and nothing is left to be looked at."""
        return not self.records and not self.activities and self.next_before is None


def search(
    viewer: Viewer,
    q: str,
    kinds: Collection[str] | None = None,
    limit: int = 20,
    before: str | None = None,
    translate: Translate = str,
) -> SearchPage:
    """The records and activities that answer `q` and that the viewer may see, activities newest first.

    `kinds` are names of record objects (`contact`) and kinds of activity (`call`) to be searched, all when None; they
    narrow what the query says itself. `translate` lets filters be called by their names in the reader's language.
    """
    query = understand(viewer, q, translate)
    if query.is_open:
        return SearchPage(query)
    wanted = _both(query.kinds, None if kinds is None else frozenset(kinds))
    groups = [] if before else _record_groups(viewer, query, wanted)
    found = find_activities(viewer, _ask(query, wanted), limit, before) if _wants_activities(wanted) else Found()
    return SearchPage(query, groups, found.hits, found.next_before, _cut(q, query) or found.note)


def suggest(viewer: Viewer, q: str, limit: int = SUGGESTIONS, translate: Translate = str) -> list[RecordHit]:
    """The records to offer while somebody types; never asks the index. Filters are not looked at."""
    return find_records(viewer, without_filters(q, translate), limit=limit)


def _cut(q: str, query: Query) -> Message | None:
    if query.words.is_cut:
        return Message(TOO_MANY_WORDS, count=MAX_CLAUSES)
    return Message(TOO_LONG, count=MAX_QUERY) if len(q) > MAX_QUERY else None


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _ask(query: Query, kinds: frozenset[str] | None) -> Ask:
    return Ask(
        query.words,
        record_ids=query.record_ids,
        kinds=kinds,
        owners=query.owners,
        since=query.since,
        before=query.before,
    )


def _record_groups(viewer: Viewer, query: Query, kinds: Collection[str] | None) -> list[RecordGroup]:
    """Records are owned and were created some day, but are on no record: `on:` leaves none of them."""
    wanted = [kind for kind in schema().record_types if kinds is None or kind.name in kinds]
    limit = RECORDS_OF_ONE if len(wanted) == 1 else RECORDS_EACH
    groups = []
    for kind in wanted if query.record_ids is None else ():
        if viewer.may(kind.name, Verb.VIEW):
            condition = sa.and_(sa.true(), *_conditions(query))
            hits = find_records(viewer, query.typed, kind.name, limit + 1, condition, needs_words=False)
            if hits:
                groups.append(RecordGroup(kind, hits[:limit], len(hits) > limit))
    return groups


def _conditions(query: Query) -> Iterator[sa.ColumnElement[bool]]:
    if query.owners is not None:
        yield Record.owner_id.in_(sorted(query.owners))
    if query.since is not None:
        yield Record.created_at >= query.since
    if query.before is not None:
        yield Record.created_at < query.before


def _wants_activities(kinds: Collection[str] | None) -> bool:
    return kinds is None or bool(set(kinds) - {kind.name for kind in schema().record_types})
