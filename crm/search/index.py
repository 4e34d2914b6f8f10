"""The search index of the database at hand: which engine it has, where it lies, whether it can be asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from crm.db import db, stamps
from crm.search import outbox, postgres_documents
from crm.search.engine import Engine
from crm.search.folder import IndexFolder
from crm.search.models import STAMP
from crm.search.postgres_engine import PostgresEngine
from crm.search.postgres_rebuild import read_building
from crm.search.whoosh_engine import WhooshEngine

__all__ = ["STAMP", "Index", "configure", "folder", "is_postgres", "note_changes", "usable"]

_folders: WeakKeyDictionary[sa.Engine, IndexFolder] = WeakKeyDictionary()


class NoIndexFolder(RuntimeError):
    """The application was made without saying where its search index lies."""


def configure(path: Path) -> None:
    """Say where the index of the application at hand lies; called once by create_app, in its context."""
    _folders[db.engine] = IndexFolder(path)


def folder() -> IndexFolder:
    """The folder of the index of the application at hand."""
    try:
        return _folders[db.engine]
    except KeyError:
        raise NoIndexFolder("crm.search.index.configure() was not called") from None


def is_postgres() -> bool:
    """Whether the documents in PostgreSQL are the index; Whoosh is where the database is SQLite."""
    return db.engine.dialect.name == "postgresql"


def note_changes(activity_ids: Iterable[int]) -> None:
    """Have these activities found as they are at the end of this unit of work.

    On PostgreSQL their documents are written with it; for Whoosh they are put down for the indexer.
    """
    if is_postgres():
        postgres_documents.enqueue(activity_ids)
    else:
        outbox.enqueue(activity_ids)


@dataclass(frozen=True)
class Index:
    """An index that can be asked. `position` was read first, so every shard holds at least what comes before it.

    One that `is_in_step` holds everything that is committed; nothing ever waits for it. One that `is_being_rebuilt`
    and whole answers as before.
    """

    engine: Engine
    position: int
    is_whole: bool
    is_in_step: bool = False
    is_being_rebuilt: bool = False


def usable() -> Index | None:
    """The index, or None when there is none yet, or only one of another database or program version."""
    return _documents() if is_postgres() else _shards()


def _documents() -> Index | None:
    building = read_building()
    if building is None:
        return None
    return Index(PostgresEngine(), position=0, is_whole=building.is_whole, is_in_step=True)


def _shards() -> Index | None:
    found = folder()
    position = found.position()
    manifest = found.manifest()
    token = stamps().get(STAMP, "")
    if position is None or manifest is None or not token or not manifest.is_of(token) or not manifest.shards:
        return None
    return Index(
        WhooshEngine(found, shards=manifest.shards),
        position,
        is_whole=not manifest.missing,
        is_being_rebuilt=bool(manifest.to_build),
    )
