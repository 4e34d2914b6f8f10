"""What a rule of automatic association is, and the ones there are unless somebody changes them (SPEC 6.6-6.7)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class Scope(StrEnum):
    """Which of the records of one object, among those associated with the first record, a rule takes."""

    NONE = "none"
    ALL = "all"
    PRIMARY = "primary"
    MOST_RECENT = "most_recent"
    MOST_RECENT_OPEN = "most_recent_open"


COUNTED = frozenset({Scope.MOST_RECENT, Scope.MOST_RECENT_OPEN})


@dataclass(frozen=True)
class Rule:
    """What an activity of `kind` (None: of any), first logged on `source`, takes of the associated `target` records.

    With a `label`, the name of an association type, it takes only what is associated with that label.
    """

    source: str
    target: str
    scope: Scope
    count: int = 0
    kind: str | None = None
    label: str = ""

    @property
    def key(self) -> "Rule":
        """What it is about, without what it takes: of two rules with one key only one can hold."""
        return replace(self, scope=Scope.NONE, count=0)


DEFAULT_RULES: tuple[Rule, ...] = (
    Rule("contact", "company", Scope.PRIMARY),
    Rule("contact", "deal", Scope.MOST_RECENT_OPEN, 5),
    Rule("company", "deal", Scope.MOST_RECENT_OPEN, 5),
    Rule("deal", "company", Scope.PRIMARY),
    Rule("deal", "deal", Scope.MOST_RECENT_OPEN, 5),
    Rule("ticket", "company", Scope.PRIMARY),
    Rule("lead", "contact", Scope.ALL),
    Rule("lead", "company", Scope.PRIMARY),
)


def rules_for(kind: str, object_type: str, rules: Sequence[Rule] = DEFAULT_RULES) -> tuple[Rule, ...]:
    """The rules that apply to this kind on this object, one per target and label; one for the kind itself goes first.

    Rules with a label stand beside those without.
    """
    found: dict[tuple[str, str], Rule] = {}
    for rule in rules:
        if rule.source == object_type and rule.kind in (None, kind):
            known = found.get((rule.target, rule.label))
            if known is None or known.kind is None:
                found[rule.target, rule.label] = rule
    return tuple(rule for rule in found.values() if rule.scope != Scope.NONE)


@dataclass(frozen=True)
class Marks:
    """A rule that put an activity on a record, the record it was first logged on, and the run if it was by one."""

    rule: Rule
    first_id: int | None
    run_id: int | None = None


PARTS = 6


def marks(rule: Rule, first_id: int, run_id: int | None = None) -> str:
    """The rule as the few marks kept beside a link, for `read_marks`: ":deal:most_recent_open:5:34:"."""
    parts = (run_id or "", rule.target, rule.scope.value, rule.count, first_id, rule.label)
    return ":".join(str(part) for part in parts)


def read_marks(text: str) -> Marks | None:
    """What `marks` wrote; None for any other text."""
    parts = text.split(":", PARTS - 1)
    if len(parts) != PARTS or parts[2] not in set(Scope):
        return None
    run, target, scope, count, first, label = parts
    if not all(_is_number(one) for one in (count, first, run)):
        return None
    rule = Rule("", target, Scope(scope), int(count or 0), label=label)
    return Marks(rule, int(first) if first else None, int(run) if run else None)


def _is_number(text: str) -> bool:
    return not text or (text.isascii() and text.isdecimal() and len(text) < 19)
