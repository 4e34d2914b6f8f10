"""Finding activities by the index, with one's own writes of a moment ago, through the gate (DESIGN 8.3, 8.7)."""

import heapq
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import sqlalchemy as sa

from crm.activities.models import ActivityLink
from crm.activities.types import activity_types
from crm.db import db
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.permissions.actions import Scope, Verb
from crm.permissions.scopes import activity_visible_to, guarded, visible_to
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.search import outbox
from crm.search.documents import load_documents
from crm.search.engine import LARGEST, Ask, Document, Hit, Place
from crm.search.find_records import RecordHit
from crm.search.index import Index, usable
from crm.search.schema import moment_number, shard_of
from crm.search.whoosh_engine import ShardUnreadable
from crm.statements import Statements, among

MOST_WAITING = 500
SECONDS_TO_LOOK = 1.5
NEWEST_WITHOUT_INDEX = 2_000
SECONDS_WITHOUT_INDEX = 1.5
PAGE = 250

NO_INDEX = N_("The search index is being built. Until then only the newest activities are searched.")
PART_OF_INDEX = N_("The search index is being built. Older activities may be missing.")
REBUILDING = N_("The search index is being rebuilt. Search finds everything meanwhile.")
MANY_WAITING = N_("Many activities have just changed and are being indexed; some may be missing.")
NOT_ALL = N_("This search is too wide to look at everything; add a word to narrow it.")
NOT_YET = N_("This search is wide and not all of it has been looked at yet; go on below, or add a word to narrow it.")


@dataclass(frozen=True)
class ActivityHit:
    """An activity that was found and may be seen, with up to three of the records it is on."""

    document: Document
    records: tuple[RecordHit, ...]


@dataclass(frozen=True)
class Found:
    """A page of activities; `next_before` opens the next one, `note` says in what way it may be incomplete.

    A page with few hits or none may have a next one: when the search took long, it goes on there.
    """

    hits: Sequence[ActivityHit] = ()
    next_before: str | None = None
    note: Message | None = None


def find_activities(viewer: Viewer, ask: Ask, limit: int, before: str | None = None) -> Found:
    """The activities that answer `ask` and that the viewer may see, newest first, continued after `before`."""
    if ask.is_open:
        return Found()
    ask = _only_allowed(viewer, ask)
    if frozenset() in (ask.kinds, ask.owners, ask.record_ids):
        return Found()
    index = usable()
    after = parse_place(before)
    candidates = Candidates(index, ask, after) if index else None
    stream = iter(candidates) if candidates else newest_activities(viewer, after)
    documents, places, stopped_at = _fill(viewer, ask, stream, limit)
    if len(documents) > limit:
        following: Place | None = places[limit - 1]
    else:
        following = stopped_at or (candidates.rest if candidates else None)
    return Found(
        hits=_with_records(viewer, documents[:limit]),
        next_before=_place_text(following) if following else None,
        note=_note(candidates, following is not None and len(documents) <= limit),
    )


def _note(candidates: "Candidates | None", goes_on: bool) -> Message | None:
    if candidates is None:
        return Message(NO_INDEX)
    return Message(NOT_YET) if goes_on else candidates.note


class Candidates:
    """What the index names, without what changed since, together with what changed since and answers the question.

    The position of the index was read before the outbox is, so nothing falls between the two.
    """

    def __init__(self, index: Index, ask: Ask, before: Place | None = None) -> None:
        self._finding = index.engine.find(ask, before)
        waiting, self._is_behind = _waiting(index)
        self._waiting = frozenset(waiting)
        self._fresh = [place_of(document) for document in load_documents(waiting).values() if ask.accepts(document)]
        self._fresh = sorted((place for place in self._fresh if before is None or place < before), reverse=True)
        self._texts: list[str] = [] if index.is_whole else [PART_OF_INDEX]
        self._texts += [MANY_WAITING] if self._is_behind else []
        self._texts += [REBUILDING] if index.is_being_rebuilt else []

    def __iter__(self) -> Iterator[Hit]:
        fresh = (Hit(place, is_exact=True) for place in self._fresh)
        for hit in heapq.merge(fresh, self._indexed(), key=lambda hit: hit.place, reverse=True):
            if self.rest is not None and hit.place < self.rest:
                return
            yield hit

    @property
    def rest(self) -> Place | None:
        """Where to go on, when the time limit of the index cut the iteration."""
        return self._finding.rest

    def _indexed(self) -> Iterator[Hit]:
        try:
            for hit in self._finding:
                if hit.place.activity_id not in self._waiting:
                    yield Hit(hit.place, is_exact=False) if self._is_behind else hit
        except ShardUnreadable:
            self._texts.append(PART_OF_INDEX)

    @property
    def note(self) -> Message | None:
        """In what way the answer may be incomplete; to be asked after iterating."""
        if self._finding.is_partial:
            return Message(NOT_ALL)
        return Message(self._texts[0]) if self._texts else None


def _waiting(index: Index) -> tuple[list[int], bool]:
    """The activities the index is behind with; whether there are more.

    The position passes a shard that is being built; so until the index is whole, the last changes always count.
    """
    if index.is_in_step:
        return [], False
    waiting, is_behind = outbox.waiting(index.position, MOST_WAITING)
    if not index.is_whole and not is_behind:
        waiting, _ = outbox.waiting(min(index.position, outbox.newest() - MOST_WAITING), MOST_WAITING)
    return waiting, is_behind


def _only_allowed(viewer: Viewer, ask: Ask) -> Ask:
    kinds = frozenset(kind.name for kind in activity_types)
    allowed = frozenset(kind.name for kind in activity_types if viewer.may(kind.object_type, Verb.VIEW))
    if ask.kinds is not None:
        allowed &= ask.kinds
    narrowed = ask if allowed == kinds else replace(ask, kinds=allowed)
    owners = owners_seen(viewer, allowed)
    if owners is None:
        return narrowed
    return replace(narrowed, owners=owners if ask.owners is None else owners & ask.owners)


def owners_seen(viewer: Viewer, kinds: Collection[str]) -> frozenset[int] | None:
    """Whose activities of these kinds the viewer may see; None when not only those of certain people."""
    scopes = {viewer.scope(kind.object_type, Verb.VIEW) for kind in activity_types if kind.name in kinds}
    if viewer.user_id is None or not scopes or not scopes <= {Scope.OWN, Scope.TEAM}:
        return None
    return frozenset({viewer.user_id}) | (viewer.team_member_ids if Scope.TEAM in scopes else frozenset())


def _fill(
    viewer: Viewer, ask: Ask, stream: Iterator[Hit], limit: int
) -> tuple[list[Document], list[Place], Place | None]:
    """One more than `limit` documents, if there are; and the last place looked at, when it took too long to go on."""
    documents: list[Document] = []
    places: list[Place] = []
    deadline, size = time.perf_counter() + SECONDS_TO_LOOK, limit + 1
    while True:
        hits = list(islice(stream, size))
        visible = load_documents(visible_ids(viewer, [hit.place.activity_id for hit in hits]))
        for hit in hits:
            document = visible.get(hit.place.activity_id)
            if document is not None and (hit.is_exact or ask.accepts(document)):
                documents.append(document)
                places.append(hit.place)
        if len(hits) < size or len(documents) > limit:
            return documents, places, None
        if time.perf_counter() > deadline:
            return documents, places, hits[-1].place
        size = PAGE


def visible_ids(viewer: Viewer, ids: Collection[int]) -> list[int]:
    """Those of `ids` that are live activities the viewer may see."""
    if not ids:
        return []
    shape = (schema().token, viewer.rights, "visible")
    statement = _statements.get(shape, lambda: guarded(_visible(viewer), viewer))
    return list(db.session.scalars(statement, {"ids": sorted(ids)}))


_statements = Statements()


def _visible(viewer: Viewer) -> sa.Select[Any]:
    table = Record.__table__
    return sa.select(table.c.id).where(among(table.c.id, "ids"), activity_visible_to(viewer, table))


def newest_activities(viewer: Viewer, before: Place | None) -> Iterator[Hit]:
    """Without an index: the newest activities the viewer may see, all to be looked at."""
    table = Record.__table__
    types = sorted({kind.object_type for kind in activity_types})
    statement = sa.select(table.c.id).where(table.c.object_type.in_(types), activity_visible_to(viewer, table))
    if before is not None:
        statement = statement.where(table.c.id < before.activity_id)
    statement = statement.order_by(table.c.id.desc()).limit(NEWEST_WITHOUT_INDEX)
    deadline = time.perf_counter() + SECONDS_WITHOUT_INDEX
    for activity_id in db.session.scalars(guarded(statement, viewer)).all():
        if time.perf_counter() > deadline:
            return
        yield Hit(Place(shard_of(activity_id), 0, activity_id), is_exact=False)


def _with_records(viewer: Viewer, documents: Iterable[Document]) -> list[ActivityHit]:
    documents = list(documents)
    names = linked_records(viewer, [document.activity_id for document in documents])
    return [ActivityHit(document, tuple(names.get(document.activity_id, ())[:3])) for document in documents]


def linked_records(viewer: Viewer, activity_ids: Collection[int]) -> dict[int, list[RecordHit]]:
    """The visible records that activities are on."""
    found: dict[int, list[RecordHit]] = {}
    if not activity_ids:
        return found
    shape = (schema().token, viewer.rights, "linked")
    statement = _statements.get(shape, lambda: guarded(_linked(viewer), viewer))
    for row in db.session.execute(statement, {"ids": sorted(activity_ids)}):
        found.setdefault(row.activity_id, []).append(RecordHit(row.id, row.object_type, row.display_name))
    return found


def _linked(viewer: Viewer) -> sa.Select[Any]:
    return (
        sa.select(ActivityLink.activity_id, Record.id, Record.object_type, Record.display_name)
        .join(Record, Record.id == ActivityLink.record_id)
        .where(among(ActivityLink.activity_id, "ids"), visible_to(viewer))
        .order_by(ActivityLink.activity_id, Record.id)
    )


def place_of(document: Document) -> Place:
    """Where a document stands in the order of hits."""
    return Place(shard_of(document.activity_id), moment_number(document), document.activity_id)


def _place_text(place: Place) -> str:
    return ".".join(str(number) for number in place)


def parse_place(text: str | None) -> Place | None:
    """The place a page continues from; None for the first page and for a text that is none."""
    try:
        place = Place(*(int(part) for part in (text or "").split(".")))
    except (ValueError, TypeError):
        return None
    return place if max(map(abs, place)) < LARGEST else None
