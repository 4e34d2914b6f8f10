"""Only the digits of a text, of any script."""

from crm.messages import N_
from crm.properties.formatting import Formatting, formattings


def _apply(text: str) -> str:
    return "".join(character for character in text if character.isdecimal())


formattings.register(Formatting("numbers_only", N_("Keep only digits"), _apply, position=30))
