"""Finding records by the beginnings of their words, by id, e-mail, domain or telephone (SPEC 5.1, DESIGN 8.9)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.db import db
from crm.objects.queries import schema
from crm.permissions.scopes import guarded, unguarded, visible_to
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.records.queries import became
from crm.search.clauses import Clause, Phrase
from crm.search.matching import Text, answers
from crm.search.models import RecordTerm
from crm.search.words import Words, parse
from crm.statements import Statements

LAST_CHARACTER = "\U0010ffff"
LONGEST_ID = 15
BETWEEN_LETTERS = ((" ", "0"), (":", "A"), ("_", "`"))
"""The ranges of characters that go on in an address, but in no word."""
MOST_PAGES = 5
MOST_NAMES = 5_000
WHY = "only ids leave this module that way; they narrow a statement that passes the gate"


@dataclass(frozen=True)
class RecordHit:
    """A record that was found and may be seen."""

    record_id: int
    object_type: str
    display_name: str


def find_records(
    viewer: Viewer,
    q: str,
    object_type: str | None = None,
    limit: int = 10,
    condition: sa.ColumnElement[bool] | None = None,
    needs_words: bool = True,
) -> list[RecordHit]:
    """The records the viewer may see that have all the words of `q`, each at the beginning of a word of theirs.

    First the one whose id it is, then by the word that matched. A phrase must be in the name, in its order; what is
    excluded in no word. `condition` on the record table narrows them. Without a word in `q` nothing is found, or, when
    it `needs_words` no longer, the newest. One query, a few when words repeat within records.
    """
    found: dict[int, RecordHit] = {}
    types = None if object_type is None else [object_type]
    conditions = [] if condition is None else [condition]
    if (record_id := _as_id(q)) is not None:
        known_by = {record_id, became(record_id) or record_id}
        for hit in _hits(viewer, _select(viewer, types).where(Record.id.in_(known_by), *conditions)):
            found[hit.record_id] = hit
    words = parse(q, prefix=False)
    conditions += _beyond_words(Record.id, words)
    if words.lookups:
        _find_by_words(viewer, conditions, words, types, limit, found)
    elif not needs_words:
        newest = _hits(viewer, _select(viewer, types).where(*conditions).order_by(Record.id.desc()).limit(limit))
        found |= {hit.record_id: hit for hit in newest}
    return list(found.values())[:limit]


def count_found(viewer: Viewer, q: str, object_type: str, condition: sa.ColumnElement[bool], limit: int) -> int | None:
    """How many records of an object `find_records` would find without a limit; None when they are not quickly counted.

    At most `limit` matching words are looked at, so that a common one costs no more than a rare one.
    """
    words = parse(q, prefix=False)
    if not words.lookups:
        return None
    conditions = [condition, *_beyond_words(Record.id, words)]
    clauses = sorted(words.lookups, key=lambda clause: len(clause.token), reverse=True)
    spelled = tuple(len(clause.spellings) for clause in clauses)
    matching = _by_words(viewer, [object_type], spelled).where(*conditions).subquery()
    counted = sa.select(sa.func.count(), sa.func.count(sa.distinct(matching.c.id))).select_from(matching)
    values = {name: value for place, clause in enumerate(clauses) for name, value in _bounds(place, clause)}
    rows, records = db.session.execute(guarded(counted, viewer), values | {"size": limit, "skipped": 0}).one()
    return records if rows < limit else None


def matching_condition(record_id: Any, q: str) -> sa.ColumnElement[bool]:
    """The condition that the record whose id is in column `record_id` is found by `q`; false when `q` has no word.

    Says nothing about who may see it.
    """
    words = parse(q, prefix=False)
    conditions = [record_id.in_(_records_with(clause)) for clause in words.lookups]
    conditions += _beyond_words(record_id, words)
    by_words = sa.and_(*conditions) if conditions else sa.false()
    by_id = _as_id(q)
    return by_words if by_id is None else sa.or_(by_words, record_id == by_id)


def _find_by_words(
    viewer: Viewer,
    conditions: list[sa.ColumnElement[bool]],
    words: Words,
    types: list[str] | None,
    limit: int,
    found: dict[int, RecordHit],
) -> None:
    clauses = sorted(words.lookups, key=lambda clause: len(clause.token), reverse=True)
    spelled = tuple(len(clause.spellings) for clause in clauses)
    shape = (schema().token, viewer.rights, tuple(types or ()), spelled)
    statement = _statements.get(shape, lambda: guarded(_by_words(viewer, types, spelled), viewer))
    if conditions:
        statement = statement.where(*conditions)
    values = {name: value for place, clause in enumerate(clauses) for name, value in _bounds(place, clause)}
    size = 2 * limit + 1
    for page in range(MOST_PAGES):
        rows = db.session.execute(statement, values | {"size": size, "skipped": page * size}).all()
        for row in rows:
            found.setdefault(row.id, RecordHit(row.id, row.object_type, row.display_name))
        if len(found) >= limit or len(rows) < size:
            return


_statements = Statements()


def _by_words(viewer: Viewer, types: list[str] | None, spelled: Sequence[int]) -> sa.Select[Any]:
    """The records with as many words as `spelled` has numbers, each in so many spellings, bound as `_bounds` says."""
    alias = RecordTerm.__table__.alias()
    first = alias.c
    statement = (
        _select(viewer, types)
        .add_columns(first.term)
        .join(alias, first.record_id == Record.id)
        .where(_within(first.term, 0, spelled[0]))
        .where(*(_has_word(place, count) for place, count in enumerate(spelled) if place))
        .order_by(first.term, first.record_id)
        .limit(sa.bindparam("size"))
        .offset(sa.bindparam("skipped"))
    )
    return statement if types is None else statement.where(first.object_type.in_(types))


def _bounds(place: int, clause: Clause) -> Iterator[tuple[str, str]]:
    """The values that `_within` compares with: from each spelling on, and up to the last word that begins with it."""
    for number, token in enumerate(clause.spellings):
        yield f"from_{place}_{number}", token
        yield f"to_{place}_{number}", token + LAST_CHARACTER


def _within(column: Any, place: int, count: int) -> sa.ColumnElement[bool]:
    return _in_ranges(
        column,
        ((sa.bindparam(f"from_{place}_{number}"), sa.bindparam(f"to_{place}_{number}")) for number in range(count)),
    )


def _in_ranges(column: Any, ranges: Iterable[tuple[Any, Any]]) -> sa.ColumnElement[bool]:
    """The condition that `column` is in one of the ranges, each from its first value up to, not including, the last."""
    return sa.or_(*(sa.and_(column >= first, column < last) for first, last in ranges))


def _select(viewer: Viewer, types: list[str] | None) -> sa.Select[Any]:
    columns = sa.select(Record.id, Record.object_type, Record.display_name)
    return columns.where(visible_to(viewer, object_types=types), _is_record())


def _is_record() -> sa.ColumnElement[bool]:
    return Record.object_type.in_([kind.name for kind in schema().record_types])


def _hits(viewer: Viewer, statement: sa.Select[Any]) -> list[RecordHit]:
    return [RecordHit(*row) for row in db.session.execute(guarded(statement, viewer)).tuples()]


def _beyond_words(record_id: Any, words: Words) -> list[sa.ColumnElement[bool]]:
    """What single words do not say: phrases that must be in the name, and what must not be there."""
    found = [record_id.in_(_named(phrase)) for phrase in words.phrases]
    for one in words.excluded:
        found.append(record_id.not_in(_named(one) if isinstance(one, Phrase) else _records_saying(one)))
    return found


def _named(phrase: Phrase) -> list[int]:
    """The records with the phrase in their name, of the first few thousand that have its words."""
    statement = sa.select(Record.id, Record.display_name).where(
        *(Record.id.in_(_records_with(clause)) for clause in phrase.clauses)
    )
    rows = db.session.execute(unguarded(statement.limit(MOST_NAMES), WHY))
    return [row.id for row in rows if answers(Text(row.display_name), phrase)]


def _begins_with(column: Any, clause: Clause) -> sa.ColumnElement[bool]:
    return _in_ranges(column, ((token, token + LAST_CHARACTER) for token in clause.spellings))


def _has_word(place: int, count: int) -> sa.ColumnElement[bool]:
    other = RecordTerm.__table__.alias().c
    present = sa.select(sa.literal(1)).where(other.record_id == Record.id, _within(other.term, place, count))
    return present.correlate(Record).exists()


def _records_with(clause: Clause) -> sa.Select[Any]:
    return sa.select(RecordTerm.record_id).where(_begins_with(RecordTerm.term, clause))


def _records_saying(clause: Clause) -> sa.Select[Any]:
    """Those with exactly the word, alone or as the beginning of an address."""
    if clause.is_run:
        return _records_with(clause)
    term = RecordTerm.term
    longer = ((token + first, token + last) for token in clause.spellings for first, last in BETWEEN_LETTERS)
    return sa.select(RecordTerm.record_id).where(sa.or_(term.in_(clause.spellings), _in_ranges(term, longer)))


def _as_id(q: str) -> int | None:
    text = q.strip().removeprefix("#")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID else None
