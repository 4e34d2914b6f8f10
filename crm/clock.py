"""The one clock: everything that asks what time it is asks here, so that tests can hold it still."""
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_past: ContextVar[datetime | None] = ContextVar("kartotek_past", default=None)

_account: dict[str, ZoneInfo] = {"zone": ZoneInfo("UTC")}


def now() -> datetime:
    """The present moment, timezone-aware, in UTC."""
    return _past.get() or datetime.now(UTC)


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    """Write as if it were `moment` (aware): for sample data, which has a past from the start."""
    token = _past.set(moment)
    try:
        yield
    finally:
        _past.reset(token)


def account_zone() -> ZoneInfo:
    """The time zone of the account: rules about days mean the same for everybody (SPEC 2.5)."""
    return _account["zone"]


def account_today() -> date:
    """Which day it is in the account's time zone."""
    return now().astimezone(account_zone()).date()


def set_account_zone(name: str) -> None:
    """Take the account's time zone from the settings of the program, once, when it starts."""
    _account["zone"] = ZoneInfo(name)
