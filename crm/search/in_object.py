"""The search box over an index page of activities: all their texts, as in the search of everything (SPEC 5.1, 8.1)."""

from dataclasses import replace
from itertools import islice

from crm.activities.types import activity_types
from crm.messages import Message
from crm.objects.schema import ObjectType
from crm.permissions.viewer import Viewer
from crm.search.activities import NO_INDEX, NOT_ALL, Candidates, newest_activities, owners_seen, visible_ids
from crm.search.documents import load_documents
from crm.search.engine import Ask, Hit
from crm.search.in_record import RecordMatches
from crm.search.index import usable
from crm.search.words import parse

MOST_FOUND = 2_000
"""The newest of them; a list longer than that is read by nobody, and a word narrows it."""
MOST_LOOKED_AT = 4_000
PAGE = 250


def match_in_object(viewer: Viewer, object_type: ObjectType, q: str) -> RecordMatches:
    """The newest activities of one object that have all the words of `q`, as far as the viewer may see them."""
    words = parse(q)
    if not words:
        return RecordMatches(frozenset())
    kinds = frozenset(kind.name for kind in activity_types if kind.object_type == object_type.name)
    ask = Ask(words, kinds=kinds)
    index, owners = usable(), owners_seen(viewer, kinds)
    candidates = Candidates(index, ask if owners is None else replace(ask, owners=owners)) if index else None
    stream = iter(candidates) if candidates else newest_activities(viewer, None)
    found: list[int] = []
    looked_at, is_cut = 0, True
    while is_cut and len(found) <= MOST_FOUND and looked_at < MOST_LOOKED_AT:
        hits = list(islice(stream, PAGE))
        looked_at += len(hits)
        found += _accepted(viewer, ask, hits)
        is_cut = len(hits) == PAGE
    note = Message(NO_INDEX) if candidates is None else candidates.note or (Message(NOT_ALL) if is_cut else None)
    return RecordMatches(frozenset(found[:MOST_FOUND]), note)


def _accepted(viewer: Viewer, ask: Ask, hits: list[Hit]) -> list[int]:
    """Those of the hits that answer; what a super admin sees on no record at all is among them."""
    ids = [hit.place.activity_id for hit in hits]
    seen = set(ids if viewer.is_super_admin else visible_ids(viewer, ids))
    exact = {hit.place.activity_id for hit in hits if hit.is_exact} & seen
    looked_at = load_documents(seen - exact)
    return [one for one in ids if one in exact or (one in looked_at and ask.accepts(looked_at[one]))]
