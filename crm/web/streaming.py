"""Answers that are made while they are read, piece by piece."""

from collections.abc import Iterator
from contextvars import copy_context

from flask import Response, stream_with_context


def stream(pieces: Iterator[bytes], mimetype: str) -> Response:
    """An answer of these pieces; each is made when the reader has taken the one before.

    They are made in the context of this request, wherever they are asked for: that may be another thread.
    """
    return Response(_Stream(pieces), mimetype=mimetype)


class _Stream(Iterator[bytes]):
    """The pieces, every one made in one and the same context, which Flask asks for."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._context = copy_context()
        self._pieces = self._context.run(stream_with_context, pieces)

    def __next__(self) -> bytes:
        return self._context.run(next, self._pieces)

    def close(self) -> None:
        """The answer is over, or its reader is gone."""
        self._context.run(self._pieces.close)  # type: ignore[attr-defined]
