"""Why a record could not be written, each with what the form needs to say so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crm.messages import Message


class InvalidInput(ValueError):
    """Some values cannot be taken; `errors` holds one message for each property name."""

    def __init__(self, errors: Mapping[str, Message]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(f"{name}: {message}" for name, message in self.errors.items()))


def refuse(errors: Mapping[str, Message]) -> None:
    """Raise InvalidInput when there are any."""
    if errors:
        raise InvalidInput(errors)


class Taken(Message):
    """That a record the reader may see has a value no two may have; `url` is its page."""

    __slots__ = ("url",)

    def __init__(self, text: str, url: str, **params: Any) -> None:
        super().__init__(text, **params)
        self.url = url


@dataclass(frozen=True)
class Clash:
    """What a property held when the form was opened, and what somebody else has made of it; stored values."""

    before: Any
    theirs: Any


class Conflict(RuntimeError):
    """Somebody else changed the same properties after the form was opened (DESIGN 4.6).

    `clashes` holds them by name, `untouched` the names that came back as the form had shown them, and `version` is
    that of the record now.
    """

    def __init__(self, clashes: Mapping[str, Clash], version: int, untouched: Iterable[str] = ()) -> None:
        self.clashes = dict(clashes)
        self.version = version
        self.untouched = frozenset(untouched)
        super().__init__(f"{', '.join(self.clashes)} changed in the meantime")
