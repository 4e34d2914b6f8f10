"""What the values of a column look like: how its numbers and dates are written, and what type would hold them."""
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from crm.imports.csv_reading import Table
from crm.imports.dates import order_of, parse_moment
from crm.imports.folding import fold
from crm.imports.numbers import canonical_number, uses_comma
from crm.messages import InvalidValue

MOST_VALUES = 5_000
MOST_ROWS = 50_000
_LONGEST_SAMPLE = 300
_MOST_DIGITS = 15
_YES_NO = frozenset({"true", "false", "yes", "no", "y", "n", "t", "f"})
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")
_URL = re.compile(r"(?:https?://|www\.)[^\s]+", re.IGNORECASE)
_PHONE = re.compile(r"[+(\d][\d\s().+/x-]{4,}", re.IGNORECASE)
_PHONE_WORDS = ("phone", "mobile", "fax", "cell", "telefon")
_LEADING_ZERO = re.compile(r"0\d")


@dataclass
class ColumnFacts:
    """The distinct values of one column (as many as tell enough) and how many cells are filled."""

    filled: int = 0
    values: dict[str, int] = field(default_factory=dict)
    is_multi_line: bool = False

    def add(self, text: str, number: int) -> None:
        """Take one filled cell into account."""
        self.filled += 1
        self.is_multi_line = self.is_multi_line or "\n" in text or "\r" in text or len(text) > _LONGEST_SAMPLE
        if len(self.values) < MOST_VALUES:
            self.values.setdefault(text[:_LONGEST_SAMPLE], number)


@dataclass(frozen=True)
class TableFacts:
    """What one pass over a file told: how many rows there are, and the facts of each column."""

    row_count: int
    columns: tuple[ColumnFacts, ...]


@dataclass(frozen=True)
class Style:
    """How a column writes its values; decided once for the whole column."""

    comma_decimal: bool = False
    date_order: str | None = None
    date_formats: tuple[str, ...] = ()


def facts_of(table: Table) -> TableFacts:
    """Read the whole file once. Raises ImportRefused where it stops being a table."""
    columns = tuple(ColumnFacts() for _ in table.columns)
    count = 0
    for row in table.rows():
        count += 1
        if row.problem is not None:
            continue
        for facts, cell in zip(columns, row.cells, strict=True):
            if not cell:
                continue
            if count <= MOST_ROWS:
                facts.add(cell, row.number)
            else:
                facts.filled += 1
    return TableFacts(count, columns)


def style_of(values: Iterable[str], date_formats: Sequence[str] = ()) -> Style:
    """How numbers and dates are written in these values."""
    texts = list(values)
    return Style(uses_comma(texts), order_of(texts), tuple(date_formats))


def sniff_type(name: str, facts: ColumnFacts, style: Style) -> str:
    """The property type that holds every value of the column without loss; text when nothing narrower does."""
    texts = list(facts.values)
    if all(text.casefold() in _YES_NO for text in texts):
        return "checkbox"
    if all(_is_number(text, style) for text in texts):
        return "number"
    if all(_EMAIL.fullmatch(text) for text in texts):
        return "email"
    if all(_URL.fullmatch(text) for text in texts):
        return "url"
    moments = _moment_type(texts, style)
    if moments:
        return moments
    if any(word in fold(name) for word in _PHONE_WORDS) and all(_PHONE.fullmatch(text) for text in texts):
        return "phone"
    return "multi_line" if facts.is_multi_line else "text"


def _is_number(text: str, style: Style) -> bool:
    plain = canonical_number(text, style.comma_decimal)
    # A leading zero or many digits make it a code: as a number it would lose something.
    if plain is None or _LEADING_ZERO.match(plain.lstrip("+-")) or text.startswith("+"):
        return False
    return sum(sign.isdigit() for sign in plain) <= _MOST_DIGITS


def _moment_type(texts: list[str], style: Style) -> str | None:
    has_time = False
    for text in texts:
        try:
            moment = parse_moment(text, style.date_order, style.date_formats)
        except InvalidValue:
            return None
        has_time = has_time or hasattr(moment, "hour")
    return "date_time" if has_time else "date"
