"""Registries: one kind of a thing is one file, found by importing a package (DESIGN 10)."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

Kind = TypeVar("Kind")


class Registry(Generic[Kind]):
    """Named kinds of one thing, in order of their `position`, closed once the application is made."""

    def __init__(self, what: str, key: str = "name") -> None:
        self.what = what
        self._key = key
        self._kinds: dict[str, Kind] = {}
        self._ordered: tuple[Kind, ...] | None = None
        self._frozen = False

    def register(self, kind: Kind) -> Kind:
        """Add `kind` and return it; raises ValueError for a name already taken or after `freeze`."""
        name = getattr(kind, self._key)
        if self._frozen:
            raise ValueError(f"{self.what} {name!r} comes too late: the registry is closed")
        if name in self._kinds:
            raise ValueError(f"{self.what} {name!r} is registered twice")
        self._kinds[name] = kind
        self._ordered = None
        return kind

    def load(self, package: str) -> None:
        """Import every module of `package`; each registers its kind as it is imported."""
        module = importlib.import_module(package)
        for found in pkgutil.iter_modules(module.__path__):
            importlib.import_module(f"{package}.{found.name}")

    def freeze(self) -> None:
        """Close the registry: kinds are known from the start or not at all."""
        self._frozen = True

    def get(self, name: str) -> Kind | None:
        """The kind called `name`, or None when it is unknown or gone."""
        return self._kinds.get(name)

    def all(self) -> tuple[Kind, ...]:
        """Every kind, by `position` (default 100), then by name."""
        if self._ordered is None:
            self._ordered = tuple(sorted(self._kinds.values(), key=self._order))
        return self._ordered

    def _order(self, kind: Any) -> tuple[int, str]:
        return getattr(kind, "position", 100), getattr(kind, self._key)

    def __contains__(self, name: object) -> bool:
        return name in self._kinds

    def __iter__(self) -> Iterator[Kind]:
        return iter(self.all())

    def __len__(self) -> int:
        return len(self._kinds)
