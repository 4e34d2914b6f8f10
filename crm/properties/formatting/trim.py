"""Without blanks at either end of a line, and without empty lines at either end."""

from crm.messages import N_
from crm.properties.formatting import Formatting, formattings


def _apply(text: str) -> str:
    return "\n".join(line.strip() for line in text.split("\n")).strip("\n")


formattings.register(Formatting("trim", N_("Remove blanks at the beginning and the end"), _apply, position=10))
