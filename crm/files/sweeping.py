"""Bytes that hang on nothing any more."""

import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from crm.clock import now
from crm.db import Base, db, end_read, unit_of_work
from crm.files.models import StoredFile
from crm.files.storage import INCOMING
from crm.permissions.scopes import unguarded

BATCH = 500
A_WEEK = 7 * 24 * 3600
"""Somebody may have a form open in which the file stands that they sent with it."""

_roots: WeakKeyDictionary[sa.Engine, Path] = WeakKeyDictionary()
WHY = "files nobody has are nobody's"


def forget_unused_files() -> int:
    """Delete the rows of stored files older than a week that nothing refers to, by any foreign key; how many."""
    done = 0
    while True:
        end_read()
        with unit_of_work():
            unused = sa.select(StoredFile.id).where(*_referred_to_by_none()).order_by(StoredFile.id).limit(BATCH)
            ids = list(db.session.scalars(unguarded(unused, WHY)))
            gone = sa.delete(StoredFile).where(StoredFile.id.in_(ids), *_referred_to_by_none())
            db.session.execute(gone.execution_options(synchronize_session=False))
        done += len(ids)
        if len(ids) < BATCH:
            return done


def _referred_to_by_none() -> list[sa.ColumnElement[bool]]:
    keys = [key for table in Base.metadata.tables.values() for key in table.foreign_keys]
    columns = [key.parent for key in keys if key.column is StoredFile.__table__.c.id]
    unused = [sa.not_(sa.exists().where(column == StoredFile.id)) for column in columns]
    return [StoredFile.created_at < now() - timedelta(seconds=A_WEEK), *unused]


def configure(root: Path) -> None:
    """Say where the files of the application at hand lie; called once by create_app, in its context."""
    _roots[db.engine] = root


def keep_young(hashes: Iterable[str]) -> None:
    """Have the bytes with these hashes survive the next sweep, though no row names them: they stand in a draft."""
    root = _roots[db.engine]
    for sha256 in hashes:
        with suppress(FileNotFoundError):
            os.utime(root / sha256[:2] / sha256[2:4] / sha256)


def sweep() -> int:
    """Remove the bytes that no stored file names, and those that never came whole; how many files.

    What came within a week stays: bytes lie on the disk before the row that names them is committed. Storing the same
    bytes again makes them young again.
    """
    root = _roots[db.engine]
    end_read()
    known = set(db.session.scalars(sa.select(StoredFile.sha256)))
    end_read()
    swept = 0
    for pattern in ("??/??/*", f"{INCOMING}*"):
        for path in root.glob(pattern) if root.is_dir() else ():
            # One that was being written has its name by now.
            with suppress(FileNotFoundError):
                if path.name not in known and _is_old(path):
                    swept += _remove(path)
    return swept


def _is_old(path: Path) -> bool:
    return now().timestamp() - path.stat().st_mtime > A_WEEK


def _remove(path: Path) -> bool:
    """Remove a file; it is put aside first and looked at again, for somebody may have stored it in this moment."""
    aside = path.with_name(f".{path.name}")
    path.replace(aside)
    if _is_old(aside):
        aside.unlink()
        return True
    aside.replace(path)
    return False
