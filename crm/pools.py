"""Connections to SQLite in two pools: one for reading, one for units of work."""

from collections.abc import Callable
from threading import Lock
from typing import Any

from sqlalchemy.pool import PoolProxiedConnection, QueuePool


def reading_and_writing(is_writing: Callable[[], bool]) -> type[QueuePool]:
    """A pool that hands out connections of a second pool of its own while `is_writing()`.

    Whether a connection may write is said to SQLite by a pragma that throws away every statement it has prepared. One
    that is used for both would prepare all of them anew before and after each change, a quarter of what saving a note
    costs. The connection used last is handed out first: its statements and pages are the warmest.
    """

    class ReadWritePool(QueuePool):
        def __init__(self, creator: Any, **options: Any) -> None:
            super().__init__(creator, **{**options, "use_lifo": True})
            self._writers: QueuePool | None = None
            self._making = Lock()

        def connect(self) -> PoolProxiedConnection:
            return self._for_writing().connect() if is_writing() else super().connect()

        def dispose(self) -> None:
            writers, self._writers = self._writers, None
            if writers is not None:
                writers.dispose()
            super().dispose()

        def _for_writing(self) -> QueuePool:
            with self._making:
                if self._writers is None:
                    # With the listeners of this pool, which prepare a new connection.
                    options = {"use_lifo": True, "dialect": self._dialect, "_dispatch": self.dispatch}
                    self._writers = QueuePool(self._creator, **options)
                return self._writers

    return ReadWritePool
