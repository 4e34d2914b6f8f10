"""Values that mean something only beside another: they come from the record that one was taken from."""

from crm.derived.money import AMOUNT, CURRENCY
from crm.merging.rules import MergeRule, Outcome, default, merge_rules
from crm.merging.sides import Pair, Which
from crm.messages import N_
from crm.objects.schema import ObjectType, Property

WITH_OWNER = frozenset({"hubspot_owner_assigneddate", "hubspot_team_id"})
OWNER = "hubspot_owner_id"
GOES_WITH = N_("It goes with the value it belongs to.")


def leader_of(kind: ObjectType, prop: Property) -> Property | None:
    """The property that a person chooses instead of `prop`, if there is one."""
    if prop.name in WITH_OWNER:
        return kind.properties.get(OWNER)
    if prop.name == CURRENCY:
        return kind.properties.get(AMOUNT)
    pipeline = kind.pipeline_property
    if pipeline is not None and prop.name == pipeline.name:
        return kind.stage_property
    return None


def _with_leader(prop: Property, pair: Pair, chosen: Which | None) -> Outcome:
    """`chosen` is whose value of the leader the person wants; where neither has one there is nothing to go with."""
    leader = leader_of(pair.kind, prop)
    if leader is None or pair.values(leader.name) == (None, None):
        return default(prop, pair)
    taken = default(leader, pair, chosen).taken or Which.PRIMARY
    return Outcome(pair.value(taken, prop.name), GOES_WITH, taken)


merge_rules.register(
    MergeRule("together", lambda kind, prop: leader_of(kind, prop) is not None, _with_leader, position=80)
)
