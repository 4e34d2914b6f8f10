"""From ids to documents that are ready to be written; one that cannot be made holds up no other (DESIGN 8.2)."""

import logging
from collections.abc import Callable, Iterator, Sequence

import sqlalchemy as sa

from crm.clock import now
from crm.db import db, end_read, unit_of_work
from crm.search.documents import activity_ids, load_documents
from crm.search.engine import Document, Prepared
from crm.search.models import SearchDead
from crm.search.schema import SHARD_SIZE
from crm.search.whoosh_engine import WhooshEngine

log = logging.getLogger(__name__)

PAGE = 500
ERROR_LENGTH = 500

Loader = Callable[[Sequence[int]], dict[int, Document]]


class Preparing:
    """Reads activities and has an engine `prepare` them. Needs an application context, no open unit."""

    def __init__(self, prepare: Callable[[Document], Prepared], load: Loader = load_documents) -> None:
        self._prepare = prepare
        self._load = load

    def documents(self, ids: Sequence[int]) -> list[Prepared]:
        """The live ones of `ids`, ready to be written; one that cannot be made is left out, `search_dead` says why."""
        try:
            ready = [self._prepare(document) for document in self._load(ids).values()]
            self._unbury(ids)
            return ready
        except sa.exc.OperationalError:
            raise
        except Exception as error:
            if len(ids) == 1:
                self._bury(ids[0], error)
                return []
            middle = len(ids) // 2
            return self.documents(ids[:middle]) + self.documents(ids[middle:])

    def build(self, engine: WhooshEngine, shard: int, position: int) -> Iterator[int]:
        """Make a shard anew from the database; says after each page how many activities have been read."""
        ids = activity_ids(shard * SHARD_SIZE, (shard + 1) * SHARD_SIZE)
        end_read()
        with engine.building(shard, position) as add:
            for start in range(0, len(ids), PAGE):
                for document in self.documents(ids[start : start + PAGE]):
                    add(document)
                end_read()
                yield min(start + PAGE, len(ids))

    def _bury(self, activity_id: int, error: Exception) -> None:
        log.error("activity %d cannot be indexed: %s", activity_id, error)
        text = f"{type(error).__name__}: {error}"[:ERROR_LENGTH]
        with unit_of_work():
            db.session.merge(SearchDead(activity_id=activity_id, error=text, moment=now()))

    def _unbury(self, ids: Sequence[int]) -> None:
        dead = sa.select(SearchDead.activity_id).where(SearchDead.activity_id.in_(ids))
        if db.session.scalars(dead).first() is not None:
            with unit_of_work():
                db.session.execute(sa.delete(SearchDead).where(SearchDead.activity_id.in_(ids)))
