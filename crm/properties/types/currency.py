"""An amount of money, in the currency of its record, or with the setting `currency` = "home" in the account's."""

import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import numbers

from crm.messages import N_, InvalidValue, Message
from crm.properties.types import property_types
from crm.properties.types.base import Context, PropertyLike, Raw, single
from crm.properties.types.cleaning import clean_line, excerpt
from crm.properties.types.number import Number, checked, parse_decimal


class Currency(Number):
    name = "currency"
    label = N_("Currency")
    icon = "currency"
    text = N_("An amount of money")
    position = 50

    def parse(self, raw: Raw, property: PropertyLike, context: Context) -> Decimal | None:
        text = clean_line(single(raw))
        if not text:
            return None
        code = _code(property, context)
        bare = _without_currency(text, code, context.locale)
        if any(unicodedata.category(character) == "Sc" for character in bare):
            message = Message("“%(typed)s” is not in %(currency)s.", typed=excerpt(text), currency=code)
            raise InvalidValue(message)
        return checked(parse_decimal(bare, context.locale), property.settings)

    def to_text(self, value: Any, property: PropertyLike, context: Context) -> str:
        if value is None:
            return ""
        return _money(value, _code(property, context), context.locale)


@lru_cache(maxsize=4096)
def _money(value: Decimal, code: str, locale: str) -> str:
    return numbers.format_currency(value, code, locale=locale, decimal_quantization=False)


def _code(property: PropertyLike, context: Context) -> str:
    return context.home_currency if property.settings.get("currency") == "home" else context.currency


def _without_currency(text: str, code: str, locale: str) -> str:
    """`text` without the code or sign of the currency, wherever it stands: "USD 5", "-$5", "5 zł"."""
    signs = {numbers.get_currency_symbol(code, locale), numbers.get_currency_symbol(code, "en"), code}
    signs |= {sign[-1] for sign in signs if sign[-1] in "$¥"} | ({f"{code[:2]}$"} if "$" in "".join(signs) else set())
    for sign in sorted(signs, key=len, reverse=True):
        minus, body = ("-", text[1:].lstrip()) if text[:1] in ("-", "\u2212") else ("", text)
        if body.casefold().startswith(sign.casefold()):
            return minus + body[len(sign) :].strip()
        if body.casefold().endswith(sign.casefold()):
            return minus + body[: -len(sign)].strip()
    return text


property_types.register(Currency())
