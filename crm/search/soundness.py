"""Whether what lies in the folder of the index can be gone on with; what cannot is put away and made anew (DESIGN 8.8).

Missing, cut off, full of random bytes, of another database, of an older program, older than the outbox or newer than
the database: each heals by itself. Only the holder of the lock looks.
"""

import logging

from crm.db import end_read, stamps, touch, unit_of_work
from crm.search import outbox
from crm.search.documents import newest_activity_id
from crm.search.folder import IndexFolder, Manifest
from crm.search.models import STAMP
from crm.search.schema import SHARD_SIZE, shard_of
from crm.search.whoosh_engine import ShardUnreadable, WhooshEngine

log = logging.getLogger(__name__)


def needed_shards() -> tuple[int, ...]:
    """The shards that the activities of the database belong to, newest first."""
    return tuple(range(shard_of(newest_activity_id()), -1, -1))


class Soundness:
    """Looks after one folder; reads the shards through once, and again after it was somebody else's."""

    def __init__(self, folder: IndexFolder) -> None:
        self._folder = folder
        self._engine = WhooshEngine(folder)
        self._is_checked = False

    def forget(self) -> None:
        """Somebody else has the lock, and may do what it likes with the folder."""
        self._is_checked = False

    def manifest(self) -> Manifest:
        """The manifest of an index that belongs here; whatever else is found is put away and begun anew."""
        end_read()
        token = self._token()
        manifest = self._folder.manifest()
        if manifest is None or not manifest.is_of(token) or not self._position_is_possible():
            return self._begin_anew(token)
        if not self._is_checked:
            self._folder.sweep()
        broken = {shard for shard in self._folder.broken_shards() if self._is_broken(manifest, shard)}
        if not self._is_checked:
            broken |= self._unreadable(manifest) | self._unknown(manifest)
            self._is_checked = True
        if broken - set(manifest.missing):
            log.warning("search shards %s cannot be read and are built anew", sorted(broken))
            self._folder.take_out(broken)
        return self._folder.manifest() or manifest

    def _is_broken(self, manifest: Manifest, shard: int) -> bool:
        """Whether a reader was right about a shard; to read it from end to end takes less than to build it."""
        if shard in manifest.shards:
            try:
                self._engine.read_through(shard)
            except ShardUnreadable:
                return True
        self._folder.forget_report(shard)
        return False

    def _unknown(self, manifest: Manifest) -> set[int]:
        """The shards that should be there and that the manifest does not name."""
        return set(needed_shards()) - set(manifest.shards) - set(manifest.to_build)

    def _token(self) -> str:
        token = stamps().get(STAMP, "")
        if not token:
            with unit_of_work():
                touch(STAMP)
            token = stamps()[STAMP]
        return token

    def _position_is_possible(self) -> bool:
        """Whether the outbox still leads on from the position: it is neither too old nor from elsewhere."""
        position, first, last = self._folder.position(), outbox.oldest(), outbox.newest()
        if position is None or position > last:
            return False
        return not last or first <= max(position, 1)

    def _begin_anew(self, token: str) -> Manifest:
        log.warning("the search index is missing or cannot be used; it is built anew")
        self._folder.set_everything_aside()
        self._folder.write_position(outbox.newest())
        manifest = Manifest(token, to_build=needed_shards())
        self._folder.write_manifest(manifest)
        self._is_checked = True
        return manifest

    def _unreadable(self, manifest: Manifest) -> set[int]:
        """The shards that cannot be opened; also takes the position back to that of a shard that is behind it."""
        position = self._folder.position() or 0
        wanted = outbox.newest_by_shard(position, SHARD_SIZE)
        broken = set()
        for shard in manifest.shards:
            try:
                held = self._engine.position_of(shard)
            except ShardUnreadable:
                broken.add(shard)
                continue
            if held < wanted.get(shard, 0):
                position = min(position, held)
        self._folder.write_position(position)
        return broken
