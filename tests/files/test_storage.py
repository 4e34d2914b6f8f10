"""Bytes are kept once, whole or not at all, under their hash."""

import hashlib
import io
from pathlib import Path

import pytest

from crm.files.storage import FileStore, FileTooLarge


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_bytes_lie_under_their_hash(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    deposit = store.store(io.BytesIO(b"hello"), "a.txt", "text/plain")
    digest = hashlib.sha256(b"hello").hexdigest()
    assert (deposit.sha256, deposit.size, deposit.name, deposit.media_type) == (digest, 5, "a.txt", "text/plain")
    assert store.path(digest) == tmp_path / digest[:2] / digest[2:4] / digest
    assert store.path(digest).read_bytes() == b"hello"


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    store.store(io.BytesIO(b"same"), "one.txt")
    store.store(io.BytesIO(b"same"), "two.txt")
    assert len(files_in(tmp_path)) == 1


def test_too_many_bytes_leave_nothing_behind(tmp_path: Path) -> None:
    store = FileStore(tmp_path, limit=10)
    with pytest.raises(FileTooLarge):
        store.store(io.BytesIO(b"x" * 11), "big.bin")
    assert files_in(tmp_path) == []


def test_a_broken_stream_leaves_nothing_behind(tmp_path: Path) -> None:
    class Torn(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise OSError("the line went dead")

    with pytest.raises(OSError, match="line went dead"):
        FileStore(tmp_path).store(Torn(), "a.txt")  # type: ignore[arg-type]
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("name", ["../secret_key", "abc", "A" * 64, ""])
def test_only_a_hash_names_a_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        FileStore(tmp_path).path(name)
