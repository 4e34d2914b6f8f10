"""Writing what PostgreSQL finds of activities, in the transaction that changes them (DESIGN 8).

Two transactions may change one activity at once, a comment here and the text there, each without seeing the other's
part. So whoever writes a document first takes a lock on it, held until the commit, and only then reads the activity:
the later one reads, and writes, what both have done. These locks are the last a transaction takes, in order of their
numbers, so that nobody waits in a circle.
"""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from crm.clock import now
from crm.db import db
from crm.search.analyzer import words_of
from crm.search.changes import Changes
from crm.search.documents import load_documents
from crm.search.engine import Document
from crm.search.models import SearchDead
from crm.search.postgres_lexemes import lexemes
from crm.search.postgres_tables import search_document
from crm.search.schema import SCHEMA_VERSION

log = logging.getLogger(__name__)

FORM = 1
VERSION = 100 * FORM + SCHEMA_VERSION % 100
"""What a document is written by: our table and the analyzer. Documents of another version are written anew."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LOCK_SPACE = 7_310_001
LOCKS = 1_024
AT_ONCE = 500
ERROR_LENGTH = 500
FAULT_OF_A_DOCUMENT = ("22", "54")
"""How the codes begin by which PostgreSQL says that it cannot hold a value; everything else is no document's fault."""

CUT = "it has more different words than can be indexed; only some of them are"


def enqueue(activity_ids: Iterable[int]) -> None:
    """Have the documents of these activities written at the end of this unit of work, as they are then."""
    _changes.note(activity_ids)


def write(activity_ids: Collection[int], anew: bool = False) -> None:
    """Write the documents of these activities as they are now, in a unit of work; those of deleted ones go.

    A few statements for any number. Those that are right already stay, unless all are to be written `anew`. An activity
    that cannot be indexed is left out, `search_dead` says why.
    """
    ids = sorted(activity_ids)
    if ids:
        _lock(ids)
    for start in range(0, len(ids), AT_ONCE):
        _learn(ids[start : start + AT_ONCE], anew)


_changes = Changes("search_documents", write)


def _lock(activity_ids: Iterable[int]) -> None:
    """A bounded number of locks, however many activities: each stands for those with the same remainder."""
    numbers = sorted({activity_id % LOCKS for activity_id in activity_ids})
    db.session.execute(_LOCK, {"numbers": numbers})


_numbers = sa.func.unnest(sa.bindparam("numbers", type_=postgresql.ARRAY(sa.Integer))).column_valued("number")
_LOCK = sa.select(sa.func.pg_advisory_xact_lock(sa.literal(LOCK_SPACE, sa.Integer), _numbers))


def _learn(ids: Sequence[int], anew: bool) -> None:
    """One savepoint for all; only when that fails one for each half, down to the activity whose fault it is."""
    try:
        with db.session.connection().begin_nested():
            ready = [prepare(document) for document in load_documents(ids).values()]
            store(ready, ids if anew else set(ids) - {one.activity_id for one in ready})
            _bury({one.activity_id: CUT for one in ready if one.is_cut}, ids)
    except Exception as error:
        if not _is_fault_of_a_document(error):
            raise
        if len(ids) > 1:
            middle = len(ids) // 2
            _learn(ids[:middle], anew)
            _learn(ids[middle:], anew)
            return
        log.error("activity %d cannot be indexed: %s: %s", ids[0], type(error).__name__, error)
        store([], ids)
        _bury({ids[0]: f"{type(error).__name__}: {error}"}, ids)


def _is_fault_of_a_document(error: Exception) -> bool:
    if isinstance(error, sa.exc.DBAPIError):
        return str(getattr(error.orig, "sqlstate", None) or "").startswith(FAULT_OF_A_DOCUMENT)
    return True


@dataclass(frozen=True)
class Ready:
    """A document analysed; it `is_cut` when it has more words than PostgreSQL can hold."""

    activity_id: int
    values: dict[str, Any]
    is_cut: bool


def prepare(document: Document) -> Ready:
    """The row of a document, as far as it can be made before the database is asked."""
    timeline = words_of(document.timeline_text)
    of_timeline, is_all_of_timeline = lexemes(timeline)
    of_everything, is_all = lexemes(timeline | words_of(document.other_text))
    values = {
        "activity_id": document.activity_id,
        "moment": microseconds(document.moment),
        "facets": list(facets_of(document)),
        "timeline_words": of_timeline,
        "all_words": of_everything,
        "fingerprint": document.fingerprint,
        "version": VERSION,
    }
    return Ready(document.activity_id, values, not (is_all and is_all_of_timeline))


def microseconds(moment: datetime) -> int:
    """A moment as it is stored: whole microseconds, exactly."""
    return (moment - EPOCH) // MICROSECOND


def facets_of(document: Document) -> Iterable[str]:
    """What a document is filtered by."""
    yield kind_facet(document.kind)
    if document.owner_id is not None:
        yield owner_facet(document.owner_id)
    yield from map(record_facet, sorted(document.record_ids))


def kind_facet(kind: str) -> str:
    """How the kind of an activity stands among the facets."""
    return f"k{kind}"


def owner_facet(user_id: int) -> str:
    """How its owner stands among the facets."""
    return f"o{user_id}"


def record_facet(record_id: int) -> str:
    """How a record it is on stands among the facets."""
    return f"r{record_id}"


def store(ready: Collection[Ready], gone: Collection[int]) -> None:
    """Remove the documents of `gone`, then write the `ready` ones over what is there; what is the same stays."""
    if gone:
        ids = sorted(gone)
        db.session.execute(sa.delete(search_document).where(search_document.c.activity_id.in_(ids)))
    if ready:
        rows = [one.values for one in ready]
        db.session.execute(_upsert(), rows if len(rows) > 1 else rows[0])


@cache
def _upsert() -> Any:
    table = search_document
    insert = postgresql.insert(table).values(
        timeline=sa.func.array_to_tsvector(sa.bindparam("timeline_words", type_=postgresql.ARRAY(sa.Text))),
        everything=sa.func.array_to_tsvector(sa.bindparam("all_words", type_=postgresql.ARRAY(sa.Text))),
    )
    new = insert.excluded
    columns = ("moment", "facets", "timeline", "everything", "fingerprint", "version")
    return insert.on_conflict_do_update(
        index_elements=[table.c.activity_id],
        set_={name: new[name] for name in columns},
        where=sa.or_(table.c.fingerprint != new.fingerprint, table.c.version != new.version),
    )


_dead = SearchDead.__table__
_UNBURY = sa.delete(_dead).where(  # type: ignore[arg-type]
    _dead.c.activity_id == sa.any_(sa.bindparam("ids", type_=postgresql.ARRAY(sa.BigInteger)))
)


def _bury(reasons: Mapping[int, str], ids: Collection[int]) -> None:
    """Say of `ids` which of them cannot be found, or not by all their words, and why; of the others that they can."""
    db.session.execute(_UNBURY, {"ids": list(ids)})
    moment = now()
    rows = [
        {"activity_id": activity_id, "error": reason.replace("\x00", "")[:ERROR_LENGTH], "moment": moment}
        for activity_id, reason in reasons.items()
    ]
    if rows:
        db.session.execute(sa.insert(_dead), rows)  # type: ignore[arg-type]
