"""Texts; property options are texts too, by their internal value."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from crm.messages import N_
from crm.properties.formulas.functions import ANY, NUMBER, TEXT, register, wants
from crm.properties.formulas.kinds import LONGEST_TEXT, Clock, Kind, as_text

CONCAT = "concat(a, b, …)"


def _concat(values: Sequence[Any], clock: Clock) -> str | None:
    if all(value is None for value in values):
        return None
    return "".join(as_text(value, clock) for value in values)


def _replace(text: str, part: str, by: str) -> str:
    """Raises ValueError where the answer would be longer than any property holds."""
    if part and len(text) + text.count(part) * (len(by) - len(part)) > LONGEST_TEXT:
        raise ValueError("too long")
    return text.replace(part, by) if part else text


def _count(number: Decimal) -> int:
    return max(0, min(LONGEST_TEXT, int(number)))


register(
    "concat",
    CONCAT,
    N_("Joins texts, like a & b; what is unknown is left out."),
    wants("concat", CONCAT, ANY, repeats=True, answers=Kind.TEXT),
    lambda *given: _concat(given[:-1], given[-1]),
    takes_unknown=True,
    wants_clock=True,
)

for name, text, change in (
    ("upper", N_("In capitals."), str.upper),
    ("lower", N_("In small letters."), str.lower),
    ("trim", N_("Without blanks at its ends."), str.strip),
):
    register(name, f"{name}(text)", text, wants(name, f"{name}(text)", TEXT, answers=Kind.TEXT), change)

for name, text, ask in (
    ("contains", N_("Whether a text has a part, in any case of letters."), lambda a, b: b.casefold() in a.casefold()),
    ("starts_with", N_("Whether a text begins so."), lambda a, b: a.casefold().startswith(b.casefold())),
    ("ends_with", N_("Whether a text ends so."), lambda a, b: a.casefold().endswith(b.casefold())),
):
    asked = f"{name}(text, part)"
    register(name, asked, text, wants(name, asked, TEXT, TEXT, answers=Kind.YES_NO), ask)

for name, text, cut in (
    ("left", N_("So many characters from the beginning."), lambda a, n: a[: _count(n)]),
    ("right", N_("So many characters from the end."), lambda a, n: a[max(0, len(a) - _count(n)) :]),
):
    asked = f"{name}(text, number)"
    register(name, asked, text, wants(name, asked, TEXT, NUMBER, answers=Kind.TEXT), cut)

register(
    "length",
    "length(text)",
    N_("How many characters a text has."),
    wants("length", "length(text)", TEXT, answers=Kind.NUMBER),
    lambda value: Decimal(len(value)),
)
register(
    "replace",
    "replace(text, part, by)",
    N_("A text with a part replaced wherever it stands."),
    wants("replace", "replace(text, part, by)", TEXT, TEXT, TEXT, answers=Kind.TEXT),
    _replace,
)
