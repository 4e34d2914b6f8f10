"""Values on their way in, before anything is compared or checked: rewritten, or left out (SPEC 2.5).

What people type and import is formatted as its property says. A rule of the program that writes what the property does
not allow is no reason to stop anybody: the value is left out, and the log says so.
"""

import logging
from collections.abc import Mapping
from typing import Any

from crm.messages import Message
from crm.objects.schema import ObjectType
from crm.properties.formatting import formatted
from crm.properties.rules import rule_error
from crm.records.source import Source, SourceKind

FORMATTED_SOURCES = frozenset({SourceKind.SCREEN, SourceKind.IMPORT})

log = logging.getLogger(__name__)


def arriving(kind: ObjectType, values: Mapping[str, Any], source: Source) -> Mapping[str, Any]:
    """`values` as they are to be written when they come from `source`; names that are no properties stay as well."""
    if source.kind == SourceKind.RULE:
        return without_broken(kind, values, source.detail)
    if source.kind not in FORMATTED_SOURCES or kind.formatted.isdisjoint(values):
        return values
    return {
        name: formatted(kind.properties[name], value) if name in kind.formatted else value
        for name, value in values.items()
    }


def without_broken(kind: ObjectType, values: Mapping[str, Any], rule: str) -> Mapping[str, Any]:
    """What the rule of the program called `rule` may write of `values`; the rest is logged."""
    broken = broken_rules(kind, values)
    for name, message in broken.items():
        log.warning("rule %s did not write %s.%s: %s", rule, kind.name, name, message)
    return {name: value for name, value in values.items() if name not in broken} if broken else values


def broken_rules(kind: ObjectType, values: Mapping[str, Any]) -> dict[str, Message]:
    """A message for each of `values` that breaks a rule of its property, by name."""
    if kind.ruled.isdisjoint(values):
        return {}
    messages = {name: rule_error(kind.properties[name], value) for name, value in values.items() if name in kind.ruled}
    return {name: message for name, message in messages.items() if message is not None}
