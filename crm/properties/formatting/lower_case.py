"""All letters small."""

import unicodedata

from crm.messages import N_
from crm.properties.formatting import Formatting, formattings


def _apply(text: str) -> str:
    return unicodedata.normalize("NFC", text.lower())


formattings.register(Formatting("lower_case", N_("Small letters"), _apply, frozenset({"upper_case"}), position=40))
