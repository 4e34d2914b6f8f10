"""Numbers that come in addresses and forms."""
from typing import Any

from werkzeug.datastructures import MultiDict
from werkzeug.routing import IntegerConverter, Map

from crm.messages import N_, InvalidValue

LARGEST = 2**63 - 1


class DatabaseNumber(IntegerConverter):
    """A number in a path, of those a database can hold; a larger one belongs to no page."""

    def __init__(self, map: Map, **options: Any) -> None:
        super().__init__(map, **({"max": LARGEST} | options))


def whole_number(text: str | None) -> int:
    """A positive whole number a database can hold; raises InvalidValue."""
    if text is None or not text.isascii() or not text.isdecimal() or len(text) > 19 or int(text) > LARGEST:
        raise InvalidValue(N_("This is not a number."))
    return int(text)


def whole_numbers(form: MultiDict[str, str], name: str) -> list[int]:
    """All numbers given under `name`; raises InvalidValue for one that is none."""
    return [whole_number(text) for text in form.getlist(name) if text]
