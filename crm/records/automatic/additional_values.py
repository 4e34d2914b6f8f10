"""What became the primary e-mail address or domain no longer stands among the additional ones (SPEC 1.2)."""

from collections.abc import Mapping
from typing import Any

from crm.properties.types.emails import joined, parts
from crm.records.automatic import AutomaticValue, automatic_values
from crm.records.changes import Change
from crm.records.identifiers import identified_by


def _values(change: Change) -> Mapping[str, Any]:
    known = identified_by(change.kind)
    if known is None or change.after.keys().isdisjoint((known.primary, known.additional)):
        return {}
    primary = known.normal(change.whole.get(known.primary) or "")
    additional = parts(change.whole.get(known.additional))
    kept = [one for one in additional if known.normal(one) != primary]
    return {known.additional: joined(kept)} if len(kept) < len(additional) else {}


automatic_values.register(AutomaticValue("additional_values", _values, position=20))
