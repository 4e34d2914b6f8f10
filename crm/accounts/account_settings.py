"""What is chosen once for the whole account: each choice is declared by the package that reads it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from crm.accounts.models import AccountSetting
from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.caches import StampedCache
from crm.db import db, stamps, touch
from crm.permissions.viewer import Viewer

STAMP = "account_settings"

Value = TypeVar("Value")


@dataclass(frozen=True)
class Setting(Generic[Value]):
    """One choice: its name in the database, what holds until somebody chooses, and how it is written as JSON.

    `read` makes the value of what JSON gives back and raises ValueError for what it cannot be.
    """

    name: str
    label: str
    default: Value
    read: Callable[[Any], Value]
    write: Callable[[Value], Any] = lambda value: value

    def get(self) -> Value:
        """What holds now; no query of its own."""
        stored = _cache.get().get(self.name)
        if stored is None:
            return self.default
        try:
            return self.read(json.loads(stored))
        except (ValueError, TypeError, KeyError):
            return self.default

    def set(self, actor: Viewer, value: Value) -> None:
        """Choose; the caller has checked that the actor may, and is in a unit of work."""
        touch(STAMP)
        before = self.get()
        if value == before:
            return
        text = json.dumps(self.write(value))
        table = AccountSetting
        options = {"synchronize_session": False}
        db.session.execute(sa.delete(table).where(table.name == self.name), execution_options=options)
        db.session.execute(sa.insert(table).values(name=self.name, value=text))
        touch(STAMP)
        about = About(Kind.ACCOUNT, 0, self.label)
        record(actor, Action.ACCOUNT_SETTING_CHANGED, about, {"changes": f"{json.dumps(self.write(before))} → {text}"})


def sync_settings() -> None:
    """Let choices be kept from the first start on, also while nobody has made one; inside a unit of work."""
    if STAMP not in stamps():
        touch(STAMP)


def _load() -> Mapping[str, str]:
    return dict(db.session.execute(sa.select(AccountSetting.name, AccountSetting.value)).tuples().all())


_cache: StampedCache[Mapping[str, str]] = StampedCache(STAMP, _load)


def yes_or_no(value: Any) -> bool:
    """Read a choice between yes and no."""
    if not isinstance(value, bool):
        raise ValueError("neither yes nor no")
    return value
