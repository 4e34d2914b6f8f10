"""The lifecycle stage furthest down the funnel; each stage was reached when the first of the two reached it."""

from crm.merging.rules import MergeRule, Outcome, default, merge_rules
from crm.merging.sides import Pair, Which
from crm.messages import N_
from crm.objects.schema import ObjectType, Property

STAGE = "lifecyclestage"
REACHED = "hs_lifecyclestage_"
FURTHEST = N_("The stage further down the funnel is kept.")
FIRST = N_("The earlier date is kept.")


def _furthest(prop: Property, pair: Pair, _chosen: Which | None) -> Outcome:
    order = [option.value for option in prop.options]
    mine, theirs = pair.values(prop.name)
    if mine is None or theirs is None or mine == theirs or not {mine, theirs} <= set(order):
        return default(prop, pair)
    taken = max(Which, key=lambda which: order.index(pair.value(which, prop.name)))
    return Outcome(pair.value(taken, prop.name), FURTHEST, taken)


def _earliest(prop: Property, pair: Pair, _chosen: Which | None) -> Outcome:
    mine, theirs = pair.values(prop.name)
    if mine is None or theirs is None or mine == theirs:
        return default(prop, pair)
    taken = min(Which, key=lambda which: pair.value(which, prop.name))
    return Outcome(pair.value(taken, prop.name), FIRST, taken)


def _is_reaching(_kind: ObjectType, prop: Property) -> bool:
    return prop.name.startswith(REACHED) and prop.name.endswith("_date")


merge_rules.register(MergeRule("lifecycle", lambda _kind, prop: prop.name == STAGE, _furthest, position=20))
merge_rules.register(MergeRule("lifecycle_dates", _is_reaching, _earliest, position=21))
