"""What people typed into composers and have not logged yet: kept for them alone, for 90 days (QUALITY 2.4)."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from crm.accounts.queries import directory
from crm.activities.models import ActivityDraft
from crm.clock import now
from crm.db import db
from crm.messages import N_, InvalidValue, Message
from crm.permissions.scopes import guarded, unguarded, visible_to
from crm.permissions.viewer import Viewer
from crm.properties.rich_text import to_text
from crm.properties.types.file import KeptFile, kept_files
from crm.records.models import Record

Pair = tuple[str, str]

KEPT = timedelta(days=90)
LARGEST = 2_000_000
ATTACHED = "attached"
"""The field of files that are sent already; the bytes wait on the disk."""
WORDS_FROM = ("title", "body")
LONGEST_WORDS = 140
TOO_LARGE = N_("This is too much to be kept as a draft: at most %(limit)s characters.")
DRAFT: sa.Table = ActivityDraft.__table__  # type: ignore[assignment]
WHY = "drafts are read by their own person, or by the housekeeping"


@dataclass(frozen=True)
class Draft:
    """The fields of a composer as they were typed last, in the order of the form."""

    id: int
    record_id: int
    kind: str
    pairs: tuple[Pair, ...]
    fingerprint: str
    changed_at: datetime

    @property
    def words(self) -> str:
        """How it begins, for a list of drafts; "" where nothing is written."""
        typed = dict(self.pairs)
        texts = [to_text(typed.get(name, "")) for name in WORDS_FROM]
        return " ".join(" · ".join(text for text in texts if text).split())[:LONGEST_WORDS]


@dataclass(frozen=True)
class DraftLine:
    """A draft and the record it is about, which its person may see."""

    draft: Draft
    record_name: str


class DraftChanged(Exception):
    """Another window of the same person wrote the draft meanwhile; `draft` is what it holds."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(f"draft {draft.id} was written by another form")
        self.draft = draft


def draft_for(viewer: Viewer, record_id: int, kind: str) -> Draft | None:
    """What a person typed for a kind on a record they have been let into."""
    row = db.session.execute(sa.select(DRAFT).where(*_place(viewer, record_id, kind))).first()
    return _draft(row) if row is not None else None


def keep_draft(
    actor: Viewer, record_id: int, kind: str, pairs: Sequence[Pair], writer: str, seen: str, over: str = ""
) -> None:
    """Keep what stands in a composer, inside a unit of work.

    `writer` is the key of the form. A draft that another form wrote is only replaced when its fingerprint is what this
    form began with (`seen`), or what its person was told of and wants to write `over`; else raises DraftChanged.
    Raises InvalidValue when it is too much.
    """
    content = json.dumps(pairs, ensure_ascii=False, separators=(",", ":"))
    if len(content) > LARGEST:
        raise InvalidValue(Message(TOO_LARGE, limit=f"{LARGEST:,}"))
    values = {"content": content, "writer": writer, "changed_at": now()}
    if _insert({"user_id": actor.user_id, "record_id": record_id, "kind": kind, **values}):
        return
    there = sa.select(DRAFT).where(*_place(actor, record_id, kind)).with_for_update()
    row = db.session.execute(there).first()
    if row is not None and row.content != content and not _may_replace(row, writer, (seen, over)):
        raise DraftChanged(_draft(row))
    db.session.execute(sa.update(DRAFT).where(*_place(actor, record_id, kind)).values(values))


def _insert(values: dict[str, Any]) -> bool:
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    added = insert(DRAFT).values(values).on_conflict_do_nothing().returning(DRAFT.c.id)
    return db.session.execute(added).first() is not None


def _may_replace(row: Any, writer: str, known: Sequence[str]) -> bool:
    return row.writer == writer or fingerprint(row.content) in known


def drop_draft(actor: Viewer, record_id: int, kind: str, writer: str, seen: str) -> None:
    """Forget the draft that a form wrote or began with; that of another window stays. Inside a unit of work."""
    row = db.session.execute(sa.select(DRAFT).where(*_place(actor, record_id, kind))).first()
    if row is not None and _may_replace(row, writer, (seen,)):
        db.session.execute(sa.delete(DRAFT).where(DRAFT.c.id == row.id))


def discard_draft(actor: Viewer, draft_id: int) -> bool:
    """Forget a draft of one's own, whoever wrote it; whether there was one. Inside a unit of work."""
    mine = sa.delete(DRAFT).where(DRAFT.c.id == draft_id, DRAFT.c.user_id == actor.user_id)
    return bool(db.session.execute(mine).rowcount)


def drafts_of(viewer: Viewer, limit: int, before: int | None = None) -> list[DraftLine]:
    """A person's drafts on records they may still see, the newest first; `before` is the id of the last one shown."""
    found = sa.select(DRAFT, Record.display_name).join(Record, Record.id == DRAFT.c.record_id)
    mine = found.where(DRAFT.c.user_id == viewer.user_id, visible_to(viewer))
    if before is not None:
        mine = mine.where(DRAFT.c.id < before)
    rows = db.session.execute(guarded(mine.order_by(DRAFT.c.id.desc()).limit(limit), viewer)).all()
    return [DraftLine(_draft(row), row.display_name or f"#{row.record_id}") for row in rows]


def forget_old_drafts() -> None:
    """Housekeeping, in a unit of work: drafts nobody touched for long, and those of people who are gone."""
    gone = [user.id for user in directory().users.values() if not user.is_active]
    stale = sa.or_(DRAFT.c.changed_at < now() - KEPT, DRAFT.c.user_id.in_(gone))
    db.session.execute(sa.delete(DRAFT).where(stale))


def drafted_files() -> Iterator[KeptFile]:
    """The files that wait in drafts, for the housekeeping, which must not sweep their bytes up."""
    holding = sa.select(DRAFT.c.content).where(DRAFT.c.content.contains(f'["{ATTACHED}",'))
    for content in db.session.scalars(unguarded(holding, WHY)):
        for name, value in json.loads(content):
            if name == ATTACHED:
                yield from kept_files(value)


def fingerprint(content: str) -> str:
    """A short word for what a draft holds."""
    return hashlib.sha256(content.encode()).hexdigest()[:24]


def _place(viewer: Viewer, record_id: int, kind: str) -> tuple[sa.ColumnElement[bool], ...]:
    return DRAFT.c.user_id == viewer.user_id, DRAFT.c.record_id == record_id, DRAFT.c.kind == kind


def _draft(row: Any) -> Draft:
    pairs = tuple((str(name), str(value)) for name, value in json.loads(row.content))
    return Draft(row.id, row.record_id, row.kind, pairs, fingerprint(row.content), row.changed_at)
