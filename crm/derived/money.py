"""The account's own currency, in which amounts are added up (SPEC 2.7). There are no rates: other money is left out."""

from typing import Any

import sqlalchemy as sa

from crm.objects.schema import ObjectType, Property
from crm.records.values import type_of

AMOUNT = "amount"
CURRENCY = "deal_currency_code"
MONEY = "currency"
NAMES = frozenset({AMOUNT, CURRENCY})

_home = {"currency": "USD"}


def home_currency() -> str:
    """The ISO code of the account's currency."""
    return _home["currency"]


def set_home_currency(code: str) -> None:
    """Take the account's currency from the settings of the program, once, when it starts."""
    _home["currency"] = code


def in_home_currency(kind: ObjectType, prop: Property) -> sa.ColumnElement[bool]:
    """Whether the values of a property of `kind` are in the account's currency, as they are where no other is named."""
    if type_of(prop).name != MONEY or CURRENCY not in kind.properties or prop.settings.get("currency") == "home":
        return sa.true()
    return sa.func.coalesce(sa.func.nullif(kind.column(CURRENCY), ""), home_currency()) == home_currency()


def home_amount(deal: ObjectType) -> sa.ColumnElement[Any]:
    """The amount of a deal where it is in the account's currency; else NULL."""
    return sa.case((in_home_currency(deal, deal.property(AMOUNT)), deal.column(AMOUNT)))
