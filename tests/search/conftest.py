"""The index of the application under test, kept up to date by hand."""
from collections.abc import Callable

import pytest
from flask import Flask

from crm.search import indexer


@pytest.fixture
def catch_up(app: Flask) -> Callable[[], None]:
    """Let the indexer do everything there is to do."""

    def until_idle() -> None:
        while indexer.run_once():
            pass

    return until_idle
