"""One value in a table that leaves the program: numbers and days as such, the rest in the words of who takes it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from crm.objects.schema import Property
from crm.properties.rich_text import to_text
from crm.properties.types.base import Context
from crm.properties.types.number import plain_decimal
from crm.records.values import type_of

TEXT, NUMBER, PERCENT, DAY, MOMENT = "s", "n", "p", "d", "t"
NUMBERS = frozenset({"number", "currency"})


class Cell(NamedTuple):
    """What it is, and its text: of a number with a point, of a day and a moment as ISO 8601 has them."""

    kind: str
    text: str

    @property
    def plain(self) -> str:
        """The text where nothing but text can stand."""
        if self.kind == PERCENT:
            return f"{plain_decimal(Decimal(self.text) * 100):f}%"
        return self.text.replace("T", " ") if self.kind == MOMENT else self.text


EMPTY = Cell(TEXT, "")


def text_cell(text: str) -> Cell:
    """A cell with these words."""
    return Cell(TEXT, text)


def cell_of(prop: Property, value: Any, context: Context) -> Cell:
    """The cell of one value of a property; a moment is by the clock of the context."""
    if value is None:
        return EMPTY
    kind = type_of(prop)
    if kind.name in NUMBERS and prop.settings.get("format") != "duration":
        number = f"{plain_decimal(Decimal(value)):f}"
        return Cell(PERCENT if prop.settings.get("format") == "percent" else NUMBER, number)
    if isinstance(value, datetime):
        return Cell(MOMENT, value.astimezone(context.time_zone).replace(tzinfo=None).isoformat(timespec="minutes"))
    if isinstance(value, date):
        return Cell(DAY, value.isoformat())
    text = kind.to_text(value, prop, context)
    return text_cell(to_text(text) if prop.type == "rich_text" else text)
