"""The account's own currency, in which amounts are added up (SPEC 2.7). There are no rates: other money is left out."""

from typing import Any

import sqlalchemy as sa

from crm.objects.schema import ObjectType

AMOUNT = "amount"
CURRENCY = "deal_currency_code"
NAMES = frozenset({AMOUNT, CURRENCY})

_home = {"currency": "USD"}


def home_currency() -> str:
    """The ISO code of the account's currency."""
    return _home["currency"]


def set_home_currency(code: str) -> None:
    """Take the account's currency from the settings of the program, once, when it starts."""
    _home["currency"] = code


def home_amount(deal: ObjectType) -> sa.ColumnElement[Any]:
    """The amount of a deal where it is in the account's currency, as it is when none is named; else NULL."""
    currency = sa.func.coalesce(sa.func.nullif(deal.column(CURRENCY), ""), home_currency())
    return sa.case((currency == home_currency(), deal.column(AMOUNT)))
