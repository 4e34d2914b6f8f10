"""The default values of properties that nobody named for a new record (SPEC 2.4).

Whoever empties a field of the form has named it: it stays empty.
"""

from collections.abc import Mapping
from typing import Any

from crm.records.automatic import AutomaticValue, automatic_values
from crm.records.changes import Change


def _values(change: Change) -> Mapping[str, Any]:
    if not change.is_new:
        return {}
    return {name: value for name, value in change.kind.defaults.items() if name not in change.asked}


automatic_values.register(AutomaticValue("default_value", _values, position=5))
