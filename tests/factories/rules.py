"""Changing the rules of automatic association."""

from crm.activities.changing_rules import remove_rule, reset_rules, reset_trace, set_rule, trace_of
from crm.activities.rule import Rule
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer


def make_rule(actor: Viewer, rule: Rule) -> Rule:
    """Let a rule hold."""
    end_read()
    with unit_of_work():
        set_rule(actor, rule, trace_of(rule))
    return rule


def drop_rule(actor: Viewer, rule: Rule) -> None:
    """Take a rule that was made away."""
    end_read()
    with unit_of_work():
        remove_rule(actor, rule, trace_of(rule))


def drop_rules(actor: Viewer, source: str | None = None) -> int:
    """Let the defaults hold again."""
    end_read()
    with unit_of_work():
        return reset_rules(actor, reset_trace(), source)
