"""Bytes on disk, named by their SHA-256: written once, whole or not at all."""

import hashlib
import os
import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from crm.files.images import image_type
from crm.files.names import UNKNOWN_TYPE, clean_media_type, clean_name
from crm.messages import InvalidValue, Message

DEFAULT_LIMIT = 20 * 1024 * 1024
IMAGE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_CHUNK = 256 * 1024
_HEAD = 64
INCOMING = ".incoming-"
"""How the names of files begin that are being written."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


class FileTooLarge(InvalidValue):
    """More bytes than one file may have; nothing was kept of it."""


@dataclass(frozen=True)
class Deposit:
    """Bytes that are safely on disk, with the label and kind under which they came; not yet attached to anything."""

    sha256: str
    size: int
    name: str
    media_type: str


class FileStore:
    """A directory of files named by their hash: `ab/cd/abcd…`.

    Writing needs no transaction and must not happen inside one. A deposit that is never attached is only waste.
    """

    def __init__(self, root: Path | str, limit: int = DEFAULT_LIMIT) -> None:
        self.root = Path(root)
        self.limit = limit

    @classmethod
    def in_data_dir(cls, data_dir: Path, limit_mb: int) -> "FileStore":
        """The store of an installation: the folder `files` of its data."""
        return cls(data_dir / "files", limit_mb * 1024 * 1024)

    def store(self, stream: IO[bytes], name: str, media_type: str | None = None) -> Deposit:
        """Keep the bytes of `stream` and say where they are; the same bytes are kept once.

        A picture is known by its bytes, and what only calls itself one is of an unknown kind. The bytes are synced to
        disk before this returns. Raises FileTooLarge beyond the limit.
        """
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, temporary = tempfile.mkstemp(prefix=INCOMING, dir=self.root)
        try:
            with os.fdopen(descriptor, "wb") as target:
                digest, size, head = self._copy(stream, target)
                target.flush()
                os.fsync(target.fileno())
            self._settle(Path(temporary), self.path(digest))
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return Deposit(digest, size, clean_name(name), _kind(head, clean_media_type(media_type)))

    def path(self, sha256: str) -> Path:
        """Where the bytes with this hash lie, whether or not they are there. Raises ValueError for no hash."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"not a SHA-256: {sha256!r}")
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def _copy(self, stream: IO[bytes], target: IO[bytes]) -> tuple[str, int, bytes]:
        digest, size, head = hashlib.sha256(), 0, b""
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            head = head or chunk[:_HEAD]
            if size > self.limit:
                raise FileTooLarge(Message("The file is larger than %(limit)s MB", limit=self.limit // (1024 * 1024)))
            digest.update(chunk)
            target.write(chunk)
        return digest.hexdigest(), size, head

    def _settle(self, temporary: Path, final: Path) -> None:
        with suppress(FileNotFoundError):
            # Young again, so that nobody sweeps it up before it is attached.
            os.utime(final)
            temporary.unlink()
            return
        for folder in (final.parent.parent, final.parent):
            if not folder.exists():
                folder.mkdir(exist_ok=True, mode=0o700)
                sync(folder.parent)
        temporary.replace(final)
        sync(final.parent)


def _kind(head: bytes, claimed: str) -> str:
    found = image_type(head)
    return UNKNOWN_TYPE if found is None and claimed in IMAGE_TYPES else found or claimed


def sync(path: Path) -> None:
    """Wait until a file, or the list of names in a folder, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
