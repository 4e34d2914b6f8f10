"""Calculated properties follow what is written of the values they use, in the same write (SPEC 2.3).

What uses values of the program that are not written here is computed at the end of the unit of work (crm/derived/).
"""

from collections.abc import Mapping
from typing import Any

from crm.records.automatic import AutomaticValue, automatic_values
from crm.records.calculations import CALCULATION, calculated, calculations
from crm.records.changes import Change


def _values(change: Change) -> Mapping[str, Any]:
    if not calculations(change.kind):
        return {}
    values = {"createdate": change.made_at, **change.whole}
    return calculated(change.kind, values, None if change.is_new else change.after)


automatic_values.register(AutomaticValue(CALCULATION, _values, position=900))
