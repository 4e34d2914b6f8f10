"""What was counted of each is added up: page views, sessions, forms sent (SPEC 4.6).

Counts of what a record is linked to are not added but computed anew, since the two may share some of it.
"""

from crm.merging.rules import MergeRule, Outcome, default, merge_rules
from crm.merging.sides import Pair, Which
from crm.messages import N_
from crm.objects.schema import Property

COUNTED = frozenset({"hs_analytics_num_page_views", "hs_analytics_num_visits", "num_conversion_events"})
ADDED_UP = N_("Both are added up.")


def _sum(prop: Property, pair: Pair, _chosen: Which | None) -> Outcome:
    mine, theirs = pair.values(prop.name)
    if mine is None or theirs is None:
        return default(prop, pair)
    return Outcome(mine + theirs, ADDED_UP)


merge_rules.register(MergeRule("sums", lambda _kind, prop: prop.name in COUNTED, _sum, position=40))
