"""How texts are rewritten when people type or import them: one file for each way (SPEC 2.5).

The ways of a property stand in its settings under "formatting", by name. What strangers send by forms, programs by the
API and rules write stays as it came.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from crm.messages import N_, Message
from crm.properties.rules.base import TEXTS, RuledProperty
from crm.properties.types.cleaning import TEXT_LIMIT
from crm.registry import Registry

KEY = "formatting"
NOT_A_WAY = N_("This is no way to format a text.")
CONTRARY = N_("“%(one)s” and “%(other)s” undo each other.")


@dataclass(frozen=True)
class Formatting:
    """One way: `apply` rewrites a text; `excludes` names the ways that would undo it. Applied in order of position."""

    name: str
    label: str
    apply: Callable[[str], str]
    excludes: frozenset[str] = frozenset()
    position: int = 100


formattings: Registry[Formatting] = Registry("formatting")


def formatted(prop: RuledProperty, value: Any) -> Any:
    """`value` as the formatting of its property wants it; None when nothing is left of it."""
    chosen = prop.settings.get(KEY)
    if not chosen or not isinstance(value, str) or prop.type not in TEXTS:
        return value
    text = value
    for way in formattings:
        if way.name in chosen:
            text = way.apply(text)
    return value if len(text) > TEXT_LIMIT else text or None


def wrong_ways(names: Any) -> Message | None:
    """Why these cannot be the ways of one property; None when they can, as when there are none."""
    if names is None:
        return None
    if not isinstance(names, list) or any(not isinstance(name, str) or name not in formattings for name in names):
        return Message(NOT_A_WAY)
    for way in formattings:
        for other in formattings:
            if way.name in names and other.name in names and other.name in way.excludes:
                return Message(CONTRARY, one=way.label, other=other.label)
    return None
