"""Dates and numbers of activities; every change of one sets them at once (crm/derived/activities.py)."""

from collections.abc import Iterable

from crm.derived.activities import facts
from crm.derived.registry import Derivation, Family, derivation_families
from crm.derived.timeline_facts import facts_of
from crm.objects.schema import Schema

ZERO = ("num_notes", "num_contacted_notes", "hs_lead_call_count", "hs_lead_email_count", "hs_lead_meeting_count")


def _derivations(current: Schema) -> Iterable[Derivation]:
    for kind in current.record_types:
        yield Derivation(
            name=f"timeline of {kind.name}",
            object_type=kind.name,
            fills=tuple(fact.name for fact in facts_of(kind)),
            compute=facts,
            of_nothing=dict.fromkeys(ZERO, 0),
            kept_by_timeline=True,
        )


derivation_families.register(Family("timeline_facts", _derivations, position=10))
