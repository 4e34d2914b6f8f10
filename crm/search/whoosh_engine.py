"""The Whoosh engine: one small index per shard, asked from the newest shard on (DESIGN 8.1, 8.5, 8.6).

Of Whoosh only what keeps a folder of segments is used. Its scorers, parsers, matcher trees and shared searchers have
bugs (LIBRARIES 1); sets of document numbers, put together here, have none of them and are faster.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from crm.search import whoosh_shard
from crm.search.engine import Ask, Document, Hit, Place, Prepared, top_of
from crm.search.folder import IndexFolder
from crm.search.schema import SHARD_SIZE, entry_of, shard_of
from crm.search.whoosh_asking import hits_in
from crm.search.whoosh_segment import Segment
from crm.search.whoosh_shard import Shard, is_passing, open_shard

TIME_LIMIT = 1.5
LOOKS = 20
PAUSE = 0.002


class ShardUnreadable(RuntimeError):
    """A shard's files are damaged or gone; its number is `shard`."""

    def __init__(self, shard: int) -> None:
        super().__init__(f"shard {shard} of the search index cannot be read")
        self.shard = shard


class WhooshEngine:
    """Searching and changing the shards in an index folder.

    Asks `shards`, or those the manifest names when it is asked.
    """

    def __init__(
        self, folder: IndexFolder, time_limit: float = TIME_LIMIT, shards: tuple[int, ...] | None = None
    ) -> None:
        self.folder = folder
        self.time_limit = time_limit
        self._shards = shards

    def find(self, ask: Ask, before: Place | None = None) -> "WhooshFinding":
        """The hits of `ask`, newest first, from `before` on."""
        shards = sorted(self._listed(), reverse=True)
        if before is not None:
            shards = [shard for shard in shards if shard <= before.shard]
        return WhooshFinding(self.folder, shards, ask, before, time.perf_counter() + self.time_limit)

    def _listed(self) -> tuple[int, ...]:
        if self._shards is not None:
            return self._shards
        manifest = self.folder.manifest()
        return manifest.shards if manifest else ()

    def prepare(self, document: Document) -> Prepared:
        """The words of `document`, analysed."""
        return entry_of(document)

    def apply(self, shard: int, ids: Iterable[int], documents: Iterable[Prepared], position: int) -> None:
        """Forget `ids`, learn `documents` and remember `position` in one commit; a failure leaves no trace."""
        whoosh_shard.change(self.folder.shard_path(shard), ids, documents, position)

    @contextmanager
    def building(self, shard: int, position: int) -> Iterator[Callable[[Prepared], None]]:
        """Make shard `shard` anew, in its building folder, from what is given to the function until the block ends."""
        self.folder.clean(shard)
        path = self.folder.building_path(shard)
        path.mkdir(mode=0o700)
        with whoosh_shard.building(path, position) as add:
            yield add

    def build(self, shard: int, documents: Iterable[Prepared], position: int) -> None:
        """Make shard `shard` anew, in its building folder, from `documents`."""
        with self.building(shard, position) as add:
            for document in documents:
                add(document)

    def apply_to_building(self, shard: int, ids: Iterable[int], documents: Iterable[Prepared], position: int) -> None:
        """What `apply` does, to the shard that was built anew and is not in its place yet."""
        whoosh_shard.change(self.folder.building_path(shard), ids, documents, position)

    def position_of(self, shard: int) -> int:
        """The outbox position the last commit of a shard wrote; raises ShardUnreadable."""
        return self._opened(shard).position

    def position_of_building(self, shard: int) -> int:
        """The same, of the shard that was built anew and is not in its place yet."""
        with _demanded(shard):
            return open_shard(self.folder.building_path(shard)).position

    def read_through(self, shard: int) -> None:
        """Read a shard from end to end; raises ShardUnreadable when something is not what was written."""
        path = self.folder.shard_path(shard)
        for name in self._opened(shard).parts:
            with _demanded(shard):
                Segment(path / name)

    def count(self, shard: int) -> int:
        """How many activities a shard holds; raises ShardUnreadable."""
        return self._opened(shard).count

    def fingerprints(self, first: int, last: int) -> dict[int, int]:
        """Of each activity held, from `first` up to, not including, `last`.

        Raises ShardUnreadable, and tells the indexer.
        """
        found: dict[int, int] = {}
        for shard in self._listed():
            if shard_of(first) <= shard <= shard_of(last - 1):
                try:
                    found.update(_fingerprints_in(self._opened(shard), first, last))
                except ShardUnreadable:
                    self.folder.report_broken(shard)
                    raise
        return found

    def ids_in(self, shard: int) -> list[int]:
        """The activities a shard holds, for checks."""
        return sorted(dict(_fingerprints_in(self._opened(shard), shard * SHARD_SIZE, (shard + 1) * SHARD_SIZE)))

    def _opened(self, shard: int) -> Shard:
        with _demanded(shard):
            return _open_between_commits(self.folder.shard_path(shard))


def _open_between_commits(path: Path) -> Shard:
    """The shard; a commit or a rebuild may remove a file about to be opened, then the next look is right."""
    for _ in range(LOOKS):
        try:
            return open_shard(path)
        except FileNotFoundError:
            time.sleep(PAUSE)
    return open_shard(path)


def _fingerprints_in(shard: Shard, first: int, last: int) -> Iterator[tuple[int, int]]:
    for part in shard.parts.values():
        ids, fingerprints = part.segment.activity_ids, part.segment.fingerprints()
        numbers = part.segment.numbers_between(first, last)
        yield from ((ids[number], fingerprints[number]) for number in numbers if number not in part.deleted)


@contextmanager
def _demanded(shard: int) -> Iterator[None]:
    """Errors that come from damaged files become ShardUnreadable; passing ones stay as they are."""
    try:
        yield
    except Exception as error:
        if is_passing(error):
            raise
        raise ShardUnreadable(shard) from error


class WhooshFinding:
    """A search under way; see engine.Finding."""

    def __init__(self, folder: IndexFolder, shards: list[int], ask: Ask, before: Place | None, deadline: float) -> None:
        self.is_partial = False
        self.rest: Place | None = None
        self._folder, self._shards, self._ask, self._before, self._deadline = folder, shards, ask, before, deadline

    def __iter__(self) -> Iterator[Hit]:
        """Shard by shard; one at least, so that the next page is always another."""
        is_exact = self._ask.words.is_exact
        for place, shard in enumerate(self._shards):
            is_late = time.perf_counter() > self._deadline
            if is_late and place:
                self.is_partial = True
                self.rest = min(top_of(shard), self._before or top_of(shard))
                return
            before = self._before[1:] if self._before is not None and self._before.shard == shard else None
            for moment, activity_id in self._hits_of(shard, before):
                yield Hit(Place(shard, moment, activity_id), is_exact)

    def _hits_of(self, shard: int, before: tuple[int, int] | None) -> Iterator[tuple[int, int]]:
        """The hits of one shard; what is read of it, is read before the first hit is given."""
        try:
            yield from hits_in(_open_between_commits(self._folder.shard_path(shard)), self._ask, before)
        except Exception as error:
            if not is_passing(error):
                self._folder.report_broken(shard)
            raise ShardUnreadable(shard) from error


def group_by_shard(ids: Iterable[int]) -> dict[int, list[int]]:
    """`ids` by the shard that holds them."""
    grouped: dict[int, list[int]] = {}
    for activity_id in ids:
        grouped.setdefault(shard_of(activity_id), []).append(activity_id)
    return grouped
