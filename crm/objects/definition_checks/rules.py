"""Rules and formatting that a property of its type can have, each set in full (SPEC 2.5)."""

from collections.abc import Mapping
from typing import Any

from crm.messages import N_, Message
from crm.objects.registry import DefinitionCheck, ProposedProperty, definition_checks
from crm.properties import formatting, rules
from crm.properties.rules.base import InvalidRule, Rule
from crm.properties.types.base import Context

NOT_A_RULE = N_("These rules cannot be kept for a property.")


def _errors(proposed: ProposedProperty) -> Mapping[str, Message]:
    errors = _rule_errors(proposed.settings.get(rules.KEY), proposed.type)
    message = formatting.wrong_ways(proposed.settings.get(formatting.KEY))
    return errors | ({formatting.KEY: message} if message else {})


def _rule_errors(stored: Any, type: str) -> dict[str, Message]:
    if stored is None:
        return {}
    if not isinstance(stored, dict):
        return {rules.KEY: Message(NOT_A_RULE)}
    for rule in rules.rules_for(type):
        if rule.name in stored:
            message = _wrong(rule, stored[rule.name])
            if message is not None:
                return {rules.KEY: message}
    return {}


def _wrong(rule: Rule, stored: Any) -> Message | None:
    try:
        same = rule.parse(rule.to_input(stored, Context()), Context())
    except InvalidRule as error:
        return next(iter(error.errors.values()))
    except (AttributeError, KeyError, TypeError, ValueError):
        return Message(NOT_A_RULE)
    return None if same == stored else Message(NOT_A_RULE)


definition_checks.register(DefinitionCheck("rules", _errors, position=60))
