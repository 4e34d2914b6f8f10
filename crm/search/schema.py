"""What the Whoosh index knows of an activity: which words it has, never the words in their order, never the text.

Without positions the index is smaller and is read and written faster; what needs the order (a phrase, three Chinese
characters in a row) is looked up by its words and then checked on the text of the row.
"""

from datetime import datetime

from crm.search.analyzer import words_of
from crm.search.engine import Document
from crm.search.whoosh_segment_writer import Entry

SCHEMA_VERSION = 7
"""A change of what is written, or of the analyzer, needs a new one."""

SHARD_SIZE = 50_000


def entry_of(document: Document) -> Entry:
    """What is stored of `document`."""
    timeline = words_of(document.timeline_text)
    return Entry(
        activity_id=document.activity_id,
        kind=document.kind,
        owner_id=document.owner_id,
        moment=as_stored(document.moment),
        record_ids=document.record_ids,
        timeline_words=timeline,
        other_words=words_of(document.other_text) - timeline if document.other_text else (),
        fingerprint=document.fingerprint,
    )


def moment_number(document: Document) -> int:
    """The moment as whole microseconds, in which order hits are shown."""
    return as_stored(document.moment)


def as_stored(moment: datetime) -> int:
    """A moment as whole microseconds."""
    return int(moment.timestamp() * 1_000_000)


def shard_of(activity_id: int) -> int:
    """The number of the shard that holds an activity."""
    return activity_id // SHARD_SIZE
