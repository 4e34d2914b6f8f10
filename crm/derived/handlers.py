"""What derived values do when they hear of a change: remember whom it concerns until the unit of work ends."""

from crm.collectors import collector
from crm.derived.concerns import LAST_MODIFIED, Concerns
from crm.derived.defining import demands
from crm.derived.graph import derivation_graph, reads
from crm.derived.handing_over import hand_over_all, hand_over_owned
from crm.derived.settling import settle
from crm.events import (
    AssociationAdded,
    AssociationLabelsChanged,
    AssociationRemoved,
    PrimaryCompaniesChanged,
    PropertyChanged,
    PropertyEvent,
    PropertyRestored,
    RecordArchived,
    RecordCreated,
    RecordRestored,
    RecordsRearranged,
    RecordUpdated,
    StagesChanged,
    TeamChanged,
)
from crm.objects.definition_errors import refuse
from crm.objects.property_rows import setting_mark
from crm.objects.queries import schema

OWNER = "hubspot_owner_id"
SETTING = setting_mark("")


def concerns() -> Concerns:
    """What this unit of work has collected so far."""
    return collector("derived", lambda: Concerns(settle))


def on_record_created(event: RecordCreated) -> None:
    """A new record has no links yet; those it gets in the same unit are heard of by themselves."""
    concerns().made[event.object_type].add(event.record_id)


def on_record_updated(event: RecordUpdated) -> None:
    """What is made of the changed properties follows, here and on associated records."""
    concerns().changed[event.object_type][event.record_id].update(event.after, (LAST_MODIFIED,))


def on_record_archived(event: RecordArchived) -> None:
    """A deleted record no longer counts on those it is linked to; its own values are left until it comes back."""
    concerns().deleted[event.object_type].add(event.record_id)


def on_record_restored(event: RecordRestored) -> None:
    """A restored record counts again, and catches up with what happened meanwhile."""
    concerns().restored[event.object_type].add(event.record_id)


def on_link_changed(event: AssociationAdded | AssociationRemoved) -> None:
    """Either end of the link may be made of the other."""
    concerns().linked.add((event.from_record_id, event.to_record_id))


def on_primary_companies_changed(event: PrimaryCompaniesChanged) -> None:
    """The company that was primary is no longer, which it may count; so may the one that is."""
    concerns().linked.update(event.pairs)


def on_labels_changed(event: AssociationLabelsChanged) -> None:
    """What counts or adds up the associations with one label has others to count."""
    concerns().linked.update(event.pairs)


def on_records_rearranged(event: RecordsRearranged) -> None:
    """Everything about these records is looked at anew."""
    concerns().rearranged.update(event.record_ids)


def on_property_defined(event: PropertyEvent) -> None:
    """A derived property was made, changed or restored: a job gives all records their value.

    Raises InvalidDefinition when it cannot be, as when what it follows from went while it was archived, and when
    whoever made it does not see all it is made of.
    """
    if isinstance(event, PropertyChanged) and not any(name.startswith(SETTING) for name in event.changed):
        return
    kind = schema().object_type(event.object_type)
    errors = demands(event.actor, kind, kind.property(event.property_name))
    refuse({"form": next(iter(errors.values()))} if errors and isinstance(event, PropertyRestored) else errors)
    one = derivation_graph().filling((event.object_type, event.property_name))
    if one is not None:
        hand_over_all(one)


def on_stages_changed(event: StagesChanged) -> None:
    """Other stages are open, closed or won now: a job computes anew what is made of them."""
    kind = schema().object_type(event.object_type)
    stage = (kind.name, kind.stage_property.name) if kind.stage_property else None
    for one in derivation_graph().ordered:
        if stage in reads(one):
            hand_over_all(one)


def on_team_changed(event: TeamChanged) -> None:
    """The records of somebody belong to another team now."""
    for one in derivation_graph().ordered:
        if OWNER in one.own:
            hand_over_owned(one, event.user_id)
