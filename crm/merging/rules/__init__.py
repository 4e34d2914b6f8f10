"""Which value a merged record gets: one file for each rule of SPEC 4.6; the first that concerns a property decides."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from crm.merging.sides import Pair, Which
from crm.messages import N_
from crm.objects.schema import ObjectType, Property
from crm.registry import Registry

PRIMARY_WINS = N_("The primary record's value is kept.")
FILLS_IN = N_("The primary record has none, so the other's fills it in.")
CHOSEN = N_("Chosen by you.")
BOTH_SAME = N_("Both are the same.")


@dataclass(frozen=True)
class Outcome:
    """The value the merged record gets, why (an N_ text), and whose it is, None when it is neither's.

    A person may take the other one where it `may_be_chosen`.
    """

    value: Any
    reason: str
    taken: Which | None = None
    may_be_chosen: bool = False


@dataclass(frozen=True)
class MergeRule:
    """One rule: for which properties of which object it is, and how it decides, given what the person chose."""

    name: str
    concerns: Callable[[ObjectType, Property], bool]
    decide: Callable[[Property, Pair, Which | None], Outcome]
    position: int = 100


merge_rules: Registry[MergeRule] = Registry("merge rule")


def decide(prop: Property, pair: Pair, chosen: Which | None = None) -> Outcome:
    """What becomes of one property; `chosen` is whose value the person wants, where they may say."""
    for rule in merge_rules:
        if rule.concerns(pair.kind, prop):
            return rule.decide(prop, pair, chosen)
    return default(prop, pair, chosen)


def default(prop: Property, pair: Pair, chosen: Which | None = None) -> Outcome:
    """The primary record's value wins, the other's fills an empty one; a person may say otherwise (SPEC 4.6)."""
    mine, theirs = pair.values(prop.name)
    if mine == theirs:
        return Outcome(mine, BOTH_SAME, Which.PRIMARY)
    may_choose = mine is not None and theirs is not None and not prop.read_only
    if may_choose and chosen is Which.SECONDARY:
        return Outcome(theirs, CHOSEN, chosen, may_be_chosen=True)
    if mine is None:
        return Outcome(theirs, FILLS_IN, Which.SECONDARY)
    return Outcome(mine, PRIMARY_WINS, Which.PRIMARY, may_be_chosen=may_choose)
