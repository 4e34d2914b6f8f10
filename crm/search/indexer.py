"""Keeping the index in step with the database: one process at a time, in batches (DESIGN 8.2, 8.8).

Why nothing is lost. A batch of outbox rows is split by shard; each shard takes its part in one commit, which also
stores the number of the batch's last row in the shard. Only after the last of these commits is that number written to
the `position` file. Killed anywhere in between, the indexer starts again from the older position and does the same
rows again, which is harmless: it forgets each activity and learns it as it is now. A shard counts only once the
manifest names it, and one that cannot take its part is struck off there before the position passes. A shard that is
being built beside takes what changed meanwhile right before it is put in place (building.py). A shard that holds less
than the file claims (after a power cut) is found out when an indexer starts, and the position goes back to before it.
"""

import logging
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import IO

from crm.db import end_read, unit_of_work
from crm.search import builders, outbox, postgres_rebuild
from crm.search.building import BuildersDie, Building, Progress, count_by_shard
from crm.search.documents import load_documents
from crm.search.folder import IndexFolder, Manifest, NotOurFolder
from crm.search.index import folder, is_postgres
from crm.search.preparing import Loader, Preparing
from crm.search.soundness import Soundness, needed_shards
from crm.search.whoosh_engine import ShardUnreadable, WhooshEngine, group_by_shard

log = logging.getLogger(__name__)

BATCH = 100
TIDY_EVERY = 1_000
BUILT_HERE = 3_000
"""Up to so many activities are built in this process: to start others takes as long as that."""

PAUSE_AFTER_DEATHS = 60
SECONDS_TO_ASK = 10
STEP = 0.1


class Indexer:
    """Brings one index folder up to the state of the database at hand. Needs an application context, no open unit."""

    def __init__(self, where: IndexFolder, load: Loader = load_documents, built_here: int = BUILT_HERE) -> None:
        self.folder = where
        self.engine = WhooshEngine(where)
        self._preparing = Preparing(self.engine.prepare, load)
        self._built_here = built_here
        self._can_start_builders = load is load_documents
        self._building: Building | None = None
        self._not_before = 0.0
        self._soundness = Soundness(where)
        self._batches = 0

    def run_once(self) -> int:
        """Do the next piece of work: a batch of changes, and some of what is to be built; 0 when there was none.

        Does nothing while another process is the indexer; remains the indexer itself until all is built that it began
        to. Raises NotOurFolder.
        """
        if self._building is not None:
            return self._go_on()
        with ExitStack() as held:
            lock = held.enter_context(self.folder.leadership())
            if lock is None:
                self._soundness.forget()
                return 0
            return self._do_next(lock, held)

    def _do_next(self, lock: IO[str], held: ExitStack) -> int:
        try:
            manifest = self._soundness.manifest()
            applied = self._apply_batch(manifest)
            if applied or not manifest.to_build or time.monotonic() < self._not_before:
                return applied
            self._building = self._begin_building(lock, held.pop_all())
            return self._go_on()
        finally:
            end_read()

    def _begin_building(self, lock: IO[str], held: ExitStack) -> Building:
        started = self._builders(lock)
        try:
            return Building(self.folder, self._preparing, started, held)
        except BaseException:
            held.close()
            raise

    def _builders(self, lock: IO[str]) -> builders.Builders | None:
        """The processes that build, or None when there is so little to build that it is done here."""
        manifest, settings = self.folder.manifest(), builders.settings()
        if manifest is None or settings is None or not self._can_start_builders:
            return None
        counts = count_by_shard()
        if sum(counts.get(shard, 0) for shard in manifest.to_build) <= self._built_here:
            return None
        return builders.Builders(settings, lock.fileno(), min(builders.usual_count(), len(manifest.to_build)))

    def _go_on(self) -> int:
        """Apply what waits and go on building; the lock is given back when that is done, or when it fails."""
        building = self._building
        assert building is not None
        is_going_on = False
        try:
            manifest = self._soundness.manifest()
            if manifest.database == building.database:
                applied = self._apply_batch(manifest)
                end_read()
                is_going_on = building.step(0 if applied else STEP)
            return 1
        except BuildersDie:
            self._not_before = time.monotonic() + PAUSE_AFTER_DEATHS
            raise
        finally:
            end_read()
            if not is_going_on:
                self._building = None
                building.close()

    def rebuild(self, progress: Progress | None = None, waiting: Callable[[], None] | None = None) -> int:
        """Build every shard anew beside the old ones, newest first, and return how many activities were indexed.

        Calls `waiting` and waits when another process is building. Searching goes on meanwhile; `progress(done, total)`
        is told in activities.
        """
        with ExitStack() as held:
            lock = held.enter_context(self.folder.leadership())
            if lock is None:
                if waiting is not None:
                    waiting()
                lock = held.enter_context(self.folder.leadership(wait=True))
                assert lock is not None
            try:
                self._want_everything()
                self._building = building = self._begin_building(lock, held.pop_all())
            finally:
                end_read()
        progress = progress or (lambda done, total: None)
        progress(0, building.total)
        while self._building is not None:
            self._go_on()
            progress(building.done, building.total)
        return building.done

    def ask_for_rebuild(self) -> None:
        """Have the process that is the indexer build everything anew, unless it is at it already.

        Raises TimeoutError when it holds the lock for long without saying that it builds.
        """
        for _ in range(int(SECONDS_TO_ASK / STEP)):
            with self.folder.leadership() as lock:
                if lock is not None:
                    try:
                        self._want_everything()
                    finally:
                        end_read()
                    return
            if self.folder.progress() is not None:
                return
            time.sleep(STEP)
        raise TimeoutError("the search index is being changed by another process for too long")

    def _want_everything(self) -> None:
        self.folder.write_manifest(replace(self._soundness.manifest(), to_build=needed_shards()))

    # Following the outbox

    def _apply_batch(self, manifest: Manifest) -> int:
        position = self.folder.position() or 0
        rows = outbox.after(position, BATCH)
        if not rows:
            return 0
        reached = rows[-1].seq
        for shard, ids in group_by_shard({row.activity_id for row in rows}).items():
            self._apply(manifest, shard, ids, reached)
        self.folder.write_position(reached)
        self._tidy(reached)
        return len(rows)

    def _tidy(self, position: int) -> None:
        self._batches += 1
        if self._batches % TIDY_EVERY == 1:
            with unit_of_work():
                outbox.delete_old(position)

    def _apply(self, manifest: Manifest, shard: int, ids: list[int], position: int) -> None:
        if shard in manifest.missing:
            return
        if shard not in manifest.shards:
            # Whole, from the database: an indexer killed in here may have left a folder that holds only its batch.
            for _ in self._preparing.build(self.engine, shard, self.folder.position() or 0):
                pass
            self.folder.put_in_place(shard)
        documents = self._preparing.documents(ids)
        try:
            self.engine.apply(shard, ids, documents, position)
        except Exception as error:
            if isinstance(error, OSError | MemoryError) and self._can_be_read(shard):
                raise
            log.exception("search shard %d cannot be written and is built anew", shard)
            self.folder.take_out([shard])

    def _can_be_read(self, shard: int) -> bool:
        try:
            self.engine.position_of(shard)
        except ShardUnreadable:
            return False
        return True


_indexers: dict[IndexFolder, Indexer] = {}
_refused: dict[IndexFolder, str] = {}


def _indexer() -> Indexer:
    return _indexers.setdefault(folder(), Indexer(folder()))


def run_once() -> int:
    """The duty of the worker: the next batch of changes, or some of what is to be built; how much was done.

    A folder that came to hold other things since the program started is left alone, and said so once.
    """
    if is_postgres():
        return postgres_rebuild.run_once()
    try:
        return _indexer().run_once()
    except NotOurFolder as error:
        if _refused.get(folder()) != str(error):
            _refused[folder()] = str(error)
            log.error("%s", error)
        return 0


def reindex(progress: Progress | None = None, waiting: Callable[[], None] | None = None) -> int:
    """Build the whole index anew while searching goes on; returns the number of activities.

    Calls `waiting` when another process is building and has to end first.
    """
    return postgres_rebuild.rebuild(progress) if is_postgres() else _indexer().rebuild(progress, waiting)


def ask_for_rebuild() -> None:
    """Have the worker build the whole index anew; raises TimeoutError when that cannot be arranged now."""
    if is_postgres():
        postgres_rebuild.begin_anew()
    else:
        Indexer(folder()).ask_for_rebuild()
