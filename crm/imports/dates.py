"""Days and moments as they stand in files; a day that could be two different days is refused, never guessed."""
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from crm.messages import N_, InvalidValue, Message

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAY_FIRST, MONTH_FIRST = "day first", "month first"

_NUMERIC = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?:[ T,]+(.+))?")
_YEAR_FIRST = re.compile(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})(?:[ T,]+(.+))?")
_DAY_NAME = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", re.IGNORECASE)
_DAY, _YEAR_AND_TIME = r"(\d{1,2})(?:st|nd|rd|th)?", r"(\d{4}|\d{2})(?:[ T,]+(.+))?"
_WORDS_DAY_FIRST = re.compile(rf"{_DAY}[ .-]+([a-z]+)\.?,?[ -]+{_YEAR_AND_TIME}", re.IGNORECASE)
_WORDS_MONTH_FIRST = re.compile(rf"([a-z]+)\.? +{_DAY},? +{_YEAR_AND_TIME}", re.IGNORECASE)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)? *([ap]\.?m\.?)?", re.IGNORECASE)

_FARTHEST_ZONE = timedelta(hours=14)

Moment = date | datetime


def order_of(texts: Iterable[str]) -> str | None:
    """DAY_FIRST or MONTH_FIRST when the column proves it (a number over 12 in one place only), else None."""
    proofs = set()
    for text in texts:
        found = _NUMERIC.fullmatch(text)
        if found and found[2] != ".":
            proofs |= {DAY_FIRST} if int(found[1]) > 12 else set()
            proofs |= {MONTH_FIRST} if int(found[3]) > 12 else set()
    return proofs.pop() if len(proofs) == 1 else None


def parse_moment(text: str, order: str | None = None, formats: Sequence[str] = ()) -> Moment:
    """The day, or the moment (aware if a zone is written), that `text` names; a bare day is a `date`.

    With `formats` (strptime patterns) only these and ISO 8601 are tried. Raises InvalidValue.
    """
    if formats:
        return _iso(text, order) or _by_format(text, formats)
    for read in (_iso, _year_first, _numeric, _in_words):
        found = read(text, order)
        if found is not None:
            return found
    text_of_reason = N_("“%(value)s” is not a date; --date-format says how dates are written")
    raise InvalidValue(Message(text_of_reason, value=text[:50]))


def to_day(moment: Moment, zone: ZoneInfo) -> date:
    """The calendar day of `moment`, of a moment with a zone as seen in `zone`. Raises InvalidValue."""
    if not isinstance(moment, datetime):
        return moment
    return _within_the_calendar(moment).astimezone(zone).date() if moment.tzinfo else moment.date()


def to_moment(moment: Moment, zone: ZoneInfo) -> datetime:
    """An aware datetime; what names no zone is meant in `zone`. Raises InvalidValue.

    A bare day becomes its noon: so it is the same day for readers up to eleven hours away, east and west.
    """
    if not isinstance(moment, datetime):
        return _within_the_calendar(datetime(moment.year, moment.month, moment.day, 12, tzinfo=zone))
    return _within_the_calendar(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def _within_the_calendar(moment: datetime) -> datetime:
    """`moment`, if it has a day wherever on earth it is looked at from."""
    try:
        utc = moment.astimezone(UTC)
        for shift in (-_FARTHEST_ZONE, _FARTHEST_ZONE):
            utc + shift
    except OverflowError:
        reason = N_("“%(value)s” is at the very end of the calendar; no clock shows it")
        raise InvalidValue(Message(reason, value=moment.isoformat())) from None
    return moment


def _by_format(text: str, formats: Sequence[str]) -> Moment:
    for one in formats:
        try:
            found = datetime.strptime(text, one)  # noqa: DTZ007
        except ValueError:
            continue
        return found if re.search(r"%[HIMScXfTRrs]", one) else found.date()
    raise InvalidValue(
        Message(N_("“%(value)s” is not written as %(formats)s"), value=text[:50], formats=", ".join(formats))
    )


def _iso(text: str, _order: str | None) -> Moment | None:
    if not re.match(r"\d{4}-?\d\d-?\d\d(?!\d)", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text.replace(" UTC", "+00:00"))
    except ValueError:
        return None


def _year_first(text: str, _order: str | None) -> Moment | None:
    found = _YEAR_FIRST.fullmatch(text)
    return _made(found[1], int(found[2]), int(found[3]), found[4]) if found else None


def _numeric(text: str, order: str | None) -> Moment | None:
    found = _NUMERIC.fullmatch(text)
    if not found:
        return None
    first, second = int(found[1]), int(found[3])
    if found[2] == "." or first > 12:
        order = DAY_FIRST
    elif second > 12:
        order = MONTH_FIRST
    if order is None and first != second:
        raise InvalidValue(
            Message(
                N_("“%(value)s” may be two different days; say --date-format '%%d/%%m/%%Y' or '%%m/%%d/%%Y'"),
                value=text[:50],
            )
        )
    day, month = (first, second) if order != MONTH_FIRST else (second, first)
    return _made(found[4], month, day, found[5])


def _in_words(text: str, _order: str | None) -> Moment | None:
    text = _DAY_NAME.sub("", text)
    found = _WORDS_DAY_FIRST.fullmatch(text)
    if found:
        day, word, year, rest = found.groups()
    elif found := _WORDS_MONTH_FIRST.fullmatch(text):
        word, day, year, rest = found.groups()
    else:
        return None
    short = word[:3].lower()
    return _made(year, MONTHS.index(short) + 1, int(day), rest) if short in MONTHS else None


def _made(year_text: str, month: int, day: int, rest: str | None) -> Moment | None:
    year = int(year_text)
    if len(year_text) == 2:
        year += 2000 if year < 70 else 1900
    try:
        found = date(year, month, day)
        return found if rest is None else _with_time(found, rest.strip())
    except ValueError:
        return None


def _with_time(day: date, text: str) -> datetime | None:
    found = _TIME.fullmatch(text)
    if not found:
        try:
            return datetime.fromisoformat(f"{day.isoformat()}T{text}")
        except ValueError:
            return None
    hour, half = int(found[1]), (found[4] or "").lower().replace(".", "")
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return datetime(day.year, day.month, day.day, hour, int(found[2]), int(found[3] or 0))  # noqa: DTZ001
