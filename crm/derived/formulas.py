"""What a calculated property is, as its settings hold it: the formula, and the type its values are of (SPEC 2.3)."""

from collections.abc import Mapping
from typing import Any

from crm.messages import N_, InvalidValue
from crm.objects.schema import ObjectType
from crm.properties.formulas import Kind, parse
from crm.records.calculations import FORMULA, kinds_of

PLAIN, PERCENT, CURRENCY, DURATION = "plain", "percent", "currency", "duration"
FORMATS: Mapping[str, str] = {
    PLAIN: N_("Number"),
    PERCENT: N_("Percent"),
    CURRENCY: N_("Currency"),
    DURATION: N_("Duration"),
}
NO_FORMAT = N_("Choose how the number is shown.")
TYPES: Mapping[Kind, str] = {
    Kind.NUMBER: "number",
    Kind.YES_NO: "checkbox",
    Kind.DATE: "date",
    Kind.MOMENT: "date_time",
    Kind.TEXT: "text",
}


def calculated_settings(kind: ObjectType, text: str, format: str = PLAIN) -> dict[str, Any]:
    """The settings of a calculated property of `kind` with this formula, whose numbers are shown in this format.

    Raises InvalidValue that says what is wrong with the formula, and where.
    """
    formula = parse(text)
    result = formula.result_kind(kinds_of(kind))
    if format not in FORMATS:
        raise InvalidValue(NO_FORMAT)
    shown = format if result is Kind.NUMBER else PLAIN
    return {
        FORMULA: text.strip(),
        "result": "currency" if shown == CURRENCY else TYPES[result],
        "format": shown if shown in (PERCENT, DURATION) else None,
    }


def format_of(settings: Mapping[str, Any]) -> str:
    """The format in which the numbers of a calculated property with these settings are shown."""
    return CURRENCY if settings.get("result") == CURRENCY else str(settings.get("format") or PLAIN)
