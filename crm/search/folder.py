"""The folder of the search index: who may write, what is in it, and putting new parts in place (DESIGN 8.8).

    <index>/manifest.json   what this index is and which shards it has or still needs
    <index>/position        the last row of the outbox that is in every shard; never ahead of the data
    <index>/progress        how far the building of shards has come, for people
    <index>/indexer.lock    held by the one process that writes, and by the builders it started
    <index>/shard-<n>/            shard n;  shard-<n>.broken marks one that a reader could not read
    <index>/building-shard-<n>/   shard n being made anew;  aside-shard-<n>/ the old one, about to be deleted
    <index>/<name>.set-aside-<k>  something in our place that does not look like ours; nobody touches it again

A folder is deleted only when all in it has the names of Whoosh's files, and a folder full of other things is refused.
"""

import contextlib
import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO

from crm.search.schema import SCHEMA_VERSION, SHARD_SIZE

MANIFEST = "manifest.json"
POSITION = "position"
PROGRESS = "progress"
LOCK = "indexer.lock"
OURS = re.compile(r"(manifest\.json|position|progress)(\.new)?|shard-\d+\.broken|((building|aside)-)?shard-\d+")
HARMLESS = re.compile(r".*\.set-aside-\d+|\.gitkeep|\.gitignore|\.keep|README(\.\w+)?|lost\+found|\.DS_Store")
OF_WHOOSH = re.compile(r"_?MAIN[_.].*")
LEFT = re.compile(r"(building|aside)-shard-(\d+)")
BROKEN = re.compile(r"shard-(\d+)\.broken")


class NotOurFolder(RuntimeError):
    """The folder named for the search index holds other things; the text is one line for whoever runs the program."""


@dataclass(frozen=True)
class Manifest:
    """What an index is: of which database, in which form, with which shards; `to_build` are to be made (anew)."""

    database: str
    schema: int = SCHEMA_VERSION
    shard_size: int = SHARD_SIZE
    shards: tuple[int, ...] = ()
    to_build: tuple[int, ...] = ()
    rebuilt_at: str = ""

    def is_of(self, database: str) -> bool:
        """Whether this program can use the index for that database."""
        return (self.database, self.schema, self.shard_size) == (database, SCHEMA_VERSION, SHARD_SIZE)

    @property
    def missing(self) -> tuple[int, ...]:
        """The shards that cannot be asked yet."""
        return tuple(shard for shard in self.to_build if shard not in self.shards)


class IndexFolder:
    """The files of one index. Only the holder of `leadership` may call what writes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def shard_path(self, shard: int) -> Path:
        """The folder of one shard."""
        return self.path / f"shard-{shard}"

    def building_path(self, shard: int) -> Path:
        """The folder in which a shard is made anew."""
        return self.path / f"building-shard-{shard}"

    def manifest(self) -> Manifest | None:
        """What is there, or None when there is no index that can be read."""
        try:
            data = json.loads((self.path / MANIFEST).read_text())
            return Manifest(**{**data, "shards": tuple(data["shards"]), "to_build": tuple(data["to_build"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def position(self) -> int | None:
        """The last outbox row known to be in the index, or None when that is not known."""
        try:
            return int((self.path / POSITION).read_text())
        except (OSError, ValueError):
            return None

    def broken_shards(self) -> list[int]:
        """The shards that readers have found unreadable."""
        return [int(name[1]) for path in self.path.glob("*.broken") if (name := BROKEN.fullmatch(path.name))]

    def report_broken(self, shard: int) -> None:
        """Tell the indexer that a shard cannot be read; any process may say so."""
        with contextlib.suppress(OSError):
            self._report(shard).touch()

    def forget_report(self, shard: int) -> None:
        """The shard can be read after all, or has been made anew."""
        self._report(shard).unlink(missing_ok=True)

    def _report(self, shard: int) -> Path:
        return self.path / f"shard-{shard}.broken"

    def demand_ours(self) -> None:
        """Raise NotOurFolder, nothing touched, unless the folder is an index or, as good as empty, can become one."""
        if not self.path.exists() or (self.path / LOCK).is_file() or self.manifest() is not None:
            return
        if not self.path.is_dir():
            raise NotOurFolder(f"KARTOTEK_SEARCH_INDEX={self.path} cannot be used: that is no folder")
        names = {path.name for path in self.path.iterdir()}
        known = {name for name in names if OURS.fullmatch(name) or HARMLESS.fullmatch(name)} - {MANIFEST}
        other = min(names - known, default=None)
        if other is not None:
            raise NotOurFolder(
                f"KARTOTEK_SEARCH_INDEX={self.path} cannot be used: it holds other things ({other}); name an empty one"
            )

    @contextlib.contextmanager
    def leadership(self, wait: bool = False) -> Iterator[IO[str] | None]:
        """The lock of the one process that writes, for the length of the block, or None when another one has it.

        It is freed when the process dies, and all to whom it passed the lock's file. Raises NotOurFolder.
        """
        self.demand_ours()
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.path.stat().st_mode & 0o777 != 0o700:
            self.path.chmod(0o700)
        with open(self.path / LOCK, "a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield None
                return
            yield lock

    def write_manifest(self, manifest: Manifest) -> None:
        """Put a new manifest in place of the old one."""
        self._replace(MANIFEST, json.dumps(asdict(manifest)))

    def write_position(self, position: int) -> None:
        """Remember how far the outbox is applied."""
        self._replace(POSITION, str(position))

    def progress(self) -> tuple[int, int, float] | None:
        """How many activities of how many were built, and in how many seconds; None when nothing is being built."""
        try:
            done, total, seconds = json.loads((self.path / PROGRESS).read_text())
            return int(done), int(total), float(seconds)
        except (OSError, ValueError, TypeError):
            return None

    def write_progress(self, done: int, total: int, seconds: float) -> None:
        """Tell people how far the building has come."""
        (self.path / f"{PROGRESS}.new").write_text(json.dumps([done, total, seconds]))
        os.replace(self.path / f"{PROGRESS}.new", self.path / PROGRESS)

    def forget_progress(self) -> None:
        """Nothing is being built any more."""
        (self.path / PROGRESS).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Put right what a killed indexer left: shards half built, and old ones in the middle of being replaced."""
        for path in sorted(self.path.iterdir()):
            if found := LEFT.fullmatch(path.name):
                shard = self.shard_path(int(found[2]))
                if found[1] == "aside" and not os.path.lexists(shard):
                    path.rename(shard)
                else:
                    self._discard(path)
        self.forget_progress()

    def set_everything_aside(self) -> None:
        """Remove what is an index in the folder, manifest first: it is not one we can use. Other files stay."""
        self._discard(self.path / MANIFEST)
        for path in self.path.iterdir():
            if OURS.fullmatch(path.name):
                self._discard(path)

    def put_in_place(self, shard: int) -> None:
        """Swap the newly built shard for the old one and say so in the manifest.

        Killed before the manifest says so, a shard that was not in it is unknown to all, whatever its folder holds.
        """
        old, aside = self.shard_path(shard), self.path / f"aside-shard-{shard}"
        self._discard(aside)
        if old.exists():
            old.rename(aside)
        self.building_path(shard).rename(old)
        manifest = self.manifest()
        if manifest is not None:
            shards = tuple(sorted({*manifest.shards, shard}))
            to_build = tuple(number for number in manifest.to_build if number != shard)
            self.write_manifest(replace(manifest, shards=shards, to_build=to_build))
        self._discard(aside)
        self.forget_report(shard)

    def take_out(self, broken: Iterable[int]) -> None:
        """Have these shards built anew, newest first, and asked no more until then."""
        manifest = self.manifest()
        taken = sorted(set(broken), reverse=True)
        if manifest is not None and taken:
            shards = tuple(number for number in manifest.shards if number not in taken)
            to_build = (*taken, *(number for number in manifest.to_build if number not in taken))
            self.write_manifest(replace(manifest, shards=shards, to_build=to_build))

    def clean(self, shard: int) -> None:
        """Remove what an interrupted building of a shard left."""
        self._discard(self.building_path(shard))

    def _discard(self, path: Path) -> None:
        """Delete `path` if it is surely ours, else give it another name."""
        if path.is_symlink() or (path.is_dir() and not _is_of_whoosh(path)):
            number = 1
            while os.path.lexists(other := path.with_name(f"{path.name}.set-aside-{number}")):
                number += 1
            path.rename(other)
        elif path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)

    def _replace(self, name: str, text: str) -> None:
        temporary = self.path / f"{name}.new"
        with open(temporary, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self.path / name)


def _is_of_whoosh(folder: Path) -> bool:
    return all(OF_WHOOSH.fullmatch(path.name) for path in folder.iterdir())
