"""Where the newest of both counts: the legal basis last given, and the last opening, click or answer (SPEC 4.6)."""

from datetime import UTC, datetime

from crm.merging.rules import MergeRule, Outcome, default, merge_rules
from crm.merging.sides import Pair, Which
from crm.messages import N_
from crm.objects.schema import ObjectType, Property

LEGAL_BASIS = "hs_legal_basis"
LAST = ("hs_sales_email_last_", "hs_analytics_last_timestamp", "hs_last_")
SET_LAST = N_("The one set most recently is kept.")
LATER = N_("The later date is kept.")
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


def _set_last(prop: Property, pair: Pair, _chosen: Which | None) -> Outcome:
    mine, theirs = pair.values(prop.name)
    if mine is None or theirs is None or mine == theirs:
        return default(prop, pair)
    taken = max(Which, key=lambda which: pair.moment(which, prop.name) or BEGINNING)
    return Outcome(pair.value(taken, prop.name), SET_LAST, taken)


def _latest(prop: Property, pair: Pair, _chosen: Which | None) -> Outcome:
    mine, theirs = pair.values(prop.name)
    if mine is None or theirs is None or mine == theirs:
        return default(prop, pair)
    taken = max(Which, key=lambda which: pair.value(which, prop.name))
    return Outcome(pair.value(taken, prop.name), LATER, taken)


def _is_a_last_date(_kind: ObjectType, prop: Property) -> bool:
    return prop.read_only and prop.type in ("date", "date_time") and prop.name.startswith(LAST)


merge_rules.register(MergeRule("legal_basis", lambda _kind, prop: prop.name == LEGAL_BASIS, _set_last, position=70))
merge_rules.register(MergeRule("last_dates", _is_a_last_date, _latest, position=71))
