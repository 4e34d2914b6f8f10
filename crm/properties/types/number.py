"""Numbers. `settings`: `format` = plain, percent or duration; `decimals` = how many at most; `min`, `max`;
`grouping` = False for numbers that name something and are not counted.

A percent is stored as a fraction (0.2) and typed and shown as percent (20). A duration is stored in milliseconds,
shown as h:mm:ss or in days, and typed as that, as "1 h 5 min", or as minutes.
"""

import re
import unicodedata
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from babel import dates, numbers
from sqlalchemy.types import TypeEngine

from crm.db import DecimalNumber
from crm.messages import N_, InvalidValue, Message
from crm.properties.types import property_types
from crm.properties.types.base import Context, PropertyLike, PropertyType, Raw, single
from crm.properties.types.cleaning import clean_line, excerpt

# A 64-bit real, which SQLite stores, keeps fifteen digits whatever they are.
MOST_DIGITS = 15
MOST_DECIMALS = 6
_DAY = 24 * 60 * 60 * 1000

_GROUPS = r"\d{1,3}(?:%s\d{3})+|\d{1,2}(?:%s\d{2})+%s\d{3}"
_DURATION_PARTS = re.compile(
    r"(?:(\d+)\s*h(?:ours?|rs?)?)?\s*(?:(\d+)\s*m(?:in(?:utes?)?)?)?\s*(?:(\d+)\s*s(?:ec(?:onds?)?)?)?", re.IGNORECASE
)
_CLOCK = re.compile(r"(?:(\d{1,6}):)?(\d{1,2}):(\d{2})(?:\.(\d{1,3}))?")


def not_a_number(text: str) -> InvalidValue:
    """The error for what cannot be read as a number."""
    return InvalidValue(Message("“%(typed)s” is not a number.", typed=excerpt(text)))


def parse_decimal(text: str, locale: str) -> Decimal:
    """The number that `text` says, with the separators of `locale` or others that leave no doubt.

    A single separator followed by three digits may mean thousands or decimals: the locale decides, and when it uses
    neither sign, the number is refused. Raises InvalidValue.
    """
    plain = _ascii_digits(text)
    sign = -1 if plain[:1] == "-" else 1
    body = plain.lstrip("+-") if plain[:1] in "+-" and plain[1:2].isdigit() else plain
    body = _without_spaces(body, text)
    whole, decimals = _split(body, text, locale)
    if not re.fullmatch(r"\d*", whole) or not re.fullmatch(r"\d*", decimals) or not whole + decimals:
        raise not_a_number(text)
    try:
        return sign * Decimal(f"{whole or '0'}.{decimals or '0'}")
    except InvalidOperation:
        raise not_a_number(text) from None


def checked(value: Decimal, settings: Any) -> Decimal:
    """`value` without trailing zeros; raises InvalidValue beyond the digits and limits that can be kept."""
    if not value.is_finite():
        raise InvalidValue(Message("This is not a number."))
    value = plain_decimal(value)
    _, digits, exponent = value.as_tuple()
    decimals = max(0, -int(exponent))
    most = settings.get("decimals", MOST_DECIMALS)
    if decimals > most:
        if most == 0:
            raise InvalidValue(Message("Write a whole number."))
        raise InvalidValue(Message("At most %(limit)s decimals.", limit=most))
    if len(digits) + max(0, int(exponent)) > MOST_DIGITS:
        raise InvalidValue(Message("At most %(limit)s digits.", limit=MOST_DIGITS))
    if "min" in settings and value < Decimal(str(settings["min"])):
        raise InvalidValue(Message("At least %(limit)s.", limit=settings["min"]))
    if "max" in settings and value > Decimal(str(settings["max"])):
        raise InvalidValue(Message("At most %(limit)s.", limit=settings["max"]))
    return value


def plain_decimal(value: Decimal) -> Decimal:
    """The same number without trailing zeros, without an exponent, and without a negative zero."""
    if not value:
        return Decimal(0)
    value = value.normalize()
    return value if int(value.as_tuple().exponent) <= 0 else Decimal(f"{value:f}")


def _ascii_digits(text: str) -> str:
    characters = []
    for character in text.strip():
        digit = unicodedata.decimal(character, None)
        plain = " " if character.isspace() else character
        characters.append(plain if digit is None else str(digit))
    return "".join(characters).replace("\u2212", "-").replace("’", "'")


def _without_spaces(body: str, text: str) -> str:
    for separator in (" ", "'"):
        if separator not in body:
            continue
        whole = re.split(r"[.,]", body)[0]
        if not re.fullmatch(rf"\d{{1,3}}(?:{separator}\d{{3}})+", whole) or separator in body[len(whole) :]:
            raise not_a_number(text)
        body = body.replace(separator, "")
    return body


def _split(body: str, text: str, locale: str) -> tuple[str, str]:
    """The whole part and the decimals of a number written with points and commas."""
    marks = [character for character in body if character in ".,"]
    if not marks:
        return body, ""
    last = marks[-1]
    if len(set(marks)) == 2 or len(marks) > 1:
        other = "," if last == "." else "."
        is_grouped_only = len(set(marks)) == 1
        whole, _, decimals = (body, "", "") if is_grouped_only else body.rpartition(last)
        group = re.escape(last if is_grouped_only else other)
        if not re.fullmatch(_GROUPS % (group, group, group), whole):
            raise not_a_number(text)
        return re.sub(r"[.,]", "", whole), decimals
    whole, _, decimals = body.partition(last)
    if last == numbers.get_decimal_symbol(locale) or len(decimals) != 3 or whole in ("", "0"):
        return whole, decimals
    if last == numbers.get_group_symbol(locale) and 1 <= len(whole) <= 3:
        return whole + decimals, ""
    message = Message("“%(typed)s” may mean thousands or decimals; write it without this sign.", typed=excerpt(text))
    raise InvalidValue(message)


class Number(PropertyType):
    name = "number"
    label = N_("Number")
    icon = "number"
    text = N_("A plain number, a percentage or a duration")
    can_be_unique = True
    # Not "number": browsers then send a point whatever the reader's language, and drop what they cannot read.
    input_type = "text"
    position = 40

    def column_type(self) -> TypeEngine[Any]:
        return DecimalNumber()

    def parse(self, raw: Raw, property: PropertyLike, context: Context) -> Decimal | None:
        text = clean_line(single(raw))
        if not text:
            return None
        settings = property.settings
        if settings.get("format") == "duration":
            return checked(parse_duration(text, context.locale), settings)
        if settings.get("format") == "percent":
            return checked(parse_decimal(text.removesuffix("%").rstrip(), context.locale).scaleb(-2), settings)
        return checked(parse_decimal(text, context.locale), settings)

    def to_input(self, value: Any, property: PropertyLike, context: Context) -> str:
        if value is None:
            return ""
        style = property.settings.get("format")
        if style == "duration":
            return _duration(value)
        number = plain_decimal(Decimal(value) * 100 if style == "percent" else Decimal(value))
        return f"{number:f}".replace(".", numbers.get_decimal_symbol(context.locale))

    def to_text(self, value: Any, property: PropertyLike, context: Context) -> str:
        if value is None:
            return ""
        style = property.settings.get("format")
        if style == "duration":
            return _long_duration(value, context.locale) if value >= _DAY else _duration(value)
        if style == "percent":
            return numbers.format_percent(value, locale=context.locale, decimal_quantization=False)
        is_grouped = property.settings.get("grouping", True)
        return numbers.format_decimal(
            value, locale=context.locale, decimal_quantization=False, group_separator=is_grouped
        )

    def to_history(self, value: Any) -> str | None:
        return None if value is None else f"{plain_decimal(Decimal(value)):f}"

    def from_history(self, text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)


def parse_duration(text: str, locale: str) -> Decimal:
    """The milliseconds that "0:05:30", "1 h 5 min" or a number of minutes says. Raises InvalidValue."""
    clock = _CLOCK.fullmatch(text)
    if clock:
        hours, minutes, seconds, fraction = clock.groups()
        if int(seconds) > 59 or (hours and int(minutes) > 59):
            raise InvalidValue(Message("“%(typed)s” is not a duration.", typed=excerpt(text)))
        whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
        return Decimal(whole * 1000 + int((fraction or "0").ljust(3, "0")))
    parts = _DURATION_PARTS.fullmatch(text)
    if parts and any(parts.groups()):
        hours, minutes, seconds = (int(_ascii_digits(part or "0")) for part in parts.groups())
        return Decimal((hours * 3600 + minutes * 60 + seconds) * 1000)
    try:
        duration = checked(parse_decimal(text, locale), {}) * 60_000
    except InvalidValue:
        raise InvalidValue(Message("Write a duration such as 5 min, 0:05:30 or 1 h 20 min.")) from None
    if duration < 0:
        raise InvalidValue(Message("A duration cannot be negative."))
    return duration.quantize(Decimal(1))


def _long_duration(value: Any, locale: str) -> str:
    """Days, weeks or months in words; a clock of hundreds of hours says nothing."""
    return dates.format_timedelta(timedelta(milliseconds=int(value)), threshold=2, locale=locale)


def _duration(value: Any) -> str:
    seconds, milliseconds = divmod(int(value), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours}:{minutes:02}:{seconds:02}"
    return f"{text}.{milliseconds:03}" if milliseconds else text


property_types.register(Number())
