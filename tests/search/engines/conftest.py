"""Every test here runs on each engine: Whoosh where the database is SQLite, PostgreSQL's own where it is that."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Installation
from tests.search.engines.indexes import EngineIndex, PostgresIndex, WhooshIndex


@pytest.fixture
def index(installation: Installation, tmp_path: Path) -> Iterator[EngineIndex]:
    """An index of the engine of this database, empty, and no activity behind it."""
    with installation.app.app_context():
        yield WhooshIndex(tmp_path / "index") if installation.config.is_sqlite else PostgresIndex()
