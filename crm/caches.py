"""What is kept of the database in memory until its stamp says that it changed (DESIGN 4)."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from crm.db import stamps

Cached = TypeVar("Cached")


class StampedCache(Generic[Cached]):
    """A value computed from the database and kept until its stamp changes.

    Tokens are random, so a value can never be taken for that of another database in the same process.
    """

    def __init__(self, name: str, loader: Callable[[], Cached], keep: int = 4) -> None:
        self.name = name
        self._loader = loader
        self._keep = keep
        self._values: dict[str, Cached] = {}
        self._changing = threading.Lock()

    def get(self) -> Cached:
        """The cached value, loaded if the stamp in the database says that it is new."""
        token = stamps().get(self.name, "")
        if not token:
            return self._loader()
        value = self._values.get(token)
        if value is None:
            value = self._loader()
            with self._changing:
                while len(self._values) >= self._keep:
                    del self._values[next(iter(self._values))]
                self._values[token] = value
        return value
