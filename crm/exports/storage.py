"""Where the files of tables lie that people take away, until they are a month old."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from shutil import rmtree
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from crm.db import db

KEPT = timedelta(days=30)
ROWS = "rows"
_roots: WeakKeyDictionary[sa.Engine, Path] = WeakKeyDictionary()


def configure(root: Path) -> None:
    """Say where the files of the application at hand lie; called once by create_app, in its context."""
    _roots[db.engine] = root


def path_of(export_id: int, ending: str) -> Path:
    """Where the file of a table lies, whether or not it is there; with ROWS for its rows while it is being made."""
    return _roots[db.engine] / f"{export_id}.{ending}"


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Nobody else writes to this file meanwhile; it is there afterwards, unless somebody removes it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def files() -> list[Path]:
    """Everything that lies there."""
    root = _roots[db.engine]
    return sorted(root.iterdir()) if root.is_dir() else []


def remove(path: Path) -> None:
    """Remove a file, or a folder that a writer left behind, if it is still there."""
    with suppress(FileNotFoundError):
        if path.is_dir():
            rmtree(path, ignore_errors=True)
        else:
            path.unlink()
