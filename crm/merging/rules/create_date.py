"""A merged record is as old as the older of the two (SPEC 4.6)."""

from crm.merging.rules import MergeRule, Outcome, merge_rules
from crm.merging.sides import Pair, Which
from crm.messages import N_
from crm.objects.schema import Property

CREATED = "createdate"
OLDEST = N_("The older date is kept.")


def _oldest(prop: Property, pair: Pair, _chosen: Which | None) -> Outcome:
    taken = min(Which, key=lambda which: pair.records[which].values[prop.name])
    return Outcome(pair.records[taken].values[prop.name], OLDEST, taken)


merge_rules.register(MergeRule("create_date", lambda _kind, prop: prop.name == CREATED, _oldest, position=30))
