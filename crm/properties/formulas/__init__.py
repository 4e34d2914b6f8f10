"""The expressions of calculated properties (SPEC 2.3): `amount * 0.23`, `if(hs_is_closed, "over", "open")`.

`parse` reads a text into a Formula, which knows the properties it names, finds out what it answers, and is evaluated
over the values of one record. Nothing here knows records or the database, and nothing is ever run as Python. What
functions there are is a registry: one file of `functions/` for each family.
"""

from crm.properties.formulas.formula import Formula
from crm.properties.formulas.functions import functions
from crm.properties.formulas.grammar import parse
from crm.properties.formulas.kinds import Clock, Kind

__all__ = ["Clock", "Formula", "Kind", "functions", "parse"]
