"""All letters capitals."""

import unicodedata

from crm.messages import N_
from crm.properties.formatting import Formatting, formattings


def _apply(text: str) -> str:
    return unicodedata.normalize("NFC", text.upper())


formattings.register(
    Formatting("upper_case", N_("Capital letters"), _apply, frozenset({"lower_case", "capitalise"}), position=50)
)
