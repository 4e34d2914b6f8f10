"""One blank where there are several; lines stay lines."""

import re

from crm.messages import N_
from crm.properties.formatting import Formatting, formattings

_BLANKS = re.compile(r"[^\S\n]+")

formattings.register(
    Formatting("collapse_blanks", N_("One blank instead of several"), lambda text: _BLANKS.sub(" ", text), position=20)
)
