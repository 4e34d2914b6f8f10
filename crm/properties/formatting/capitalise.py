"""The first letter of each word a capital, the others as they are: McDonald stays McDonald."""

import re
import unicodedata

from crm.messages import N_
from crm.properties.formatting import Formatting, formattings

# A word begins after a blank, a hyphen or an opening sign, not after an apostrophe: "Anna's", and "Jean-Luc".
_BEGINNING = re.compile(r"(?:^|(?<=[\s\-–(\[„“\"/]))[^\W\d_]", re.MULTILINE)


def _capital(found: re.Match[str]) -> str:
    title = found.group().title()
    # A letter that would become several ("ß", "ŉ") stays.
    return title if len(title) == 1 else found.group()


def _apply(text: str) -> str:
    return unicodedata.normalize("NFC", _BEGINNING.sub(_capital, text))


formattings.register(
    Formatting("capitalise", N_("Capital first letter of each word"), _apply, frozenset({"upper_case"}), position=60)
)
