"""What the values of a property must be like: one file for each kind of rule (SPEC 2.5).

The rules of a property stand in its settings under "rules", by name, each with its own settings. They are checked by
crm/records/checks/rules.py, whoever writes.
"""

from typing import Any

from crm.messages import Message
from crm.properties.rules.base import Rule, RuledProperty
from crm.registry import Registry

KEY = "rules"

property_rules: Registry[Rule] = Registry("property rule")


def rules_for(type_name: str) -> list[Rule]:
    """The rules a property of this type can have, in order."""
    return [rule for rule in property_rules if type_name in rule.types]


def rule_error(prop: RuledProperty, value: Any) -> Message | None:
    """What the first rule that `value` breaks says; None when it keeps them all, or is no value.

    A rule whose kind is gone, or that is not for this type any more, is passed over.
    """
    stored = prop.settings.get(KEY)
    if not stored or value is None:
        return None
    for rule in rules_for(prop.type):
        if rule.name in stored:
            message = rule.error(value, stored[rule.name], prop)
            if message is not None:
                return message
    return None
