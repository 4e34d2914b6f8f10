"""Each engine with an index that holds what a test gives it, and what plain Python says to the same questions."""

import uuid
from collections.abc import Iterable
from pathlib import Path

import sqlalchemy as sa

from crm.db import db, end_read, unit_of_work
from crm.search import activities, postgres_documents
from crm.search.engine import Ask, Document, Engine, Place
from crm.search.folder import IndexFolder, Manifest
from crm.search.postgres_engine import PostgresEngine
from crm.search.postgres_query import SHARD
from crm.search.postgres_tables import search_document
from crm.search.schema import shard_of
from crm.search.whoosh_engine import WhooshEngine, group_by_shard


class EngineIndex:
    """An index and the documents it should hold."""

    engine: Engine

    def __init__(self) -> None:
        self.documents: dict[int, Document] = {}

    def put(self, documents: Iterable[Document], forget: Iterable[int] = ()) -> None:
        """Have the index hold `documents` as they are now, and those of `forget` no more."""
        documents, gone = list(documents), set(forget)
        gone -= {one.activity_id for one in documents}
        self._store(documents, gone)
        for activity_id in gone:
            self.documents.pop(activity_id, None)
        self.documents.update({one.activity_id: one for one in documents})

    def _store(self, documents: list[Document], gone: set[int]) -> None:
        raise NotImplementedError

    def emptied(self) -> "EngineIndex":
        """A new index with nothing in it, to be used instead of this one."""
        raise NotImplementedError

    def place_of(self, document: Document) -> Place:
        """Where a document stands in the order of this engine."""
        raise NotImplementedError

    def found(self, ask: Ask) -> list[int]:
        """What the engine finds, texts looked at where it is not sure."""
        ids = [(hit.place.activity_id, hit.is_exact) for hit in self.engine.find(ask)]
        return [id_ for id_, is_exact in ids if is_exact or ask.accepts(self.documents[id_])]

    def expected(self, ask: Ask) -> list[int]:
        """What plain Python finds."""
        places = sorted((self.place_of(one) for one in self.documents.values() if ask.accepts(one)), reverse=True)
        return [place.activity_id for place in places]

    def start_with(self, time_limit: float) -> Engine:
        """The engine with another time limit."""
        raise NotImplementedError


class WhooshIndex(EngineIndex):
    """Shards in a folder of its own."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.folder = IndexFolder(path)
        self.engine = self._whoosh = WhooshEngine(self.folder)
        self.position = 0
        with self.folder.leadership():
            self.folder.write_manifest(Manifest("test"))

    def _store(self, documents: list[Document], gone: set[int]) -> None:
        self.position += 1
        for shard, mine in group_by_shard([*gone, *(one.activity_id for one in documents)]).items():
            if not self.folder.shard_path(shard).exists():
                self._whoosh.build(shard, (), 0)
                self.folder.put_in_place(shard)
            entries = [self._whoosh.prepare(one) for one in documents if shard_of(one.activity_id) == shard]
            self._whoosh.apply(shard, mine, entries, self.position)

    def emptied(self) -> "WhooshIndex":
        return WhooshIndex(self.folder.path.with_name(uuid.uuid4().hex))

    def place_of(self, document: Document) -> Place:
        return activities.place_of(document)

    def start_with(self, time_limit: float) -> Engine:
        return WhooshEngine(self.folder, time_limit=time_limit)


class PostgresIndex(EngineIndex):
    """The table of documents of the database at hand, empty at first."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = PostgresEngine()
        end_read()
        with unit_of_work():
            db.session.execute(sa.delete(search_document))

    def _store(self, documents: list[Document], gone: set[int]) -> None:
        end_read()
        with unit_of_work():
            postgres_documents.store([postgres_documents.prepare(one) for one in documents], gone)

    def emptied(self) -> "PostgresIndex":
        return PostgresIndex()

    def place_of(self, document: Document) -> Place:
        return Place(SHARD, postgres_documents.microseconds(document.moment), document.activity_id)

    def start_with(self, time_limit: float) -> Engine:
        return PostgresEngine(time_limit)
