"""Building shards beside the running index, in several processes, newest shards first (DESIGN 8.5).

A shard is built from the rows as they are at some position of the outbox or later, while the indexer goes on with
newer positions. What changed in between is applied to the new shard before it is put in place; after that it is at the
position of all others. Killed anywhere, what is not in place yet is swept away and built again.
"""

import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import sqlalchemy as sa

from crm.clock import now
from crm.db import db, end_read
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.records.models import Record
from crm.search import outbox
from crm.search.builders import Builders, Report
from crm.search.documents import WHY
from crm.search.folder import IndexFolder
from crm.search.preparing import PAGE, Preparing
from crm.search.schema import SHARD_SIZE, shard_of
from crm.search.whoosh_engine import WhooshEngine

log = logging.getLogger(__name__)

DEATHS_ALLOWED = 3
CHANGES_AT_ONCE = 5_000
TOLD_EVERY_SECONDS = 0.5

Progress = Callable[[int, int], None]


class BuildersDie(RuntimeError):
    """The processes that build shards end again and again before they have built one."""


def count_by_shard() -> dict[int, int]:
    """How many live activities each shard should hold."""
    names = [kind.name for kind in schema().activity_types]
    shard = (Record.id // sa.literal_column(str(SHARD_SIZE), sa.Integer)).label("shard")
    statement = sa.select(shard, sa.func.count()).where(Record.object_type.in_(names), Record.archived_at.is_(None))
    return {int(number): count for number, count in db.session.execute(unguarded(statement.group_by("shard"), WHY))}


class Building:
    """The shards a manifest wants built, being built; `step` until it says that all are in place.

    `held` is closed in the end: it has the lock of the indexer.
    """

    def __init__(self, folder: IndexFolder, preparing: Preparing, builders: Builders | None, held: ExitStack) -> None:
        self._folder, self._preparing, self._builders, self._held = folder, preparing, builders, held
        self._engine = WhooshEngine(folder)
        self._counts = count_by_shard()
        manifest = folder.manifest()
        wanted = manifest.to_build if manifest else ()
        self.database = manifest.database if manifest else ""
        self._is_everything = manifest is not None and not set(manifest.shards) - set(wanted)
        self.total = sum(self._counts.get(shard, 0) for shard in wanted)
        self._done: dict[int, int] = {}
        self._given: set[int] = set()
        self._deaths = 0
        self._begun = self._told = time.monotonic()
        self._tell()

    @property
    def done(self) -> int:
        """How many activities have been read."""
        return min(sum(self._done.values()), self.total)

    def close(self) -> None:
        """End the builders, remove what is half built, and give the lock back."""
        with self._held, contextlib.suppress(OSError):
            if self._builders is not None:
                self._builders.end()
            self._folder.sweep()

    def step(self, timeout: float) -> bool:
        """Go on for about `timeout` seconds, or a shard when there are no builders; False when all is in place."""
        waiting = self._waiting()
        if not waiting and not self._given:
            self._finish()
            return False
        if self._builders is None:
            self._build_here(waiting[0])
        else:
            while waiting and self._builders.is_free:
                self._give(waiting.pop(0))
            for report in self._builders.reports(timeout):
                self._hear(report)
        if time.monotonic() > self._told + TOLD_EVERY_SECONDS:
            self._tell()
        return True

    def _waiting(self) -> list[int]:
        manifest = self._folder.manifest()
        return [shard for shard in (manifest.to_build if manifest else ()) if shard not in self._given]

    def _position(self) -> int:
        return self._folder.position() or 0

    def _build_here(self, shard: int) -> None:
        for count in self._preparing.build(self._engine, shard, self._position()):
            self._done[shard] = count
        self._put_in_place(shard)

    def _give(self, shard: int) -> None:
        assert self._builders is not None
        self._given.add(shard)
        self._builders.build(shard, self._position())

    def _hear(self, report: Report) -> None:
        if report.is_dead:
            self._deaths += 1
            self._given.discard(report.shard)
            self._done.pop(report.shard, None)
            log.warning("a builder of the search index died; shard %d is begun again", report.shard)
            if self._deaths > DEATHS_ALLOWED:
                raise BuildersDie(f"{self._deaths} builders of the search index died")
        elif report.is_ready:
            self._deaths = 0
            self._done[report.shard] = report.done
            self._put_in_place(report.shard)
            self._given.discard(report.shard)
        else:
            self._done[report.shard] = report.done

    def _put_in_place(self, shard: int) -> None:
        position = self._position()
        for ids in self._changed_since(self._engine.position_of_building(shard), position, shard):
            self._engine.apply_to_building(shard, ids, self._preparing.documents(ids), position)
            end_read()
        self._folder.put_in_place(shard)

    def _changed_since(self, first: int, last: int, shard: int) -> Iterator[list[int]]:
        """The activities of a shard in the outbox after `first`, up to `last`, some at a time."""
        while first < last and (rows := outbox.after(first, CHANGES_AT_ONCE)):
            first = rows[-1].seq
            ids = list({row.activity_id for row in rows if row.seq <= last and shard_of(row.activity_id) == shard})
            for start in range(0, len(ids), PAGE):
                yield ids[start : start + PAGE]

    def _tell(self) -> None:
        self._told = time.monotonic()
        self._folder.write_progress(self.done, self.total, self._told - self._begun)

    def _finish(self) -> None:
        manifest = self._folder.manifest()
        if self._is_everything and manifest is not None:
            self._folder.write_manifest(replace(manifest, rebuilt_at=now().isoformat()))
