"""Who has unsubscribed as either of two records has unsubscribed (SPEC 4.6)."""

from crm.merging.rules import MergeRule, Outcome, default, merge_rules
from crm.merging.sides import Pair, Which
from crm.messages import N_
from crm.objects.schema import Property

OPT_OUTS = frozenset({"hs_email_optout"})
EITHER = N_("Whoever opted out in either record has opted out.")


def _either(prop: Property, pair: Pair, _chosen: Which | None) -> Outcome:
    if pair.value(Which.PRIMARY, prop.name) == pair.value(Which.SECONDARY, prop.name):
        return default(prop, pair)
    taken = next((which for which in Which if pair.value(which, prop.name)), None)
    return default(prop, pair) if taken is None else Outcome(True, EITHER, taken)


merge_rules.register(MergeRule("opt_out", lambda _kind, prop: prop.name in OPT_OUTS, _either, position=50))
