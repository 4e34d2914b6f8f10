"""The most marketable of two marketing statuses (SPEC 4.6)."""

from crm.merging.rules import MergeRule, Outcome, default, merge_rules
from crm.merging.sides import Pair, Which
from crm.messages import N_
from crm.objects.schema import Property

STATUS = "hs_marketable_status"
MOST = N_("A marketing contact stays one.")


def _most_marketable(prop: Property, pair: Pair, _chosen: Which | None) -> Outcome:
    mine, theirs = pair.values(prop.name)
    if mine == theirs or not (mine or theirs):
        return default(prop, pair)
    return Outcome(True, MOST, Which.PRIMARY if mine else Which.SECONDARY)


merge_rules.register(MergeRule("marketing", lambda _kind, prop: prop.name == STATUS, _most_marketable, position=60))
