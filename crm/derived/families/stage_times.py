"""When a record came into each stage, left it, and how long it was there, from its visits (SPEC 2.7)."""

from collections.abc import Iterable, Mapping, Sequence

from crm.derived.registry import Derivation, Family, Values, derivation_families
from crm.objects.schema import ObjectType, Schema
from crm.objects.stage_facts import STAGE_FACTS
from crm.objects.stage_properties import ENTERED_CURRENT
from crm.records.stage_history import facts_from_visits


def _compute(kind: ObjectType, ids: Sequence[int]) -> Mapping[int, Values]:
    return facts_from_visits(kind, ids)


def _derivations(current: Schema) -> Iterable[Derivation]:
    for kind in current.record_types:
        if kind.stages:
            facts = [fact.name_for(stage.slug) for stage in kind.stages.values() for fact in STAGE_FACTS]
            yield Derivation(
                name=f"stage times of {kind.name}",
                object_type=kind.name,
                fills=(ENTERED_CURRENT, *facts),
                compute=_compute,
                kept_by_writer=True,
            )


derivation_families.register(Family("stage_times", _derivations))
