"""One shard: a folder of segments, its commits, and what is in it at one moment (DESIGN 8.5, LIBRARIES 1)."""

import contextlib
import errno
import os
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm.files.storage import sync
from crm.search.whoosh_library import STORED, TOC, FileStorage, Schema, Segment, clean_files
from crm.search.whoosh_segment import Segment as OpenSegment
from crm.search.whoosh_segment_writer import Entry, SegmentBuilder

NAME = "MAIN"
EXTENSION = ".set"
SHARDS_REMEMBERED = 64

PASSING = frozenset(
    {
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.EINTR,
        errno.EAGAIN,
        errno.EACCES,
        errno.EPERM,
        errno.EROFS,
        errno.ENOLCK,
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.ETIMEDOUT,
    }
)
"""What the system says when it is short of something, or when a file may not be opened: nothing about its contents."""


def is_passing(error: BaseException | None) -> bool:
    """Whether an error, or one it came from, says that this process lacks something, and nothing about the files."""
    while error is not None:
        if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in PASSING):
            return True
        error = error.__cause__ or error.__context__
    return False


class ShardSegment(Segment):
    """A segment as the table of contents knows it: how many documents it has, which are deleted, and the position of
    the outbox that the commit which wrote the table had reached.
    """

    def __init__(self, count: int = 0) -> None:
        super().__init__(NAME)
        self.count = count
        self.deleted: set[int] = set()
        self.position = 0

    @classmethod
    def _random_id(cls, size: int = 16) -> str:
        """Whoosh takes Python's own random numbers: seeded or forked processes would give one name twice."""
        return secrets.token_hex(size // 2)

    @property
    def live(self) -> int:
        """How many documents are not deleted."""
        return self.count - len(self.deleted)

    @property
    def file_name(self) -> str:
        """The name of its file within the shard."""
        return self.make_filename(EXTENSION)

    def doc_count_all(self) -> int:
        """How many documents it was written with."""
        return self.count

    def deleted_count(self) -> int:
        """How many of them are deleted."""
        return len(self.deleted)


class Files(FileStorage):
    """The tables of contents of a shard. Whoosh leaves files open when it meets damaged ones: they are closed here."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), supports_mmap=False)
        self._opened: list[Any] = []

    def open_file(self, name: str, **options: Any) -> Any:
        """Open the file called `name` for reading."""
        file = super().open_file(name, **options)
        self._opened.append(file.file)
        return file

    def list(self) -> Sequence[str]:
        """The names of all files; Whoosh's own takes a folder that cannot be read for an empty one."""
        return os.listdir(self.folder)

    def close(self) -> None:
        """Close whatever was opened."""
        while self._opened:
            self._opened.pop().close()


@dataclass(frozen=True)
class Part:
    """An open segment and which of its documents are deleted."""

    segment: OpenSegment
    deleted: frozenset[int]


@dataclass(frozen=True)
class Shard:
    """What is in a shard at one moment; nothing in it ever changes, so any number of threads may ask it."""

    generation: int
    files: dict[str, tuple[int, ...]]
    position: int
    parts: dict[str, Part]

    @property
    def count(self) -> int:
        """How many activities there are."""
        return sum(part.segment.count - len(part.deleted) for part in self.parts.values())


_remembered: OrderedDict[Path, Shard] = OrderedDict()
_remembering = threading.Lock()


def open_shard(path: Path) -> Shard:
    """The shard in `path` as its newest table of contents has it; what has not changed is not read again."""
    states = _states(path)
    known = _remembered.get(path)
    if known is not None and known.files == states:
        return known
    generation = _newest_generation(path, states)
    with closing(Files(path)) as files:
        segments: list[ShardSegment] = TOC.read(files, NAME, generation).segments
    parts = {}
    for segment in segments:
        name = segment.file_name
        same = known is not None and name in known.parts and known.files.get(name) == states.get(name)
        opened = known.parts[name].segment if known is not None and same else OpenSegment(path / name)
        parts[name] = Part(opened, frozenset(segment.deleted))
    shard = Shard(generation, states, max((segment.position for segment in segments), default=0), parts)
    with _remembering:
        _remembered[path] = shard
        _remembered.move_to_end(path)
        while len(_remembered) > SHARDS_REMEMBERED:
            _remembered.popitem(last=False)
    return shard


def _states(path: Path) -> dict[str, tuple[int, ...]]:
    """What tells every file in the folder from another of the same name."""
    found: dict[str, tuple[int, ...]] = {}
    with os.scandir(path) as entries:
        for entry in entries:
            state = entry.stat()
            found[entry.name] = (state.st_ino, state.st_mtime_ns, state.st_size)
    return found


def _newest_generation(path: Path, names: Iterable[str]) -> int:
    pattern = TOC._pattern(NAME)
    newest = max((int(match[1]) for name in names if (match := pattern.match(name))), default=None)
    if newest is None:
        raise FileNotFoundError(errno.ENOENT, "no table of contents", str(path))
    return newest


@contextmanager
def building(path: Path, position: int) -> Iterator[Callable[[Entry], None]]:
    """Make a shard in the empty folder `path`, all documents in one segment, of what is given to the function."""
    builder = SegmentBuilder()
    yield builder.add
    _commit(path, 0, [_written(path, builder)], position)


def change(path: Path, ids: Iterable[int], entries: Iterable[Entry], position: int) -> None:
    """Forget the activities `ids`, learn `entries` and remember `position` in one commit; a failure leaves no trace.

    Small segments are written anew together with the entries, so that a shard has as many segments as the number of its
    documents has binary digits, at most.
    """
    shard = open_shard(path)
    with closing(Files(path)) as files:
        segments: list[ShardSegment] = TOC.read(files, NAME, shard.generation).segments
    ids = list(ids)
    for segment in segments:
        segment.deleted.update(shard.parts[segment.file_name].segment.numbers_of(ids))
    builder = SegmentBuilder()
    for entry in entries:
        builder.add(entry)
    kept = []
    for segment in sorted(segments, key=lambda one: one.live):
        if segment.live <= len(builder) or len(segment.deleted) > segment.live:
            builder.add_segment(shard.parts[segment.file_name].segment, segment.deleted)
        else:
            kept.append(segment)
    if len(builder) or not kept:
        kept.append(_written(path, builder))
    _commit(path, shard.generation + 1, kept, position)


def _written(path: Path, builder: SegmentBuilder) -> ShardSegment:
    segment = ShardSegment(len(builder))
    try:
        builder.write(path / segment.file_name)
    except BaseException:
        with contextlib.suppress(OSError):
            (path / segment.file_name).unlink()
        raise
    return segment


def _commit(path: Path, generation: int, segments: list[ShardSegment], position: int) -> None:
    for segment in segments:
        segment.position = position
    with closing(Files(path)) as files:
        _remove_unfinished(path)
        try:
            TOC(Schema(segments=STORED()), segments, generation).write(files, NAME)
        except BaseException:
            _remove_unfinished(path)
            raise
        sync(path / TOC._filename(NAME, generation))
        sync(path)
        clean_files(files, NAME, generation, segments)


def _remove_unfinished(path: Path) -> None:
    """Tables of contents never put in their place: Whoosh leaves them when it is killed or the disk is full."""
    for left in path.glob(f"_{NAME}_*.toc.*"):
        left.unlink(missing_ok=True)
