"""The key in the address of a page: the sorted value and the id of the last record before it (DESIGN 4.4)."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any

import sqlalchemy as sa

from crm.db import DecimalNumber, UtcDateTime
from crm.messages import N_, InvalidValue

LARGEST = {sa.BigInteger: 2**63 - 1, sa.Integer: 2**31 - 1}


def encode_key(value: Any, record_id: int) -> str:
    """A key for use in an address, of a value as the database gave it."""
    if isinstance(value, datetime | date):
        value = value.isoformat()
    elif value is not None and not isinstance(value, str | int | float | bool):
        value = str(value)
    text = json.dumps([value, record_id], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_key(key: str, kind: sa.types.TypeEngine[Any]) -> tuple[Any, int]:
    """The value, as the database compares it with a column of this kind, and the id; raises InvalidValue."""
    try:
        value, record_id = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        return None if value is None else _reader(kind)(value), _whole(record_id, 2**63 - 1)
    except (ValueError, TypeError, ArithmeticError, RecursionError):
        raise InvalidValue(N_("This page does not exist; start again from the first.")) from None


def _reader(kind: sa.types.TypeEngine[Any]) -> Callable[[Any], Any]:
    for types, read in _READERS:
        if isinstance(kind, types):
            return read
    return _text


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError("no text that a database holds")
    value.encode()
    return value


def _whole(value: Any, largest: int) -> int:
    if type(value) is not int or abs(value) > largest:
        raise ValueError("no number that a database holds")
    return value


def _decimal(value: Any) -> Decimal:
    number = Decimal(_text(value)) if isinstance(value, str) else Decimal(value)
    if not number.is_finite() or abs(number.adjusted()) > 300:
        raise ValueError("no number that a database holds")
    return number


def _float(value: Any) -> float:
    if type(value) not in (int, float) or not isfinite(value):
        raise ValueError("no number")
    return float(value)


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError("a moment has a time zone")
    return moment.astimezone(UTC)


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


_READERS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (UtcDateTime, _moment),
    (sa.Date, lambda value: date.fromisoformat(_text(value))),
    (sa.Boolean, _truth),
    (sa.BigInteger, lambda value: _whole(value, LARGEST[sa.BigInteger])),
    (sa.Integer, lambda value: _whole(value, LARGEST[sa.Integer])),
    (sa.Float, _float),
    ((DecimalNumber, sa.Numeric), _decimal),
)
