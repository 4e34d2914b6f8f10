"""Values a record gets by itself when it is written, from its own values: one file for each rule (SPEC 2.9).

They are written in the same transaction, checked like typed ones, and stand in the history with the rule's name.
A value that its property does not allow is left out, and logged. What follows from other records or from activities is
not made here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from crm.records.arriving import without_broken
from crm.records.changes import Change
from crm.registry import Registry


@dataclass(frozen=True)
class AutomaticValue:
    """One rule: `values` answers what is to be written besides, by property name; a rule sees those before it."""

    name: str
    values: Callable[[Change], Mapping[str, Any]]
    position: int = 100


automatic_values: Registry[AutomaticValue] = Registry("automatic value")


def completed(change: Change) -> tuple[Change, dict[str, str]]:
    """`change` with every automatic value, and the name of the rule that gave each of them."""
    given: dict[str, str] = {}
    for rule in automatic_values:
        values = {name: value for name, value in rule.values(change).items() if change.whole.get(name) != value}
        values = without_broken(change.kind, values, rule.name)
        change = change.adding(values)
        given |= dict.fromkeys(values, rule.name)
    return change, given
