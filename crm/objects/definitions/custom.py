"""What every custom object has besides its own properties, and how its pages are laid out (SPEC 2.10)."""

from __future__ import annotations

from dataclasses import dataclass

from crm.messages import N_
from crm.objects.definitions.base import GroupDefinition, ObjectDefinition
from crm.objects.definitions.base import PropertyDefinition as Property
from crm.objects.definitions.shared import ACTIVITY, SYSTEM, activity_facts, owner, record_facts

DETAILS = GroupDefinition("details", N_("Information"))
GROUPS = (DETAILS, ACTIVITY, SYSTEM)
PIPELINE, STAGE = "hs_pipeline", "hs_pipeline_stage"
OWNER = "hubspot_owner_id"


@dataclass(frozen=True)
class Names:
    """What a custom object is called, by people and internally."""

    name: str
    plural_name: str
    label: str
    plural_label: str


def shared_properties(has_pipeline: bool) -> tuple[Property, ...]:
    """The properties every custom object has."""
    staged = (
        Property(PIPELINE, N_("Pipeline"), "dropdown", DETAILS.name, settings={"options_from": "pipeline"}),
        Property(STAGE, N_("Stage"), "dropdown", DETAILS.name, settings={"options_from": "stage"}),
    )
    return (*(staged if has_pipeline else ()), owner(N_("Owner"), DETAILS.name), *activity_facts(), *record_facts())


def custom_object(
    names: Names,
    icon: str,
    position: int,
    own: tuple[Property, ...],
    required: frozenset[str],
    has_pipeline: bool,
) -> ObjectDefinition:
    """The definition of a custom object; of its `own` properties the first is the name of its records.

    With `has_pipeline` a pipeline is to follow (`crm.objects.pipelines.create_pipeline`).
    """
    primary, *others = [prop.name for prop in own]
    stage = (STAGE,) if has_pipeline else ()
    steps = ((PIPELINE, True), (STAGE, True)) if has_pipeline else ()
    return ObjectDefinition(
        name=names.name,
        plural_name=names.plural_name,
        label=names.label,
        plural_label=names.plural_label,
        icon=icon,
        is_activity=False,
        position=position,
        primary_display=(primary,),
        secondary_display=tuple(others),
        header_form=(primary, *others),
        about=(OWNER, *stage, *others, "createdate", "lastmodifieddate", "notes_last_contacted"),
        highlights=("createdate", *stage, "notes_last_updated", *others[:1])[:4],
        index_columns=(*stage, *others, OWNER, "createdate"),
        card_columns=(*stage, *others, OWNER)[:3],
        create_form=(
            (primary, True),
            *((name, name in required) for name in others),
            *steps,
            (OWNER, False),
        ),
        required=((primary,), *((name,) for name in others if name in required)),
        groups=GROUPS,
        properties=(*own, *shared_properties(has_pipeline)),
    )
