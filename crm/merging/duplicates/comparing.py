"""What a comparison of two records is made of: what is compared, by what alike ones meet, and what speaks for it."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Facts = Mapping[str, frozenset[str]]
"""What is known of a record, by name, in a form in which equal things are equal: spellings of one thing each."""

ENOUGH = 60
"""How much must speak for two records being one."""


@dataclass(frozen=True)
class Reason:
    """Something two records may have in common: its name, its label (N_), and how much it says."""

    name: str
    label: str
    weight: int


@dataclass(frozen=True)
class Comparison:
    """How records of one object are compared.

    `facts` are read from the `properties` of a record. `meetings` name ways in which alike records meet: each answers
    keys, and only records that share a key are compared, never all with all. `speaks` answers which of the `reasons`
    hold for two records.
    """

    object_type: str
    properties: tuple[str, ...]
    reasons: Sequence[Reason]
    facts: Callable[[Mapping[str, Any]], Facts]
    meetings: Mapping[str, Callable[[Facts], Iterable[str]]]
    speaks: Callable[[Facts, Facts], Iterable[str]]

    def reason(self, name: str) -> Reason | None:
        """The reason called `name`."""
        return next((one for one in self.reasons if one.name == name), None)

    def compare(self, one: Facts, other: Facts) -> tuple[list[str], int]:
        """The names of what two records have in common, the weightiest first, and how much that is together."""
        spoken = set(self.speaks(one, other))
        held = sorted((reason for reason in self.reasons if reason.name in spoken), key=lambda r: -r.weight)
        return [reason.name for reason in held], sum(reason.weight for reason in held)


def name_with(*others: str) -> Callable[[Facts], Iterator[str]]:
    """A way to meet: by a name together with something of one of the others."""

    def keys(facts: Facts) -> Iterator[str]:
        for other in others:
            yield from (f"{name}|{other}|{value}" for name in facts["name"] for value in facts[other])

    return keys


def meet(one: Facts, other: Facts, *names: str) -> bool:
    """Whether two records have a spelling of one of these in common."""
    return any(not one.get(name, frozenset()).isdisjoint(other.get(name, frozenset())) for name in names)


def contradict(one: Facts, other: Facts, *names: str) -> bool:
    """Whether both say something of one of these, and not the same."""
    return any(one.get(name) and other.get(name) and not meet(one, other, name) for name in names)


def fingerprint(one: Facts, other: Facts) -> str:
    """A short text that is another one when anything that is compared changes."""
    told = [{name: sorted(values) for name, values in sorted(facts.items())} for facts in (one, other)]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:32]
